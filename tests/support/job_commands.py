"""Processes of both engines: their commands, how they are started, stopped and killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from tests.support.patience import PATIENCE
from tests.support.server import ROOT


def _embedded(name: str) -> list[str]:
    return [sys.executable, "-m", "tests.support.job_worker"]


def _celery(name: str) -> list[str]:
    celery = str(Path(sys.executable).with_name("celery"))
    options = ["--beat", "--concurrency=2", "--without-gossip", "--without-mingle"]
    app = "--app=tests.support.job_celery"
    return [celery, app, "worker", "--loglevel=WARNING", f"--hostname={name}@%h", *options]


ENGINES: Final[dict[str, Callable[[str], list[str]]]] = {"embedded": _embedded, "celery": _celery}
"""The commands of workers, by their names."""


def start_process(
    command: list[str], environment: dict[str, str], *, log: IO[str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process with a group of its own. Its output goes to *log*, else where that of this process goes."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """End it and its processes at once, as a power failure would."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def stop(worker: "subprocess.Popen[bytes]") -> None:
    """End it in an orderly way."""
    worker.terminate()
    worker.wait(timeout=PATIENCE)
