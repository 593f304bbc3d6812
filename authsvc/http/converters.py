"""Path converters."""

from uuid import UUID

from django.urls import register_converter
from django.urls.converters import IntConverter, UUIDConverter


class IdConverter(UUIDConverter):
    """An id in its canonical form, in lower or upper case (RFC 9562 §4)."""

    regex = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"

    def to_python(self, value: str) -> UUID:
        return UUID(value)


class NumberConverter(IntConverter):
    """A positive number without leading zeros that fits a database integer."""

    regex = "[1-9][0-9]{0,8}"


def register() -> None:
    """Make the converters known to URL patterns: `<id:course_id>`, `<number:version>`."""
    register_converter(IdConverter, "id")
    register_converter(NumberConverter, "number")
