"""The service next to its database: each scenario against the server, then its statements in pgbench."""

import os
from pathlib import Path
from typing import Final

import django

from tests.bench.scenarios import Scenario
from tests.bench.sides import Load, Side

LINE: Final = "{:12}{:>8}{:>9}{:>9}{:>9}{:>9}{:>12}{:>8}"


def run(scenarios: list[Scenario], side: Side, load: Load, *, folder: Path) -> None:
    """Print a line for each scenario."""
    os.environ |= side.environment
    django.setup()
    print(LINE.format("", "req/s", "p50", "p99", "app CPU", "db CPU", "pgbench/s", "ratio"))
    for scenario in scenarios:
        side.warm_up(scenario, load)
        print(_measured(scenario, side, load, folder), flush=True)


def _measured(scenario: Scenario, side: Side, load: Load, folder: Path) -> str:
    from tests.bench import pgbench  # noqa: PLC0415  # needs Django set up

    figures = side.measure(scenario, load)
    best = pgbench.transactions_a_second(
        pgbench.statements_of(scenario.example(side.tokens)),
        side.cluster,
        folder=folder,
        clients=load.connections,
        transactions=max(1, load.requests // load.connections),
    )
    return LINE.format(
        scenario.name,
        f"{figures.rate:.0f}",
        f"{figures.p50:.1f}",
        f"{figures.p99:.1f}",
        f"{figures.app:.2f}",
        f"{figures.database:.2f}",
        f"{best:.0f}",
        f"{figures.rate / best:.3f}",
    )
