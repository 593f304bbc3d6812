"""Wiring: the base class of the composition."""

from dataclasses import dataclass

from authsvc.composition.ports import Ports
from authsvc.composition.repositories import Repositories
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, eq=False)
class Wiring:
    """The dependencies of all services. Each service is built once, when it is first needed."""

    repositories: Repositories
    ports: Ports
    unit_of_work: UnitOfWork
