"""Kill application, workers, broker and PostgreSQL under load, and count what of the acknowledged was lost or doubled.

The load registers users, enrols them on a course, mails them a verification link, and invites others to an
organization. Every act has an address or a user of its own, so that each mail can be told from all others. A webhook
and the feed have an event for each enrolment and each withdrawal.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django

from tests.bench.sides import SETTINGS, environment_of
from tests.support.brokers import BROKERS
from tests.support.postgres import Cluster, start_cluster


def main() -> None:
    parser = argparse.ArgumentParser(prog="make kill", description=__doc__)
    parser.add_argument("--engine", choices=["embedded", *BROKERS], default="embedded")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1, help="of the order and the moments")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="authsvc-kill-") as folder:
        cluster = start_cluster(settings=SETTINGS)
        broker = BROKERS[options.engine]() if options.engine in BROKERS else None
        environment = _environment(cluster, Path(folder))
        os.environ |= environment
        django.setup()
        from tests.bench.killing import Site, run  # noqa: PLC0415  # needs Django set up

        environment["BROKER_URL"] = broker.url if broker else ""
        with (Path(folder) / "log").open("w") as log:
            is_clean = run(
                Site(cluster, environment, broker, log),
                kills=options.kills,
                clients=options.clients,
                seed=options.seed,
                mails=Path(folder) / "mail",
            )
    sys.exit(not is_clean)


def _environment(cluster: Cluster, folder: Path) -> dict[str, str]:
    """A site whose jobs are run by processes of their own, and whose limits are lifted."""
    lifted = [
        "ORGANIZATIONS_PER_PERSON",
        "REGISTRATIONS_PER_HOUR",
        "MAILS_PER_PERSON_AND_DAY",
        "MAILS_PER_ORGANIZATION_AND_DAY",
        "MAILS_PER_ADDRESS_AND_DAY",
        "WEBHOOKS_PER_HOST_AND_DAY",
    ]
    return environment_of(cluster, folder) | {
        "ACCESS_TOKEN_SECONDS": "86400",
        "ARGON2_MEMORY_KIB": "8",
        "ARGON2_PASSES": "1",
        "EFFECTS": str(folder),
        "EMAIL_URL": f"file://{folder}/mail",
        "EMBEDDED_WORKER": "off",
        **dict.fromkeys(lifted, "1000000"),
    }


if __name__ == "__main__":
    main()
