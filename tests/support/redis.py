"""A Redis server on this machine: the real one if it is installed, else a simulated one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

from fakeredis import TcpFakeServer
from redis import Redis, RedisError

from tests.support.patience import PATIENCE
from tests.support.postgres import free_port


@contextmanager
def running_redis(port: int | None = None) -> Iterator[str]:
    """Yield the URL of an empty server, which is gone after the block."""
    port = port or free_port()
    program = shutil.which("redis-server")
    with _real(program, port) if program else _simulated(port):
        url = f"redis://127.0.0.1:{port}/0"
        _wait_for(url)
        yield url


@contextmanager
def _real(program: str, port: int) -> Iterator[None]:
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--loglevel", "warning"]
    process = subprocess.Popen([program, *options])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _simulated(port: int) -> Iterator[None]:
    server = TcpFakeServer(("127.0.0.1", port))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _wait_for(url: str) -> None:
    began = monotonic()
    with Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except RedisError:
                if monotonic() - began > PATIENCE:
                    raise
                sleep(0.01)
            else:
                return
