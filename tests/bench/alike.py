"""Compare the response times of errors about known and unknown users, clients, devices and organizations.

Both of a pair are requested in turn, and answered with the same status and body. Times are medians in milliseconds: as
long as both are within a few of each other, they do not reveal what exists. Sign-ups and password resets are measured
without the least time that they take in production, which hides what differs.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Final

import django

from tests.bench.sides import SETTINGS, environment_of
from tests.support.postgres import start_cluster

# All requests fail: the limits are lifted, and nothing is logged.
UNHINDERED: Final = {
    "LOGIN_FAILURES_BEFORE_BACKOFF": "1000000",
    "TOKEN_FAILURES_PER_MINUTE": "1000000",
    "REGISTRATIONS_PER_HOUR": "1000000",
    "VERIFIED_EMAIL": "on",
    "BEHIND_PROXY": "on",
    "LOG_LEVEL": "ERROR",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-alike", description=__doc__)
    parser.add_argument("--tries", type=int, default=200, help="of each subject")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        os.environ |= environment_of(start_cluster(settings=SETTINGS), Path(folder)) | UNHINDERED
        os.environ["EMAIL_URL"] = f"file://{folder}/mail"
        django.setup()
        from tests.bench.strangers import compare  # noqa: PLC0415  # needs Django set up

        compare(tries=options.tries)


if __name__ == "__main__":
    main()
