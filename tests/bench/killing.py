"""Kills under load: the processes of a site, its clients, and what they count afterwards."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import IO, Any, Final
from uuid import uuid4

import psycopg
from django.core.management import call_command

from accounts.domain.access import OPERATOR
from authsvc.composition.container import services
from tests.support.application import PASSWORD, Application
from tests.support.job_commands import ENGINES, kill, start_process
from tests.support.postgres import Cluster, free_port
from tests.support.server import GRANIAN
from tests.support.wire import WireCaller

SETTLE_SECONDS: Final = 400
WORKERS: Final = 2
_WAITING: Final = "SELECT count(*) FROM jobs_job WHERE due_at IS NOT NULL AND period IS NULL"
_ENROLLED: Final = "SELECT user_id::text FROM progress_courseprogress"


def run(site: "Site", *, kills: int, clients: int, seed: int, mails: Path) -> bool:
    """Kill so many times; print the figures, and return whether nothing was lost."""
    token, org_id, course = a_school()
    load = Load(site.port, token, org_id, course)
    try:
        killed = _kill(site, load, kills=kills, clients=clients, chance=random.Random(seed))
        return _report(site, load, killed, mails)
    finally:
        site.stop()


def a_school() -> tuple[str, str, str]:
    """Fill an empty database; return the owner's token, the id of the organization, and the slug of the course."""
    call_command("migrate", verbosity=0)
    application = Application(services())
    bo = application.signed_in(name="Bo")
    owner = application.user_with(bo.email)
    school = services().organizations.create(
        name="School", slug="school", owner_id=owner.id, by=OPERATOR
    )
    return bo.caller.token, str(school.id), application.published().slug


@dataclass
class Site:
    """The processes that are killed, each with what starts it again."""

    cluster: Cluster
    environment: dict[str, str]
    broker: Any
    log: IO[str]
    port: int = field(default_factory=free_port)
    processes: dict[str, Any] = field(default_factory=dict)

    def start(self) -> None:
        if self.broker:
            self.broker.start()
        for name in self.names:
            self._start(name)

    @property
    def names(self) -> list[str]:
        return ["application", *(f"worker {number}" for number in range(WORKERS))]

    @property
    def victims(self) -> list[str]:
        return [*self.names, "database", *(["broker"] if self.broker else [])]

    def kill(self, victim: str) -> None:
        """Kill it as a power failure would, and start it again."""
        if victim == "database":
            self.cluster.restart()
        elif victim == "broker":
            self.broker.kill()
            self.broker.start()
        else:
            kill(self.processes[victim])
            self._start(victim)

    def stop(self) -> None:
        for process in self.processes.values():
            kill(process)
        if self.broker:
            self.broker.remove()

    def is_up(self) -> bool:
        try:
            return WireCaller(self.port).get("/health/ready").status == 200
        except (OSError, HTTPException):
            return False

    def _start(self, name: str) -> None:
        command = self._command(name)
        self.processes[name] = start_process(command, self.environment, log=self.log)

    def _command(self, name: str) -> list[str]:
        if name == "application":
            options = [f"--port={self.port}", "--workers=2", "--blocking-threads=4"]
            return [*map(str, GRANIAN), "authsvc.wsgi:application", *options]
        return ENGINES["celery" if self.broker else "embedded"](name.replace(" ", "-"))


@dataclass
class Load:
    """Clients that act until they are told to stop, and what was acknowledged to them."""

    port: int
    token: str
    org_id: str
    course: str
    ends: Event = field(default_factory=Event)
    mails: list[str] = field(default_factory=list)
    enrolled: list[str] = field(default_factory=list)

    def act(self) -> None:
        while not self.ends.is_set():
            try:
                self._learn()
                self._invite()
            except (OSError, HTTPException, Refused):
                time.sleep(0.2)

    def _learn(self) -> None:
        address = f"anna-{uuid4().hex}@school.example"
        body = {"email": address, "password": PASSWORD}
        session = self._post("/v1/auth/register", "", body)
        anna = str(session["access_token"])
        self._post("/v1/me/email/verification", anna)
        self.mails.append(address)
        progress = self._post(f"/v1/courses/{self.course}/enroll", anna)
        self.enrolled.append(str(progress.get("user_id") or session["user"]["id"]))

    def _invite(self) -> None:
        address = f"bo-{uuid4().hex}@school.example"
        body = {"email": address, "role": "learner"}
        self._post(f"/v1/orgs/{self.org_id}/invitations", self.token, body)
        self.mails.append(address)

    def _post(self, path: str, token: str, body: Any = None) -> dict[str, Any]:
        answer = WireCaller(self.port, token).post(path, body)
        if answer.status >= 500:
            raise Refused
        if answer.status >= 300:
            raise SystemExit(f"{path}: {answer.status} {answer.text}")
        return dict(answer.json) if answer.text else {}


class Refused(Exception):
    """The service answered that it cannot act now."""


def _kill(
    site: Site, load: Load, *, kills: int, clients: int, chance: random.Random
) -> Counter[str]:
    """Kill at random moments while clients act; return how often each victim was killed."""
    killed = Counter[str]()
    site.start()
    _until(site.is_up)
    with ThreadPoolExecutor(clients) as pool:
        acting = [pool.submit(load.act) for _ in range(clients)]
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0.3, 1.5))
                # Each victim in turn, so that all are killed, in an order that varies.
                victims = site.victims
                chance.shuffle(victims)
                victim = min(victims, key=lambda name: killed[name])
                site.kill(victim)
                killed[victim] += 1
                _until(site.is_up)
                print(f"{number + 1}: {victim}, {len(load.mails)} mails", flush=True)
            time.sleep(1)
        finally:
            load.ends.set()
        for client in acting:
            client.result()
    return killed


def _report(site: Site, load: Load, killed: Counter[str], mails: Path) -> bool:
    """Print the figures; return whether nothing was lost."""
    with psycopg.connect(site.cluster.url, autocommit=True) as database:

        def count() -> int:
            row = database.execute(_WAITING).fetchone()
            return int(row[0]) if row else 0

        _until(lambda: count() == 0)
        enrolled = {row[0] for row in database.execute(_ENROLLED)}
    sent = Counter(_recipients(mails))
    lost = [address for address in load.mails if not sent[address]]
    doubled = [address for address in load.mails if sent[address] > 1]
    unstored = [user for user in load.enrolled if user not in enrolled]
    print(f"killed: {', '.join(f'{name} {number}' for name, number in sorted(killed.items()))}")
    print(f"acknowledged mails {len(load.mails)}, lost {len(lost)}, sent again {len(doubled)}")
    print(f"acknowledged enrolments {len(load.enrolled)}, lost {len(unstored)}")
    return not (lost or unstored)


def _recipients(folder: Path) -> list[str]:
    return [
        address
        for file in folder.glob("*.log")
        for address in re.findall(r"^To: (\S+)$", file.read_text(errors="replace"), re.MULTILINE)
    ]


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("It does not recover.")
        time.sleep(0.1)
