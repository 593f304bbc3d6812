"""Fixtures for HTTP tests: the real server in memory mode."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.server import Server, running_server
from tests.support.wire import WireCaller


@dataclass(frozen=True)
class MemoryMode:
    """A server without a database, and its output at start-up."""

    server: Server
    greeting: str


@pytest.fixture(scope="session")
def memory_mode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryMode]:
    log = tmp_path_factory.mktemp("memory") / "log"
    environment = {"DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
    with log.open("w") as errors, running_server(environment, errors=errors) as server:
        WireCaller(server.port).get("/health")
        yield MemoryMode(server, log.read_text())
