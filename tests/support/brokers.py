"""Message brokers on this machine: Redis and RabbitMQ, from the system's packages."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from tests.support.patience import PATIENCE
from tests.support.postgres import free_port


class NoBroker(RuntimeError):
    """The broker is not installed on this machine."""


class Broker(Protocol):
    @property
    def url(self) -> str: ...

    def start(self) -> None:
        """Start the broker and wait until it listens."""

    def kill(self) -> None:
        """End it at once, as a power failure would."""


@dataclass
class _Program:
    """A server in a process group of its own, with its files in a folder of its own."""

    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="authsvc-broker-")))
    _process: "subprocess.Popen[bytes] | None" = None

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *command: str | Path, environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=os.environ | (environment or {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while not _listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                msg = f"{command[0]} does not listen on port {self.port}"
                raise RuntimeError(msg)
            time.sleep(0.05)


class RedisBroker(_Program):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = _program("redis-server")
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self._run(program, *options)


@dataclass
class RabbitBroker(_Program):
    """RabbitMQ starts a daemon that maps node names to ports: here, one of its own, on loopback."""

    _names_port: int = field(default_factory=free_port)

    def remove(self) -> None:
        super().remove()
        if epmd := shutil.which("epmd"):
            subprocess.run(
                [epmd, "-port", str(self._names_port), "-kill"], check=False, capture_output=True
            )

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        # The script in PATH of Debian's package runs the server under another account.
        _program("rabbitmq-server")
        scripts = sorted(Path("/usr/lib/rabbitmq/bin").glob("rabbitmq-server"))
        program = scripts[0] if scripts else _program("rabbitmq-server")
        distribution = free_port()
        (self.folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        (self.folder / "plugins").write_text("[].\n")
        self._run(
            program,
            environment={
                "HOME": str(self.folder),
                "RABBITMQ_NODENAME": f"authsvc{self.port}@localhost",
                "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
                "RABBITMQ_NODE_PORT": str(self.port),
                "RABBITMQ_DIST_PORT": str(distribution),
                "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
                "RABBITMQ_LOG_BASE": str(self.folder / "log"),
                "RABBITMQ_SCHEMA_DIR": str(self.folder / "schema"),
                "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "config"),
                "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
                "RABBITMQ_PID_FILE": str(self.folder / "pid"),
                "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
                "ERL_EPMD_ADDRESS": "127.0.0.1",
                "ERL_EPMD_PORT": str(self._names_port),
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-start_epmd false -erl_epmd_port {distribution} "
                "-kernel inet_dist_use_interface {127,0,0,1}",
            },
        )


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        msg = f"{name} is not installed"
        raise NoBroker(msg)
    return path


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


BROKERS: Final[dict[str, Any]] = {"redis": RedisBroker, "rabbitmq": RabbitBroker}
