"""Media types other than JSON.

They serve content negotiation only; operations render their answers themselves.
"""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework.renderers import BaseRenderer, JSONRenderer

JSON_SCHEMA: Final = "application/schema+json"


class _Renderer(BaseRenderer):
    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(data)


class CsvRenderer(_Renderer):
    """Tables (RFC 4180)."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"


class JsonLinesRenderer(_Renderer):
    """JSON Lines: one JSON value per line."""

    media_type = "application/jsonl"
    format = "jsonl"
    charset = None


class CredentialRenderer(_Renderer):
    """Verifiable credentials with an embedded proof."""

    media_type = "application/vc+ld+json"
    format = "vc"
    charset = None


class LinkedDataRenderer(_Renderer):
    """Linked data (JSON-LD 1.1)."""

    media_type = "application/ld+json"
    format = "jsonld"
    charset = None


class SecuredCredentialRenderer(_Renderer):
    """Verifiable credentials with an embedded proof, as their data model 2.0 names them."""

    media_type = "application/vc"
    format = "vc2"
    charset = None


class TokenRenderer(_Renderer):
    """JSON Web Tokens (RFC 7519)."""

    media_type = "application/jwt"
    format = "jwt"
    charset = None


class PlainTextRenderer(_Renderer):
    """Plain text, as which Open Badges 3.0 fetches compact JSON Web Signatures."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"


class EventStreamRenderer(_Renderer):
    """Server-sent events (HTML Standard §9.2)."""

    media_type = "text/event-stream"
    format = "events"
    charset = None


class FileRenderer(_Renderer):
    """Files of any media type, which the answer states."""

    media_type = "*/*"
    format = "file"
    charset = None


class SchemaRenderer(JSONRenderer):
    """JSON Schemas."""

    media_type = JSON_SCHEMA
