"""The composition root: the one place where a store is chosen."""

from functools import cache, cached_property

from django.conf import settings

from authsvc.composition.adapters import DjangoUnitOfWork
from authsvc.composition.memory_repositories import memory_repositories
from authsvc.composition.orm_repositories import orm_repositories
from authsvc.composition.ports import ports
from authsvc.composition.tutoring import TutorServices
from authsvc.composition.verification import VerificationServices
from authsvc.composition.wallets import WalletServices
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.kernel.metrics import GaugeSource
from authsvc.overview.services import OverviewService
from authsvc.storage.connections import DatabaseConnections
from authsvc.storage.statements import count_statements, trace_statements


class Services(WalletServices, VerificationServices, TutorServices):
    """All services of the application."""

    @property
    def gauge_sources(self) -> dict[str, GaugeSource]:
        if isinstance(self.unit_of_work, InMemoryDatabase):
            return super().gauge_sources
        return super().gauge_sources | {"database": DatabaseConnections()}

    @cached_property
    def overview(self) -> OverviewService:
        return OverviewService(
            overview=self.repositories.overview,
            sign_ins=self.sign_in_records,
            clock=self.ports.clock,
        )


@cache
def services() -> Services:
    """The services of this process, for classes that Django instantiates."""
    service_ports = ports(settings.ENVIRONMENT, secret_key=settings.SECRET_KEY)
    if service_ports.metrics.is_recording:
        count_statements(service_ports.metrics)
    if service_ports.tracing.is_recording:
        trace_statements(service_ports.tracing)
    if settings.ENVIRONMENT.has_database:
        return Services(
            repositories=orm_repositories(), ports=service_ports, unit_of_work=DjangoUnitOfWork()
        )
    database = InMemoryDatabase()
    return Services(
        repositories=memory_repositories(database), ports=service_ports, unit_of_work=database
    )
