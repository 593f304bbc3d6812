"""Units of work that fail."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import transaction

from authsvc.kernel.memory import InMemoryDatabase
from authsvc.kernel.unit_of_work import UnitOfWork


class Oops(Exception):
    """The error that fails a unit of work."""


@contextmanager
def failed_block(unit_of_work: UnitOfWork) -> Iterator[None]:
    """A unit of work that fails at its end."""
    with suppress(Oops), unit_of_work.atomic():
        yield
        raise Oops


@contextmanager
def undone_block(unit_of_work: UnitOfWork) -> Iterator[None]:
    """Undo everything that is committed within the block, in which no unit of work is open."""
    if isinstance(unit_of_work, InMemoryDatabase):
        with unit_of_work.undone():
            yield
        return
    block: Any = transaction.atomic()
    block._from_testcase = True  # noqa: SLF001  # a transaction of the test, as in Django's TestCase
    with suppress(Oops), block:
        yield
        raise Oops
