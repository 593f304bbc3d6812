"""Units of work that fail."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from authsvc.kernel.unit_of_work import UnitOfWork


class Oops(Exception):
    """The error that fails a unit of work."""


@contextmanager
def failed_block(unit_of_work: UnitOfWork) -> Iterator[None]:
    """A unit of work that fails at its end."""
    with suppress(Oops), unit_of_work.atomic():
        yield
        raise Oops
