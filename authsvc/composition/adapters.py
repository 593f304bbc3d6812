"""Clock and unit of work, implemented with Django."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from authsvc.kernel.unit_of_work import InsideUnitOfWork


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return timezone.now()


class DjangoUnitOfWork:
    """A transaction of the database; nested blocks are savepoints."""

    def atomic(self) -> AbstractContextManager[None]:
        return transaction.atomic()

    def single(self) -> AbstractContextManager[None]:
        return nullcontext()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        connection = transaction.get_connection()
        if connection.in_atomic_block:
            yield
            return
        with _reading(connection), transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def on_commit(self, callback: Callable[[], None]) -> None:
        transaction.on_commit(callback)

    def require_outside(self) -> None:
        for block in transaction.get_connection().atomic_blocks:
            if not block._from_testcase:  # noqa: SLF001  # as Django itself does for durable blocks
                raise InsideUnitOfWork

    def release(self) -> None:
        self.require_outside()
        connection = transaction.get_connection()
        if not connection.in_atomic_block:  # that of a test case
            connection.close()  # into the pool, if there is one


@contextmanager
def _reading(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Begin transactions on SQLite without the lock for writing, which others would wait for."""
    mode = getattr(connection, "transaction_mode", None)
    if mode is None:
        yield
        return
    vars(connection)["transaction_mode"] = "DEFERRED"
    try:
        yield
    finally:
        vars(connection)["transaction_mode"] = mode
