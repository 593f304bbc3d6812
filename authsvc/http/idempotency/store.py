"""Idempotency service of the process, on the store that its services use."""

from threading import Lock
from weakref import WeakKeyDictionary

from authsvc.composition.container import Services, services
from authsvc.http.idempotency.orm import OrmIdempotencyRecordRepository
from authsvc.http.idempotency.repositories import InMemoryIdempotencyRecordRepository
from authsvc.http.idempotency.service import IdempotencyService
from authsvc.kernel.memory import InMemoryDatabase

_services: WeakKeyDictionary[Services, IdempotencyService] = WeakKeyDictionary()
_building = Lock()


def idempotency() -> IdempotencyService:
    """Return the service that belongs to `services()`."""
    return idempotency_of(services())


def idempotency_of(application: Services) -> IdempotencyService:
    """Return the service on the store of *application*: one for each, however many threads ask at once."""
    with _building:
        if application not in _services:
            _services[application] = _build(application)
        return _services[application]


def _build(application: Services) -> IdempotencyService:
    database = application.unit_of_work
    return IdempotencyService(
        records=(
            InMemoryIdempotencyRecordRepository(database.table())
            if isinstance(database, InMemoryDatabase)
            else OrmIdempotencyRecordRepository()
        ),
        unit_of_work=application.unit_of_work,
        metrics=application.ports.metrics,
        clock=application.ports.clock,
    )
