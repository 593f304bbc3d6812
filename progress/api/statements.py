"""The event log as xAPI statements."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import OrganizationNotFound, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.paging import InvalidCursor, PageRequest
from progress.api.statement_serializers import (
    MOST,
    StatementQuerySerializer,
    StatementResultSerializer,
)
from progress.domain.errors import LogBusy
from progress.statements import VERSION, statement_of

PATH: Final = "/v1/xapi/statements"
_HEADER: Final = "X-Experience-API-Version"
_SUPPORTED: Final = re.compile(r"1\.0(\.[0-9]{1,9})?")
AS_ALWAYS: Final[Mapping[str, str]] = {
    "ascending": "true",
    "attachments": "false",
    "format": "exact",
    "related_activities": "false",
    "related_agents": "false",
}
"""Parameters of xAPI that are honoured with one value, which describes every answer. The cursor keeps none of them."""
MARGIN: Final = timedelta(seconds=60)
"""Longer than any unit of work takes from creating an event to inserting it, when PostgreSQL makes a page wait for it.

On SQLite, where no page waits, longer than it takes to commit. This is an assumption that nothing enforces.
"""


class StatementListView(ApiView):
    asked_at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.asked_at = datetime.now(UTC)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises ParseError for an xAPI version other than 1.0, and for parameters that are not honoured.

        xAPI demands both (xAPI 1.0.3, part three, §3.2 and §3.3); a missing version is accepted.
        """
        super().initial(request, *args, **kwargs)
        if not _SUPPORTED.fullmatch(request.headers.get(_HEADER, VERSION)):
            raise ParseError(f"This service supports xAPI {VERSION}.")
        for name, value in request.query_params.items():
            if name not in _PARAMETERS and AS_ALWAYS.get(name) != value:
                raise ParseError(f"The parameter {name} is not supported with this value.")

    @operation(
        name="listStatements",
        summary="List recorded events as xAPI 1.0.3 statements; without `org`, the caller's own",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        is_expensive=True,
        scope=Scope.PROGRESS_READ,
        query=StatementQuerySerializer,
        answer=StatementResultSerializer,
        errors=(OrganizationNotFound, InvalidCursor, LogBusy),
    )
    def get(self, *, query: Members, by: Principal) -> Mapping[str, Any]:
        page = services().export.page(
            PageRequest(limit=min(query["limit"] or MOST, MOST), cursor=query["cursor"]),
            by=by,
            org_id=query["org"],
            since=query["since"],
            until=query["until"],
        )
        home = settings.ENVIRONMENT.public_url
        return {
            "statements": [statement_of(event, home=home) for event in page.items],
            "more": _more(query, page.next_cursor),
        }

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final[_HEADER] = VERSION
        final["X-Experience-API-Consistent-Through"] = utc_text(self.asked_at - MARGIN)
        return final


_PARAMETERS: Final = frozenset(StatementQuerySerializer().fields)


def _more(query: Members, cursor: str | None) -> str:
    """The URL of the next page, with all parameters of this one; empty on the last page."""
    if cursor is None:
        return ""
    times = {
        name: query[name].astimezone(UTC).isoformat() for name in ("since", "until") if query[name]
    }
    org = {"org": str(query["org"])} if query["org"] else {}
    parameters = {"limit": query["limit"], **times, **org, "cursor": cursor}
    return f"{PATH}?{urlencode(parameters)}"
