"""Kills under load: the processes of a site, its clients, and what they count afterwards."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import IO, Any, Final
from uuid import uuid4

import psycopg
from django.core.management import call_command

from accounts.domain.access import OPERATOR, Role
from accounts.domain.integrations.entities.webhooks import WebhookTerms
from authsvc.composition.container import services
from tests.bench.receiving import Inbox, running_inbox
from tests.support.application import PASSWORD, Application
from tests.support.job_commands import ENGINES, kill, start_process
from tests.support.postgres import Cluster, free_port
from tests.support.server import GRANIAN
from tests.support.wire import WireCaller

SETTLE_SECONDS: Final = 400
WORKERS: Final = 2
_WAITING: Final = (
    "SELECT count(*) FROM jobs_job WHERE due_at IS NOT NULL AND period IS NULL",
    "SELECT count(*) FROM accounts_webhookdelivery WHERE is_pending",
    "SELECT count(*) FROM events_outgoingevent WHERE position > (SELECT position FROM accounts_webhook)",
)
_ENROLLED: Final = "SELECT user_id::text FROM progress_courseprogress"


def run(site: "Site", *, kills: int, clients: int, seed: int, mails: Path) -> bool:
    """Kill so many times; print the figures, and return whether nothing was lost."""
    school = a_school()
    load = Load(site.port, school)
    with running_inbox() as inbox:
        inbox.secret, load.start = _subscribed(inbox.url)
        try:
            killed = _kill(site, load, kills=kills, clients=clients, chance=random.Random(seed))
            _settle(site)
            print(
                f"killed: {', '.join(f'{name} {number}' for name, number in sorted(killed.items()))}"
            )
            results = _mails(site, load, mails), _events(load, inbox)
            return all(results)
        finally:
            site.stop()


@dataclass(frozen=True, kw_only=True)
class School:
    """An organization with its owner, a course, and an admin of the platform, who reads the feed."""

    token: str
    org_id: str
    course: str
    root_token: str


def a_school() -> School:
    """Fill an empty database."""
    call_command("migrate", verbosity=0)
    application = Application(services())
    bo, root = application.signed_in(name="Bo"), application.signed_in(Role.ADMIN, name="Root")
    owner = application.user_with(bo.email)
    school = services().organizations.create(
        name="School", slug="school", owner_id=owner.id, by=OPERATOR
    )
    return School(
        token=bo.caller.token,
        org_id=str(school.id),
        course=application.published().slug,
        root_token=root.caller.token,
    )


def _subscribed(url: str) -> tuple[str, int]:
    """Let a webhook of the platform send all events there; return its secret, and after which position."""
    new = services().webhooks.create(None, WebhookTerms(url=url), by=OPERATOR)
    return new.secret, services().positions.last()


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
    school: School
    start: int = 0
    ends: Event = field(default_factory=Event)
    mails: list[str] = field(default_factory=list)
    enrolled: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

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
        user_id = str(session["user"]["id"])
        self._post(f"/v1/courses/{self.school.course}/enroll", anna)
        self.enrolled.append(user_id)
        self._post(f"/v1/courses/{self.school.course}/withdraw", anna)
        self.withdrawn.append(user_id)

    def _invite(self) -> None:
        address = f"bo-{uuid4().hex}@school.example"
        body = {"email": address, "role": "learner"}
        self._post(f"/v1/orgs/{self.school.org_id}/invitations", self.school.token, body)
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


def _settle(site: Site) -> None:
    """Wait until nothing waits for a worker or a receiver."""
    with psycopg.connect(site.cluster.url, autocommit=True) as database:
        _until(lambda: all(database.execute(query).fetchone() == (0,) for query in _WAITING))


def _mails(site: Site, load: Load, folder: Path) -> bool:
    """Print the figures of mails and enrolments; return whether nothing was lost."""
    with psycopg.connect(site.cluster.url, autocommit=True) as database:
        enrolled = {row[0] for row in database.execute(_ENROLLED)}
    sent = Counter(_recipients(folder))
    lost = [address for address in load.mails if not sent[address]]
    doubled = [address for address in load.mails if sent[address] > 1]
    unstored = [user for user in load.enrolled if user not in enrolled]
    print(f"acknowledged mails {len(load.mails)}, lost {len(lost)}, sent again {len(doubled)}")
    print(f"acknowledged enrolments {len(load.enrolled)}, lost {len(unstored)}")
    return not (lost or unstored)


def _events(load: Load, inbox: Inbox) -> bool:
    """Print the figures of the feed and the webhook; return whether nothing was lost, doubled or out of order."""
    acts = [
        *(("learning.enrolled", user_id) for user_id in load.enrolled),
        *(("learning.withdrawn", user_id) for user_id in load.withdrawn),
    ]
    feed = {event["id"]: event for event in _feed(load)}
    listed = Counter((event["type"], event["user_id"]) for event in feed.values())
    received = Counter((event["type"], event["user_id"]) for event in inbox.events.values())
    missing = [act for act in acts if listed[act] != 1]
    undelivered = [act for act in acts if received[act] != 1]
    differing = feed.keys() ^ inbox.events.keys()
    repeated = inbox.messages.total() - len(inbox.messages)
    print(f"acknowledged acts {len(acts)}, not once in the feed {len(missing)} of {len(feed)}")
    print(
        f"delivered events {len(inbox.events)}, acts not delivered once {len(undelivered)}, "
        f"events of one side alone {len(differing)}, out of order {inbox.out_of_order}, "
        f"messages repeated with their id {repeated}"
    )
    return not (missing or undelivered or differing or inbox.out_of_order)


def _feed(load: Load) -> Iterator[dict[str, Any]]:
    """The events of the feed that the webhook receives, too."""
    caller, after = WireCaller(load.port, load.school.root_token), load.start
    while True:
        page = caller.get(f"/v1/events?after={after}&limit=100").json
        yield from page["items"]
        if page["next_after"] == after:
            return
        after = page["next_after"]


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
