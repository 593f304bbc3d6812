"""Measure the pages of the admin site over 100,000 users and a million events."""

import argparse
import os
import tempfile
from pathlib import Path

import django

from tests.bench.sides import SETTINGS, environment_of
from tests.support.postgres import start_cluster


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-admin", description=__doc__)
    parser.add_argument("--learners", type=int, default=100_000, help="with 10 events each")
    parser.add_argument("--tries", type=int, default=5, help="of each page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        os.environ |= environment_of(start_cluster(settings=SETTINGS), Path(folder))
        django.setup()
        from tests.bench.browsing import measure  # noqa: PLC0415  # needs Django set up

        measure(learners=options.learners, tries=options.tries)


if __name__ == "__main__":
    main()
