"""What all services are wired to."""

from dataclasses import dataclass

from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.ports import Ports
from authsvc.stores import Repositories


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Each service is made when it is first asked for, and once."""

    repositories: Repositories
    ports: Ports
    unit_of_work: UnitOfWork
