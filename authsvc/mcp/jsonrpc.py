"""JSON-RPC 2.0 messages, as the Model Context Protocol uses them: one object to a request, and no batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
RESOURCE_NOT_FOUND: Final = -32002
"""Of the revisions with a handshake; later ones use INVALID_PARAMS."""
REFUSED: Final = -32000
"""An error of ours, which the problem in `data` explains."""
HEADER_MISMATCH: Final = -32020
UNSUPPORTED_VERSION: Final = -32022

LONGEST_ID: Final = 255
LARGEST_ID: Final = 2**53 - 1
"""The largest integer that every JSON parser reads exactly (RFC 8259 §6)."""

STATUS_OF: Final[Mapping[int, HTTPStatus]] = {
    PARSE_ERROR: HTTPStatus.BAD_REQUEST,
    INVALID_REQUEST: HTTPStatus.BAD_REQUEST,
    INVALID_PARAMS: HTTPStatus.BAD_REQUEST,
    HEADER_MISMATCH: HTTPStatus.BAD_REQUEST,
    UNSUPPORTED_VERSION: HTTPStatus.BAD_REQUEST,
    METHOD_NOT_FOUND: HTTPStatus.NOT_FOUND,
}

RequestId = str | int


class RpcError(Exception):
    """The error of a request; `data` is JSON data for programs. `status` replaces the HTTP status of the code."""

    def __init__(
        self, code: int, message: str, *, data: Any = None, status: HTTPStatus | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data
        self.status = status or STATUS_OF.get(code, HTTPStatus.OK)

    @property
    def members(self) -> dict[str, Any]:
        members: dict[str, Any] = {"code": self.code, "message": self.message}
        return members if self.data is None else members | {"data": self.data}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request, or a notification, which has no `id` and gets no answer."""

    id: RequestId | None
    method: str
    params: Mapping[str, Any]

    @property
    def is_notification(self) -> bool:
        return self.id is None


def message_in(body: Any) -> Message:
    """The message in a decoded body. Raises RpcError."""
    if isinstance(body, list):
        raise RpcError(INVALID_REQUEST, "Send one message at a time, not a batch.")
    if not isinstance(body, dict) or body.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'Send a JSON object with "jsonrpc": "2.0".')
    method, params = body.get("method"), body.get("params", {})
    if not isinstance(method, str):
        raise RpcError(INVALID_REQUEST, "The method must be a string.")
    id_ = body.get("id")
    if "id" in body and not _is_id(id_):
        raise RpcError(
            INVALID_REQUEST,
            f"The id must be an integer up to 2^53 or a string of at most {LONGEST_ID} characters.",
        )
    if not isinstance(params, dict):
        raise RpcError(INVALID_REQUEST, "The params must be an object.")
    return Message(id=id_, method=method, params=params)


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_ID
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID


def result_of(id_: RequestId | None, result: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "result": dict(result)}


def error_of(id_: RequestId | None, error: RpcError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "error": error.members}
