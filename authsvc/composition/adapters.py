"""Clock and unit of work, implemented with Django."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.db import transaction
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

    def on_commit(self, callback: Callable[[], None]) -> None:
        transaction.on_commit(callback)

    def require_outside(self) -> None:
        for block in transaction.get_connection().atomic_blocks:
            if not block._from_testcase:  # noqa: SLF001  # as Django itself does for durable blocks
                raise InsideUnitOfWork
