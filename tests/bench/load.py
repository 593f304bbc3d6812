"""Load generator: an HTTP client that costs little processor time."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile


@dataclass(kw_only=True)
class Outcome:
    """Result of a load: latencies and time in seconds, answers by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        return sorted(self.latencies)[int(share * (self.requests - 1))]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    token: str = ""
    body: bytes = b""

    @property
    def wire(self) -> bytes:
        """The request in HTTP/1.1."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Content-Length: {len(self.body)}",
            *(["Content-Type: application/json"] if self.body else []),
            *([f"Authorization: Bearer {self.token}"] if self.token else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def send_all(
    requests: Iterable[Request],
    *,
    port: int,
    connections: int,
    seconds: float | None = None,
    answers: list[bytes] | None = None,
) -> Outcome:
    """Send each request once, on so many connections, each of which waits for its answer.

    With *seconds*, none is sent after that time. Bodies are added to *answers*. Raises
    RuntimeError when an answer is not a success.
    """
    outcome = Outcome()
    started = time.perf_counter()
    messages = _until(seconds, (request.wire for request in requests))
    asyncio.run(_send_on_all(messages, outcome, answers, port=port, connections=connections))
    outcome.seconds = time.perf_counter() - started
    if any(status >= 300 for status in outcome.statuses):
        raise RuntimeError(f"The server answered {dict(outcome.statuses)}.")
    return outcome


def _until(seconds: float | None, messages: Iterator[bytes]) -> Iterator[bytes]:
    if seconds is None:
        return messages
    end = time.perf_counter() + seconds
    return takewhile(lambda _: time.perf_counter() < end, messages)


async def _send_on_all(
    messages: Iterator[bytes],
    outcome: Outcome,
    answers: list[bytes] | None,
    *,
    port: int,
    connections: int,
) -> None:
    await asyncio.gather(
        *(_send_on_one(messages, outcome, answers, port) for _ in range(connections))
    )


async def _send_on_one(
    messages: Iterator[bytes], outcome: Outcome, answers: list[bytes] | None, port: int
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in messages:
        sent_at = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if answers is not None:
            answers.append(body)
        outcome.latencies.append(time.perf_counter() - sent_at)
        outcome.statuses[int(head[9:12])] += 1
    writer.close()
    await writer.wait_closed()
