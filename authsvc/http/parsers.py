"""Parsers of request bodies."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from authsvc.kernel.proportion import Disproportionate, require_proportionate
from authsvc.kernel.text import decoded


class JsonParser(BaseParser):
    """JSON (RFC 8259) in UTF-8, without NaN, of at most 30,000 values that are nested at most 20 times."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            value = json.loads(stream.read().decode(), parse_constant=_reject_constant)
            require_proportionate(value)
        except Disproportionate as error:
            raise ParseError(f"The body {error}.") from None
        except RecursionError:
            raise ParseError(f"The body {Disproportionate.of_depth()}.") from None
        except ValueError:
            raise ParseError("The body is not JSON.") from None
        return value


class CsvParser(BaseParser):
    """Tables (RFC 4180) in UTF-8 or UTF-16, passed on as text for the service to read."""

    media_type = "text/csv"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return decoded(stream.read())
        except UnicodeDecodeError:
            detail = "The body is not text in UTF-8, nor in UTF-16 with a byte order mark."
            raise ParseError(detail) from None


class JsonDocumentParser(JsonParser):
    """JSON as JsonParser reads it, passed on in its bytes, over which signatures are made."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        content = stream.read()
        super().parse(BytesIO(content), media_type, parser_context)
        return content


class DocumentParser(BaseParser):
    """Documents that are passed on in their bytes."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return stream.read()


class UploadParser(MultiPartParser):
    """Forms with files (RFC 7578)."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except SuspiciousOperation:
            raise ParseError("The form has too many or too large fields.") from None


def documents_in(*media_types: str) -> tuple[type[DocumentParser], ...]:
    """A parser for each of these media types."""
    return tuple(
        type("DocumentParser", (DocumentParser,), {"media_type": media_type})
        for media_type in media_types
    )


def _reject_constant(constant: str) -> None:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)
