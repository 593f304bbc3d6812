"""Revisions of the Model Context Protocol, and how a request states its revision.

From 2026-07-28 on, each request is complete in itself: `params._meta` states the revision, and headers repeat what a
proxy routes by. Earlier revisions begin with a handshake, after which a header states the revision that was agreed on.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from authsvc.mcp.jsonrpc import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    RESOURCE_NOT_FOUND,
    UNSUPPORTED_VERSION,
    Message,
    RpcError,
)

WITH_HANDSHAKE: Final = ("2025-06-18", "2025-11-25")
STATELESS: Final = ("2026-07-28",)
SUPPORTED: Final = (*WITH_HANDSHAKE, *STATELESS)
INITIALIZE: Final = "initialize"

VERSION_HEADER: Final = "MCP-Protocol-Version"
METHOD_HEADER: Final = "Mcp-Method"
NAME_HEADER: Final = "Mcp-Name"
SESSION_HEADER: Final = "Mcp-Session-Id"
HEADERS: Final = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)

VERSION_MEMBER: Final = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_MEMBER: Final = "io.modelcontextprotocol/clientCapabilities"
_NAMED_BY: Final[Mapping[str, str]] = {"tools/call": "name", "resources/read": "uri"}
"""The member of `params` that Mcp-Name repeats, by method."""
_ENCODED: Final = re.compile(r"=\?base64\?([A-Za-z0-9+/=]*)\?=")


@dataclass(frozen=True, slots=True)
class Revision:
    """The revision that a request is answered in."""

    version: str

    @property
    def is_stateless(self) -> bool:
        return self.version in STATELESS

    def completed(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """The result, marked as complete where the revision knows of others."""
        return {"resultType": "complete", **result} if self.is_stateless else dict(result)

    def cacheable(self, result: Mapping[str, Any], *, seconds: int, scope: str) -> dict[str, Any]:
        """The result, with how long and for whom it may be cached."""
        if not self.is_stateless:
            return dict(result)
        return {**self.completed(result), "ttlMs": seconds * 1000, "cacheScope": scope}

    def status_of(self, error: RpcError) -> HTTPStatus:
        """Earlier revisions answer a request with 200, whatever its outcome; their clients read no other body."""
        return error.status if self.is_stateless else HTTPStatus.OK

    @property
    def not_found(self) -> int:
        """The error code of a resource that does not exist."""
        return INVALID_PARAMS if self.is_stateless else RESOURCE_NOT_FOUND


def agreed_version(requested: object) -> str:
    """The version that the handshake offers: the requested one, else the latest one with a handshake."""
    return str(requested) if requested in WITH_HANDSHAKE else WITH_HANDSHAKE[-1]


def revision_of(message: Message, headers: Mapping[str, str]) -> Revision:
    """The revision of a request. Raises RpcError unless its headers and its body agree on a supported one."""
    header = headers.get(VERSION_HEADER)
    if message.method == INITIALIZE and header not in STATELESS:
        return Revision(WITH_HANDSHAKE[-1])
    if header in WITH_HANDSHAKE:
        return Revision(header)
    if message.is_notification:
        return _supported(header or "")
    meta = message.params.get("_meta")
    if header is None or not isinstance(meta, dict):
        if header is None:
            raise RpcError(HEADER_MISMATCH, f"Send the header {VERSION_HEADER}.")
        raise RpcError(INVALID_PARAMS, "params._meta must be an object.")
    for member in (VERSION_MEMBER, CAPABILITIES_MEMBER):
        if member not in meta:
            raise RpcError(INVALID_PARAMS, f"params._meta must have the member {member}.")
    _require_equal(VERSION_HEADER, header, meta[VERSION_MEMBER])
    _require_equal(METHOD_HEADER, headers.get(METHOD_HEADER), message.method)
    name = message.params.get(_NAMED_BY.get(message.method, ""))
    if name is not None:
        _require_equal(NAME_HEADER, _decoded(headers.get(NAME_HEADER)), name)
    return _supported(header)


def _supported(version: str) -> Revision:
    if version not in STATELESS:
        data = {"supported": list(SUPPORTED), "requested": version[:100]}
        raise RpcError(UNSUPPORTED_VERSION, "The protocol version is not supported.", data=data)
    return Revision(version)


def _require_equal(header: str, value: str | None, member: object) -> None:
    if value is None or value != member:
        raise RpcError(
            HEADER_MISMATCH, f"The header {header} differs from the body, or is missing."
        )


def _decoded(value: str | None) -> str | None:
    """The value of a header, which is in base64 if it is not plain ASCII; None if it is malformed."""
    match = _ENCODED.fullmatch(value or "")
    if match is None:
        return value
    try:
        return base64.b64decode(match[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
