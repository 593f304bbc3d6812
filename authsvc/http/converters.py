"""Path converters."""

import re
from uuid import UUID

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter, UUIDConverter


class IdConverter(UUIDConverter):
    """An id in its canonical form, in lower or upper case (RFC 9562 §4)."""

    regex = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"

    def to_python(self, value: str) -> UUID:
        return UUID(value)


class IssuerConverter(StringConverter):
    """The name of an issuer of credentials: `platform`, or the id of an organization in lower or upper case."""

    regex = f"platform|{IdConverter.regex}"

    def to_python(self, value: str) -> str:
        return value.lower()


class NumberConverter(IntConverter):
    """A positive number without leading zeros that fits a database integer."""

    regex = "[1-9][0-9]{0,8}"


def id_in(text: str) -> UUID | None:
    """The id that the text is, in the form that `<id:…>` takes; None if it is none."""
    return UUID(text) if re.fullmatch(IdConverter.regex, text) else None


def register() -> None:
    """Make the converters known to URL patterns: `<id:course_id>`, `<issuer:name>`, `<number:version>`."""
    register_converter(IdConverter, "id")
    register_converter(IssuerConverter, "issuer")
    register_converter(NumberConverter, "number")
