"""The real server in memory mode: one for all tests of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.server import Server, running_server
from tests.support.wire import WireCaller


@dataclass(frozen=True)
class MemoryMode:
    """A server without a database, its output at start-up, and the folder of its mail."""

    server: Server
    greeting: str
    mail: Path


@contextmanager
def running_in_memory(folder: Path) -> Iterator[MemoryMode]:
    log, mail = folder / "log", folder / "mail"
    environment = {"DATABASE_URL": "", "LOG_LEVEL": "ERROR", "EMAIL_URL": f"file://{mail}"}
    with log.open("w") as errors, running_server(environment, errors=errors) as server:
        WireCaller(server.port).get("/health")
        yield MemoryMode(server, log.read_text(), mail)
