"""Sides of a comparison: a source tree, each with a server and a PostgreSQL of its own."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from accounts.adapters.keys import new_key_ring
from tests.bench.load import Request, send_all
from tests.bench.meter import metered
from tests.bench.scenarios import Scenario
from tests.support.postgres import Cluster, start_cluster
from tests.support.server import ROOT, Server, running_server

# As durable as PostgreSQL's defaults, with room for the connections and the write-ahead log.
SETTINGS: Final = ("max_connections=200", "listen_addresses=127.0.0.1", "max_wal_size=4GB")
_FILL: Final = """
import json, pathlib, sys
import django
django.setup()
from tests.bench.world import build
pathlib.Path(sys.argv[1]).write_text(json.dumps(build()))
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much is sent: so many requests, or for so many seconds."""

    requests: int
    connections: int
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Requests in a second, latencies in milliseconds, processor time in milliseconds a request."""

    rate: float
    p50: float
    p99: float
    app: float
    database: float


@dataclass(frozen=True, kw_only=True)
class Side:
    """A running server, and the requests that were not sent to it yet."""

    name: str
    server: Server
    cluster: Cluster
    environment: dict[str, str]
    tokens: list[str]
    _unsent: dict[str, Iterator[Request]] = field(default_factory=dict)

    def warm_up(self, scenario: Scenario, load: Load) -> None:
        """Send what the scenario takes for granted, and a tenth of the load: connections open, statements prepared."""
        if scenario.preparations:
            self._send(scenario.preparations(self.tokens), load.connections)
        self._unsent[scenario.name] = scenario.requests(self.tokens)
        self._send(self._next(scenario, _size(scenario, load) // 10), load.connections)

    def measure(self, scenario: Scenario, load: Load) -> Figures:
        """Raises RuntimeError when a request fails, or there are none left."""
        size = None if load.seconds else _size(scenario, load)
        with metered(self.server.pid) as app, metered(self.cluster.pid) as database:
            outcome = send_all(
                self._next(scenario, size),
                port=self.server.port,
                connections=load.connections,
                seconds=load.seconds,
            )
        if not outcome.requests:
            raise RuntimeError(f"All requests of {scenario.name!r} have been sent: measure less.")
        return Figures(
            rate=outcome.rate,
            p50=outcome.percentile(0.5) * 1000,
            p99=outcome.percentile(0.99) * 1000,
            app=app.seconds / outcome.requests * 1000,
            database=database.seconds / outcome.requests * 1000,
        )

    def _send(self, requests: Iterator[Request], connections: int) -> None:
        send_all(requests, port=self.server.port, connections=connections)

    def _next(self, scenario: Scenario, size: int | None) -> Iterator[Request]:
        return islice(self._unsent[scenario.name], size)


def _size(scenario: Scenario, load: Load) -> int:
    return max(1, int(load.requests * scenario.share))


@contextmanager
def running_side(
    name: str, folder: Path, *, root: Path = ROOT, workers: int, threads: int
) -> Iterator[Side]:
    """The code in *root*, on a database with its migrations and the data of this tree; *folder* is for secrets.

    So the data of two sides is the same, and their tables must agree in what it has.
    """
    cluster = start_cluster(settings=SETTINGS)
    environment = environment_of(cluster, folder)
    tokens = fill(environment, folder, root=root)
    with (
        (folder / "server.log").open("w") as log,
        running_server(
            environment, workers=workers, threads=threads, errors=log, root=root
        ) as server,
    ):
        yield Side(
            name=name,
            server=server,
            cluster=cluster,
            environment=environment,
            tokens=tokens,
        )


def fill(environment: dict[str, str], folder: Path, *, root: Path = ROOT) -> list[str]:
    """Fill the empty database; return the access tokens of all learners."""
    tokens = folder / "tokens.json"
    _run(root, environment, "manage.py", "migrate", "--verbosity=0")
    _run(ROOT, environment, "-c", _FILL, tokens)
    access_tokens: list[str] = json.loads(tokens.read_text())
    return access_tokens


def _run(root: Path, environment: dict[str, str], *arguments: str | Path) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=os.environ | environment,
        check=True,
    )


def environment_of(cluster: Cluster, folder: Path) -> dict[str, str]:
    """A development environment on this database, with secrets that several processes share.

    All requests come from one client IP address, so its limits are lifted.
    """
    keys = folder / "keys.json"
    keys.write_text(new_key_ring().private_json())
    return {
        "APP_ENV": "dev",
        "DATABASE_URL": cluster.url,
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "authsvc.settings",
        "LOG_LEVEL": "WARNING",
        "READS_PER_MINUTE": "100000000",
        "WRITES_PER_MINUTE": "100000000",
        "EXPENSIVE_PER_MINUTE": "100000000",
        "LOGIN_ATTEMPTS_PER_MINUTE": "1000000",
        "ARGON2_AT_ONCE": "1000",
        "SECRET_KEY": token_urlsafe(50),
        "SIGNING_KEYS_FILE": str(keys),
    }


def check_out(revision: str, folder: Path) -> None:
    """Put the files of a Git revision into a folder. Raises CalledProcessError if there is none."""
    archived = subprocess.run(
        ["git", "archive", "--format=tar", revision],  # noqa: S607  # its place differs between systems
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
        archive.extractall(folder, filter="data")
