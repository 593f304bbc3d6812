"""Resources: courses and their items, which agents can list and read."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from rest_framework.request import Request

from accounts.public import Principal
from authsvc.mcp.calls import Outcome
from authsvc.mcp.jsonrpc import INVALID_PARAMS, REFUSED, RpcError
from authsvc.mcp.tools import NOTICE, TOOLS, Tool

JSON: Final = "application/json"
MARK: Final = {"authsvc/notice": NOTICE}
TEMPLATES: Final = (
    {
        "uriTemplate": "authsvc://courses/{course}",
        "name": "course",
        "title": "Course",
        "description": "The outline of a course, by its slug or id: its modules and their items.",
        "mimeType": JSON,
    },
    {
        "uriTemplate": "authsvc://courses/{course}/items/{item_id}",
        "name": "item",
        "title": "Item of a course",
        "description": "An item with its text in Markdown, or the questions of its assessment.",
        "mimeType": JSON,
    },
)
_COURSE: Final = r"authsvc://courses/(?P<course>[-a-zA-Z0-9_]{1,100})"
_ITEM: Final = r"/items/(?P<item_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_READ_BY: Final[Mapping[re.Pattern[str], Tool]] = {
    re.compile(_COURSE): TOOLS["read_course"],
    re.compile(_COURSE + _ITEM): TOOLS["read_item"],
}


class ResourceMissing(Exception):
    """There is no such resource, or the caller may not see it."""


def page_of_resources(cursor: str | None, request: Request, *, by: Principal) -> dict[str, Any]:
    """A page of the courses that the caller can see. Raises RpcError, Challenged."""
    arguments = {} if cursor is None else {"cursor": cursor}
    page = _require_success(TOOLS["find_courses"].call(arguments, request, by=by)).json
    result: dict[str, Any] = {"resources": [_resource_of(course) for course in page["items"]]}
    return result if page["next"] is None else result | {"nextCursor": page["next"]}


def contents_of(uri: str, request: Request, *, by: Principal) -> list[dict[str, Any]]:
    """The contents of the resource. Raises ResourceMissing, RpcError, Challenged."""
    for pattern, tool in _READ_BY.items():
        if match := pattern.fullmatch(uri):
            outcome = tool.call(match.groupdict(), request, by=by)
            if outcome.status == HTTPStatus.NOT_FOUND:
                raise ResourceMissing
            text = _require_success(outcome).text
            return [{"uri": uri, "mimeType": JSON, "text": text, "_meta": MARK}]
    raise ResourceMissing


def _resource_of(course: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uri": f"authsvc://courses/{course['slug']}",
        "name": course["slug"],
        "title": course["title"],
        "description": course["summary"],
        "mimeType": JSON,
        "_meta": MARK,
    }


def _require_success(outcome: Outcome) -> Outcome:
    """Raise RpcError with the problem, if the outcome is one."""
    if not outcome.is_problem:
        return outcome
    is_invalid = outcome.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
    code, problem = INVALID_PARAMS if is_invalid else REFUSED, outcome.json
    raise RpcError(code, problem["title"], data=problem, status=outcome.status)
