"""Many requests at once, from a client that costs little."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Outcome:
    """What came of a load: latencies and time in seconds, answers by their status."""

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


def request(method: str, path: str, *, token: str = "", body: bytes = b"") -> bytes:
    """An HTTP/1.1 request as it goes over the wire."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(body)}",
        *(["Content-Type: application/json"] if body else []),
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send_all(requests: Iterable[bytes], *, port: int, connections: int) -> Outcome:
    """Send each request once, on so many connections, each of which waits for its answer."""
    outcome = Outcome()
    left = iter(requests)
    began = time.perf_counter()
    asyncio.run(_send_on_all(left, outcome, port=port, connections=connections))
    outcome.seconds = time.perf_counter() - began
    return outcome


async def _send_on_all(
    left: Iterator[bytes], outcome: Outcome, *, port: int, connections: int
) -> None:
    await asyncio.gather(*(_send_on_one(left, outcome, port) for _ in range(connections)))


async def _send_on_one(left: Iterator[bytes], outcome: Outcome, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in left:
        began = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        outcome.latencies.append(time.perf_counter() - began)
        outcome.statuses[int(head[9:12])] += 1
    writer.close()
    await writer.wait_closed()
