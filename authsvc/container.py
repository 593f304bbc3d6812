"""The composition root: the one place where a store is chosen."""

from functools import cache

from django.conf import settings

from authsvc.adapters import DjangoUnitOfWork
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.ports import ports
from authsvc.stores import memory_repositories, orm_repositories
from authsvc.wiring.clients import Clients
from authsvc.wiring.learning import Learning


class Services(Clients, Learning):
    """Every service of the house, wired."""


@cache
def services() -> Services:
    """The services of this process, for classes that Django makes for us."""
    world = ports(settings.ENVIRONMENT, secret_key=settings.SECRET_KEY)
    if settings.ENVIRONMENT.has_database:
        return Services(
            repositories=orm_repositories(), ports=world, unit_of_work=DjangoUnitOfWork()
        )
    database = InMemoryDatabase()
    return Services(repositories=memory_repositories(database), ports=world, unit_of_work=database)
