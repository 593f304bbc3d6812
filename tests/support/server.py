"""The real server (Granian), in processes of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from tests.support.patience import PATIENCE
from tests.support.postgres import free_port

ROOT: Final = Path(__file__).parents[2]
GRANIAN: Final = (
    Path(sys.executable).with_name("granian"),
    "--interface=wsgi",
    "--no-ws",
    "--log-level=warning",
)


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it and all its workers at once, as a power failure would."""
        os.killpg(self.pid, signal.SIGKILL)


@contextmanager
def running_server(
    environment: dict[str, str],
    *,
    workers: int = 1,
    threads: int = 4,
    port: int | None = None,
    errors: IO[str] | None = None,
    root: Path = ROOT,
    application: str = "authsvc.wsgi:application",
) -> Iterator[Server]:
    """Granian serving the application in *root* on this port or a free one, until the block ends.

    Its output goes to *errors*, else where that of this process goes.
    """
    port = port or free_port()
    options = [f"--port={port}", f"--workers={workers}", f"--blocking-threads={threads}"]
    process = subprocess.Popen(
        [*GRANIAN, application, *options],
        cwd=root,
        env=os.environ | environment,
        stdout=errors,
        stderr=errors,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        # A worker that was still starting has missed the signal, and the main process waits for it.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when the server listens on the port. Raises RuntimeError when the process ends before."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    msg = f"The server ended with {process.returncode} before it listened."
    raise RuntimeError(msg)
