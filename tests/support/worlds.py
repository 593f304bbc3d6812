"""Worlds: one store each, with the services on it and a clock that the test controls."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.conf import settings

from accounts.domain.identity.entities.users import User
from accounts.domain.organizations.entities import Organization
from authsvc.composition.adapters import DjangoUnitOfWork
from authsvc.composition.container import Services
from authsvc.composition.memory_repositories import memory_repositories
from authsvc.composition.orm_repositories import orm_repositories
from authsvc.composition.ports import Ports, ports
from authsvc.composition.repositories import Repositories
from authsvc.composition.text_stores import InMemoryTextStore
from authsvc.http.idempotency.service import IdempotencyService
from authsvc.http.idempotency.store import idempotency_of
from authsvc.jobs.entities import Job
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.kernel.rate_limits import ProcessCounts
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.domain.entities.courses import Course
from tests.support.builders import NOON, a_course, a_user
from tests.support.metrics import RecordedMetrics
from tests.support.organizations import an_organization
from tests.support.trail import RecordedTrail

USUAL: Final = settings.ENVIRONMENT
"""The environment of the run, in whose place some tests put another one."""


@dataclass
class FrozenClock:
    """A clock that moves only when told to."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def go_on(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True, kw_only=True)
class World:
    repositories: Repositories
    unit_of_work: UnitOfWork
    clock: FrozenClock
    trail: RecordedTrail
    metrics: RecordedMetrics
    services: Services
    idempotency: IdempotencyService

    def has_user(self, **parts: Any) -> User:
        user = a_user(**parts)
        self.repositories.users.add(user)
        return user

    def has_verified_user(self, **parts: Any) -> User:
        """A user who has verified their e-mail address."""
        user = self.has_user(**parts)
        self.repositories.verified_emails.save(user.id, email=user.email)
        return user

    def has_organization(self, **parts: Any) -> Organization:
        organization = an_organization(**parts)
        self.repositories.organizations.add(organization)
        return organization

    def has_course(self, **parts: Any) -> Course:
        course = a_course(**parts)
        self.repositories.courses.add(course, scope=ALL_TENANTS)
        return course


def memory_world(*, runs_jobs: bool = True) -> World:
    database = InMemoryDatabase()
    return _world(memory_repositories(database), database, runs_jobs=runs_jobs)


def orm_world(*, runs_jobs: bool = True) -> World:
    return _world(orm_repositories(), DjangoUnitOfWork(), runs_jobs=runs_jobs)


@dataclass
class AtOnce:
    """A carrier that runs jobs as soon as they are committed, in the thread that commits them, or leaves them."""

    runs_jobs: bool
    services: Services = field(init=False)

    def announce(self, jobs: Sequence[Job]) -> None:
        for job in jobs if self.runs_jobs else ():
            self.services.job_engine.run(job.id)


@cache
def _usual_ports() -> Ports:
    """Built once, because that takes longer than many tests. What has a state in them each world replaces."""
    return ports(USUAL, secret_key="test")


def _ports() -> Ports:
    is_usual = settings.ENVIRONMENT is USUAL
    return _usual_ports() if is_usual else ports(settings.ENVIRONMENT, secret_key="test")


def _world(repositories: Repositories, unit_of_work: UnitOfWork, *, runs_jobs: bool) -> World:
    clock, trail, metrics, carrier = (
        FrozenClock(),
        RecordedTrail(),
        RecordedMetrics(),
        AtOnce(runs_jobs),
    )
    carrier.services = services = Services(
        repositories=repositories,
        ports=replace(
            _ports(),
            clock=clock,
            request_counts=ProcessCounts(),
            security_log_writer=trail,
            job_carrier=carrier,
            jitter=lambda: 0.5,
            metrics=metrics,
            texts=InMemoryTextStore(clock=clock),
        ),
        unit_of_work=unit_of_work,
    )
    return World(
        repositories=repositories,
        unit_of_work=unit_of_work,
        clock=clock,
        trail=trail,
        metrics=metrics,
        services=services,
        idempotency=idempotency_of(services),
    )
