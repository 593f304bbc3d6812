"""The log as statements of xAPI."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import NotPermitted, OrganizationNotFound, Right, Scope
from authsvc.actors import principal_of
from authsvc.api.operations import Access, Operation, Whose, describes
from authsvc.api.views import ApiView, query_of
from authsvc.container import services
from authsvc.kernel.pages import InvalidCursor, PageRequest
from progress.domain.errors import LogBusy
from progress.statements import VERSION, statement_of, utc_text

PATH: Final = "/v1/xapi/statements"
MOST: Final = 100
"""So many statements an answer has at most, whatever is asked for."""
_HEADER: Final = "X-Experience-API-Version"
_OURS: Final = re.compile(r"1\.0(\.[0-9]{1,9})?")
MARGIN: Final = timedelta(seconds=60)
"""No unit of work takes as long from making an event to inserting it, after which a page on PostgreSQL waits for it.

On SQLite, where none waits, this goes for the time until it commits. It is what we assume: nothing enforces it.
"""


class StatementQuerySerializer(serializers.Serializer[Any]):
    """The parameters that xAPI 1.0.3 §2.1.3 gives to a list, as far as they are ours."""

    limit = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, default=0, help_text=f"0 means {MOST}, as does more."
    )
    since = serializers.DateTimeField(default=None, help_text="Only what was stored after this.")
    until = serializers.DateTimeField(default=None, help_text="Only what was stored by then.")
    org = serializers.UUIDField(
        default=None, help_text="All of an organization, by its id; without it, one's own."
    )
    cursor = serializers.CharField(
        default=None, max_length=500, help_text="Stands in the member `more` of the answer before."
    )


class StatementResultSerializer(serializers.Serializer[Any]):
    statements = serializers.ListField(child=serializers.DictField())
    more = serializers.CharField(allow_blank=True)


class StatementListView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}
    asked_at: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.asked_at = datetime.now(UTC)

    @describes(
        Operation(
            name="listStatements",
            access=Access(Whose.HELD, Right.SEE_PROGRESS),
            summary="What is recorded, as statements of xAPI 1.0.3; without `org`, of oneself",
            query=StatementQuerySerializer,
            answer=StatementResultSerializer,
            refusals=(NotPermitted, OrganizationNotFound, InvalidCursor, LogBusy),
        )
    )
    def get(self, request: Request) -> Response:
        _require_our_version(request)
        query = query_of(request, StatementQuerySerializer)
        page = services().export.page(
            PageRequest(limit=min(query["limit"] or MOST, MOST), cursor=query["cursor"]),
            by=principal_of(request),
            org_id=query["org"],
            since=query["since"],
            until=query["until"],
        )
        home = settings.ENVIRONMENT.public_url
        body = {
            "statements": [statement_of(event, home=home) for event in page.items],
            "more": _more(query, page.next_cursor),
        }
        return Response(body)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final[_HEADER] = VERSION
        final["X-Experience-API-Consistent-Through"] = utc_text(self.asked_at - MARGIN)
        return final


def _require_our_version(request: Request) -> None:
    """Raises ParseError for a version that is not 1.0, as xAPI wants it; who names none speaks ours."""
    if not _OURS.fullmatch(request.headers.get(_HEADER, VERSION)):
        raise ParseError(f"We speak xAPI {VERSION}.")


def _more(query: dict[str, Any], cursor: str | None) -> str:
    """The address of the rest, with all that was asked for."""
    if cursor is None:
        return ""
    moments = {
        name: query[name].astimezone(UTC).isoformat() for name in ("since", "until") if query[name]
    }
    owner = {"org": str(query["org"])} if query["org"] else {}
    asked = {"limit": query["limit"]} | moments | owner
    return f"{PATH}?{urlencode(asked | {'cursor': cursor})}"
