"""Measure every scenario against a started server: next to pgbench, or next to another revision.

Latencies are in milliseconds, processor times in milliseconds a request. Next to pgbench, the last column counts: the
share of what PostgreSQL alone gets through that the service gets through. Next to another revision, the ratio of the
processor times counts: below 1, this tree is cheaper.
"""

import argparse
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.bench.compare import compare
from tests.bench.run import run
from tests.bench.scenarios import SCENARIOS
from tests.bench.sides import Load, check_out, running_side
from tests.support.server import ROOT


def main() -> None:
    options = _options()
    chosen = options.scenario or [scenario.name for scenario in SCENARIOS]
    scenarios = [scenario for scenario in SCENARIOS if scenario.name in chosen]
    load = Load(requests=options.requests, connections=options.connections, seconds=options.seconds)
    server = {"workers": options.workers, "threads": options.threads}
    print(
        f"{options.connections} connections, {options.workers} workers, {options.threads} threads each"
    )
    with ExitStack() as stack:
        folders = [_folder(stack) for _ in range(3)]
        here = stack.enter_context(running_side("here", folders[0], root=ROOT, **server))
        if options.against is None:
            run(scenarios, here, load, folder=folders[0])
            return
        check_out(options.against, folders[1])
        side = running_side(options.against[:12], folders[2], root=folders[1], **server)
        load_of_round = replace(load, requests=max(1, load.requests // options.rounds))
        compare(scenarios, here, stack.enter_context(side), load_of_round, rounds=options.rounds)


def _folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="authsvc-bench-")))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--against", metavar="REV", help="a Git revision to compare this tree with")
    parser.add_argument(
        "--scenario",
        action="append",
        choices=[scenario.name for scenario in SCENARIOS],
        help="what to measure, instead of all; can be repeated",
    )
    parser.add_argument("--requests", type=int, default=6000, help="in all rounds together")
    parser.add_argument("--seconds", type=float, help="measure for so long in each round instead")
    parser.add_argument("--rounds", type=int, default=6, help="with --against: turns of each side")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
