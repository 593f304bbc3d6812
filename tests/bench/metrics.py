"""Measure every scenario with and without metrics, in turns: what they cost.

The figures are the best of all rounds; the third line is the side with metrics divided by the one without. Watch the
processor times of the application: 1.030 means that metrics cost 3 %.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.compare import compare
from tests.bench.scenarios import SCENARIOS
from tests.bench.sides import Load, running_side
from tests.support.metrics import LOOPBACK


def main() -> None:
    options = _options()
    chosen = options.scenario or [scenario.name for scenario in SCENARIOS]
    scenarios = [scenario for scenario in SCENARIOS if scenario.name in chosen]
    server = {"workers": options.workers, "threads": 2}
    load = Load(
        requests=max(1, options.requests // options.rounds), connections=options.connections
    )
    with ExitStack() as stack:
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="authsvc-bench-")))
            for _ in range(2)
        ]
        settings = {"METRICS": LOOPBACK}
        measured = stack.enter_context(
            running_side("metrics", folders[0], settings=settings, **server)
        )
        other = stack.enter_context(running_side("no metrics", folders[1], **server))
        compare(scenarios, measured, other, load, rounds=options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-metrics", description=__doc__)
    parser.add_argument(
        "--scenario",
        action="append",
        choices=[scenario.name for scenario in SCENARIOS],
        help="what to measure, instead of all; can be repeated",
    )
    parser.add_argument("--requests", type=int, default=6000, help="in all rounds together")
    parser.add_argument("--rounds", type=int, default=6, help="turns of each side")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
