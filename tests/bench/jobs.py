"""Measure how many jobs are enqueued and done in a second, next to the same statements in pgbench."""

import argparse
import os
import tempfile
from pathlib import Path

import django

from tests.bench.sides import SETTINGS, environment_of
from tests.support.postgres import start_cluster


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=4000, help="in each measurement")
    parser.add_argument("--others", type=int, default=100_000, help="other rows in the second part")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="authsvc-bench-") as folder:
        cluster = start_cluster(settings=SETTINGS)
        os.environ |= environment_of(cluster, Path(folder))
        django.setup()
        from tests.bench.queueing import measure  # noqa: PLC0415  # needs Django set up

        measure(
            cluster,
            Path(folder),
            jobs=options.jobs,
            others=options.others,
            rounds=options.rounds,
        )


if __name__ == "__main__":
    main()
