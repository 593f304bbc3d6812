"""Blocks that go wrong."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from authsvc.kernel.unit_of_work import UnitOfWork


class Oops(Exception):
    """What goes wrong."""


@contextmanager
def failed_block(unit_of_work: UnitOfWork) -> Iterator[None]:
    """A block that does what it is told, and fails at its end."""
    with suppress(Oops), unit_of_work.atomic():
        yield
        raise Oops
