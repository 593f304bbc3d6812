"""Worlds: one store each, with the services on it and a clock that the test controls."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.domain.entities import Organization, User
from authsvc.adapters import DjangoUnitOfWork
from authsvc.container import Services
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.kernel.reach import EVERYWHERE
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.ports import ports
from authsvc.stores import Repositories, memory_repositories, orm_repositories
from courses.domain.entities import Course
from tests.support.builders import NOON, a_course, a_user
from tests.support.organizations import an_organization
from tests.support.trail import RecordedTrail


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
    services: Services

    def has_user(self, **parts: Any) -> User:
        user = a_user(**parts)
        self.repositories.users.add(user)
        return user

    def has_organization(self, **parts: Any) -> Organization:
        organization = an_organization(**parts)
        self.repositories.organizations.add(organization)
        return organization

    def has_course(self, **parts: Any) -> Course:
        course = a_course(**parts)
        self.repositories.courses.add(course, within=EVERYWHERE)
        return course


def memory_world() -> World:
    database = InMemoryDatabase()
    return _world(memory_repositories(database), database)


def orm_world() -> World:
    return _world(orm_repositories(), DjangoUnitOfWork())


def _world(repositories: Repositories, unit_of_work: UnitOfWork) -> World:
    clock, trail = FrozenClock(), RecordedTrail()
    return World(
        repositories=repositories,
        unit_of_work=unit_of_work,
        clock=clock,
        trail=trail,
        services=Services(
            repositories=repositories,
            ports=replace(
                ports(settings.ENVIRONMENT, secret_key="test"), clock=clock, audit_trail=trail
            ),
            unit_of_work=unit_of_work,
        ),
    )
