"""Measure how long enrolments take alone, and beside many answers of the tutor that are being written.

The tutor's streams have a server of their own, or with --shared the one that enrolments are sent to. Latencies are in
milliseconds. The last column counts: the 99th percentile beside the streams as a multiple of that without them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import IO, Final

from tests.bench.load import Outcome, Request, send_all
from tests.bench.readers import PREPARED, STARTED
from tests.bench.scenarios import SCENARIOS
from tests.bench.sides import Side, running_side
from tests.support.postgres import free_port
from tests.support.server import ROOT, Server, running_server

LINE: Final = "{:16}{:>9}{:>9}{:>9}{:>9}"
ENROL: Final = next(scenario for scenario in SCENARIOS if scenario.name == "enrol")
SPARE: Final = 8
"""Threads for other requests, where streams share a server."""


@dataclass(frozen=True)
class Readers:
    """A process that reads streams, in rounds."""

    process: "subprocess.Popen[str]"

    def begin(self) -> None:
        """Return when all streams of a round are being written."""
        print(file=self._stdin, flush=True)
        self._expect(STARTED)

    def end(self) -> int:
        """How many streams of the round came to their end."""
        return int(self._line())

    def _expect(self, word: str) -> None:
        line = self._line()
        if line != word:
            msg = f"The readers said {line!r} instead of {word!r}."
            raise RuntimeError(msg)

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    @property
    def _stdin(self) -> IO[str]:
        assert self.process.stdin is not None
        return self.process.stdin

    def prepared(self) -> "Readers":
        self._expect(PREPARED)
        return self


def main() -> None:
    options = _options()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="authsvc-bench-")))
        os.environ |= _tutor(stack.enter_context(_slow_model(options)))
        os.environ |= {"DATABASE_POOL": str(options.pool)} if options.shared else {}
        threads = -(-options.streams // options.workers) + SPARE
        side = stack.enter_context(
            running_side(
                "here",
                folder,
                workers=options.workers,
                threads=threads if options.shared else options.threads,
            )
        )
        streaming = side.server
        if not options.shared:
            streaming = stack.enter_context(
                running_server(
                    side.environment | {"DATABASE_POOL": str(options.pool)},
                    workers=1,
                    threads=options.streams + SPARE,
                )
            )
        tokens = side.tokens[-options.streams :]
        readers = stack.enter_context(_readers(streaming, tokens, folder))
        _measure(side, readers, options)


def _measure(side: Side, readers: Readers, options: argparse.Namespace) -> None:
    requests = ENROL.requests(side.tokens)
    _send(requests, side, options)  # connections open, statements prepared
    print(LINE.format("", "req/s", "p50", "p99", "ratio"))
    ratios = []
    for _ in range(options.rounds):
        alone = _send(requests, side, options)
        readers.begin()
        beside = _send(requests, side, options)
        ended = readers.end()
        if ended != options.streams:
            msg = f"Only {ended} of {options.streams} streams came to their end."
            raise RuntimeError(msg)
        ratios.append(beside.percentile(0.99) / alone.percentile(0.99))
        _print("alone", alone, "")
        _print(f"{options.streams} streams", beside, f"{ratios[-1]:.2f}")
    print(LINE.format("median", "", "", "", f"{median(ratios):.2f}"))


def _send(requests: Iterator[Request], side: Side, options: argparse.Namespace) -> Outcome:
    return send_all(
        islice(requests, options.requests),
        port=side.server.port,
        connections=options.connections,
        seconds=options.seconds,
    )


def _print(name: str, outcome: Outcome, ratio: str) -> None:
    figures = [f"{outcome.percentile(share) * 1000:.1f}" for share in (0.5, 0.99)]
    print(LINE.format(name, f"{outcome.rate:.0f}", *figures, ratio), flush=True)


def _tutor(port: int) -> dict[str, str]:
    return {
        "TUTOR": "anthropic",
        "TUTOR_MODEL": "slow-1",
        "TUTOR_API_KEY": "none",
        "TUTOR_BASE_URL": f"http://127.0.0.1:{port}",
    }


@contextmanager
def _slow_model(options: argparse.Namespace) -> Iterator[int]:
    """A model that goes on writing for longer than enrolments are sent."""
    port, pause = free_port(), options.pause
    pieces = max(2, round((options.seconds + options.margin) / pause))
    arguments = [f"--port={port}", f"--pieces={pieces}", f"--pause={pause}"]
    with _running("tests.bench.slow_model", *arguments):
        yield port


@contextmanager
def _readers(server: Server, tokens: list[str], folder: Path) -> Iterator[Readers]:
    file = folder / "readers.json"
    file.write_text(json.dumps(tokens))
    arguments = [f"--port={server.port}", f"--tokens={file}"]
    with _running("tests.bench.readers", *arguments) as process:
        yield Readers(process).prepared()


@contextmanager
def _running(module: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.2, help="between two pieces of an answer")
    parser.add_argument("--seconds", type=float, default=10, help="of enrolments in each round")
    parser.add_argument("--margin", type=float, default=15, help="of streams around them")
    parser.add_argument("--requests", type=int, default=100_000, help="at most, in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pool", type=int, default=8, help="connections of streams to PostgreSQL")
    parser.add_argument("--shared", action="store_true", help="one server for everything")
    return parser.parse_args()


if __name__ == "__main__":
    main()
