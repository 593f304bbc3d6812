"""Wiring: the base class of the composition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from authsvc.composition.ports import Ports
from authsvc.composition.repositories import Repositories
from authsvc.kernel.lag import LagCheck
from authsvc.kernel.metrics import GaugeSource
from authsvc.kernel.unit_of_work import UnitOfWork


class Expiring(Protocol):
    """A service of data that expires."""

    def remove_expired(self) -> int:
        """Delete what has expired and return how much."""


EXPIRING_ABOVE: Final[dict[str, Callable[[Any], Expiring]]] = {}
"""Makers of services of data that expires, by a noun, of layers above the composition. They take the `Services`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Wiring:
    """The dependencies of all services. Each service is built once, when it is first needed."""

    repositories: Repositories
    ports: Ports
    unit_of_work: UnitOfWork

    @property
    def expiring(self) -> dict[str, Expiring]:
        """The services of data that expires, by a noun for what one of them removes. Subclasses add theirs."""
        return {noun: make(self) for noun, make in EXPIRING_ABOVE.items()}

    @property
    def gauge_sources(self) -> dict[str, GaugeSource]:
        """The services that know values of gauges, by the name of what they are about. Subclasses add theirs."""
        return {}

    @property
    def lag_checks(self) -> dict[str, LagCheck]:
        """The background work that can lag behind, by its name. Subclasses add theirs."""
        return {}
