"""What all services are wired to."""

from dataclasses import dataclass

from authsvc.composition.ports import Ports
from authsvc.composition.repositories import Repositories
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, eq=False)
class Wiring:
    """Each service is made when it is first asked for, and once."""

    repositories: Repositories
    ports: Ports
    unit_of_work: UnitOfWork
