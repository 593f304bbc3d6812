"""Measure the verification of a million events, with their attempts and credentials."""

import argparse
import os
import tempfile
from pathlib import Path

import django

from tests.bench.sides import SETTINGS, environment_of
from tests.support.postgres import start_cluster


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-verify", description=__doc__)
    parser.add_argument("--learners", type=int, default=50_000, help="with 20 events each")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        os.environ |= environment_of(start_cluster(settings=SETTINGS), Path(folder))
        django.setup()
        from tests.bench.verifying import measure  # noqa: PLC0415  # needs Django set up

        measure(learners=options.learners, processes=options.processes)


if __name__ == "__main__":
    main()
