"""Run every scenario against a started server, and pgbench beside it.

Latencies are in milliseconds, processor times in milliseconds a request. What counts is the last column: the share of
what PostgreSQL itself gets through that the house gets through, on the same machine in the same minute.
"""

import argparse
import os
import tempfile
from pathlib import Path

import django

from tests.support.postgres import Cluster, start_cluster

# As PostgreSQL comes, durable, but for room for the connections and the write-ahead log.
SETTINGS = ("max_connections=200", "listen_addresses=127.0.0.1", "max_wal_size=4GB")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        cluster = start_cluster(settings=SETTINGS)
        os.environ |= environment(cluster, Path(folder))
        django.setup()
        from tests.bench.run import run  # noqa: PLC0415  # needs Django set up

        run(cluster, options, folder=Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def environment(cluster: Cluster, folder: Path) -> dict[str, str]:
    """The house as it runs at a desk, on a database of its own, with secrets that two processes can share.

    Everybody asks from one address, and as often as he can.
    """
    return {
        "APP_ENV": "dev",
        "DATABASE_URL": cluster.url,
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "authsvc.settings",
        "LOG_LEVEL": "WARNING",
        "LOGIN_ATTEMPTS_PER_MINUTE": "1000000",
        "ARGON2_AT_ONCE": "1000",
    }


if __name__ == "__main__":
    main()
