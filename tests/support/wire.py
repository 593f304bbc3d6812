"""Callers of the real server over the wire."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from typing import Any

from tests.support.application import Answer, Caller, encoded
from tests.support.patience import PATIENCE


class WireCaller(Caller):
    """A Caller of the server on a port; safe for several threads."""

    def __init__(self, port: int, token: str = "") -> None:
        super().__init__(token)
        self.port = port

    def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, encoded(body), self._fields(headers))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())
        finally:
            connection.close()


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Perform the acts at the same moment, each on its own thread; return their answers in order."""
    barrier = Barrier(len(acts))

    def do(act: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))
