"""Measuring, and printing what was measured."""

import argparse
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tests.bench import pgbench, world
from tests.bench.load import Outcome, send_all
from tests.bench.meter import metered
from tests.bench.scenarios import Scenario, scenarios
from tests.support.postgres import Cluster
from tests.support.server import Server, running_server

LINE = "{:14}{:>8}{:>9}{:>9}{:>9}{:>9}{:>12}{:>8}"


def run(cluster: Cluster, options: argparse.Namespace, *, folder: Path) -> None:
    """Build the world, start the server, and print a line for each scenario."""
    call_command("migrate", verbosity=0)
    tokens = world.build()
    print(
        f"{options.connections} connections, {options.workers} workers, {options.threads} threads each"
    )
    print(LINE.format("", "req/s", "p50", "p99", "app CPU", "db CPU", "pgbench/s", "ratio"))
    with running_server({}, workers=options.workers, threads=options.threads) as server:
        for scenario in scenarios(tokens, size=options.requests):
            connection.close()
            print(_measured(scenario, server, cluster, options, folder), flush=True)


def _measured(
    scenario: Scenario,
    server: Server,
    cluster: Cluster,
    options: argparse.Namespace,
    folder: Path,
) -> str:
    warming = len(scenario.requests) // 10
    send_all(scenario.requests[:warming], port=server.port, connections=options.connections)
    with metered(server.pid) as app, metered(cluster.pid) as database:
        outcome = send_all(
            scenario.requests[warming:], port=server.port, connections=options.connections
        )
    refused = {status for status in outcome.statuses if status >= 300}
    assert not refused, outcome.statuses
    best = pgbench.transactions_a_second(
        scenario.statements,
        cluster,
        folder=folder,
        clients=options.connections,
        each=options.requests // options.connections,
    )
    return _line(scenario.name, outcome, app=app.seconds, database=database.seconds, best=best)


def _line(name: str, outcome: Outcome, *, app: float, database: float, best: float) -> str:
    """The line of a scenario: *app* and *database* are the seconds that they computed, *best* is pgbench's rate."""
    return LINE.format(
        name,
        f"{outcome.rate:.0f}",
        f"{outcome.percentile(0.5) * 1000:.1f}",
        f"{outcome.percentile(0.99) * 1000:.1f}",
        f"{app / outcome.requests * 1000:.2f}",
        f"{database / outcome.requests * 1000:.2f}",
        f"{best:.0f}",
        f"{outcome.rate / best:.3f}",
    )
