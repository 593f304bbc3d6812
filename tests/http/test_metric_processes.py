"""Metrics of several processes: added up, kept while one of them runs, and begun again after the last one."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import pytest

from authsvc.config.variables import Misconfigured
from tests.support.metrics import Exposition
from tests.support.server import ROOT

REPLAYED: Final = "authsvc_idempotent_replays_total"
_PROCESS: Final = """
import sys
from pathlib import Path
from authsvc.composition.prometheus import PrometheusMetrics
from authsvc.kernel.metrics import REPLAYS
metrics = PrometheusMetrics(Path(sys.argv[1]))
for line in sys.stdin:
    if line == "count\\n":
        metrics.count(REPLAYS)
        print("counted", flush=True)
    elif line == "fork\\n":
        import os
        child = os.fork()
        metrics.count(REPLAYS)
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        print("counted", flush=True)
    else:
        sys.stdout.write(metrics.exposition(()).decode() + "# end\\n")
        sys.stdout.flush()
"""


class Process:
    """A process that records metrics in a folder when it is told to."""

    def __init__(self, running: "subprocess.Popen[str]") -> None:
        self._running = running

    def counts(self, times: int = 1, *, how: str = "count") -> None:
        for _ in range(times):
            self._write(how)
            assert self._output.readline() == "counted\n"

    def shows(self) -> float:
        """The replays of all processes, as this one shows them."""
        self._write("show")
        lines = iter(self._output.readline, "# end\n")
        return Exposition("".join(lines)).total(REPLAYED)

    def dies(self) -> None:
        self._running.kill()
        self._running.wait()

    @property
    def _output(self) -> IO[str]:
        assert self._running.stdout is not None
        return self._running.stdout

    def _write(self, line: str) -> None:
        assert self._running.stdin is not None
        self._running.stdin.write(f"{line}\n")
        self._running.stdin.flush()


@contextmanager
def process_in(folder: Path) -> Iterator[Process]:
    with subprocess.Popen(
        [sys.executable, "-c", _PROCESS, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield Process(running)
        finally:
            running.kill()


def test_every_process_shows_the_counts_of_all(tmp_path: Path) -> None:
    with process_in(tmp_path) as first, process_in(tmp_path) as second:
        first.counts(3)
        second.counts(2)

        assert first.shows() == second.shows() == 5


def test_the_counts_of_a_killed_process_are_kept_while_another_one_runs(tmp_path: Path) -> None:
    with process_in(tmp_path) as first, process_in(tmp_path) as second:
        first.counts(3)
        second.counts(2)
        first.dies()

        assert second.shows() == 5


def test_processes_that_follow_each_other_need_no_more_files(tmp_path: Path) -> None:
    with process_in(tmp_path) as server:
        server.counts()
        for _ in range(3):
            with process_in(tmp_path) as command:
                command.counts()
        files = list(tmp_path.glob("counter_*.db"))

        assert server.shows() == 4
        assert len(files) == 2


def test_counts_begin_again_after_the_last_process(tmp_path: Path) -> None:
    with process_in(tmp_path) as first:
        first.counts(3)
    with process_in(tmp_path) as second:
        second.counts()

        assert second.shows() == 1


def test_a_forked_process_has_files_of_its_own(tmp_path: Path) -> None:
    with process_in(tmp_path) as server:
        server.counts(how="fork")
        server.counts()

        assert server.shows() == 3


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    from authsvc.composition.prometheus import (  # noqa: PLC0415  # as the composition does
        PrometheusMetrics,
    )

    file = tmp_path / "file"
    file.touch()

    with pytest.raises(Misconfigured, match="METRICS_DIR must be a writable directory"):
        PrometheusMetrics(file / "metrics")
