"""The event log as xAPI statements."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import OrganizationNotFound, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members, query_of
from authsvc.http.rendering import JSON
from authsvc.http.views import ApiView
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.paging import InvalidCursor, PageRequest
from progress.api.statement_serializers import ANSWER, MOST, StatementQuerySerializer
from progress.domain.entities.events import EventSelection, ProgressEvent
from progress.domain.errors import LogBusy, StatementNotFound
from progress.statements import (
    VERSION,
    Statement,
    is_authority,
    learner_in,
    statement_of,
    subject_at,
    types_stated_with,
    with_ids_alone,
)

PATH: Final = "/v1/xapi/statements"
_HEADER: Final = "X-Experience-API-Version"
_SUPPORTED: Final = re.compile(r"1\.0(\.[0-9]{1,9})?")
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
        """Raises ParseError for an xAPI version other than 1.0, and for parameters that cannot be honoured.

        xAPI demands both (xAPI 1.0.3, part three, §3.2 and §3.3); a missing version is accepted.
        """
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return
        if not _SUPPORTED.fullmatch(request.headers.get(_HEADER, VERSION)):
            raise ParseError(f"This service supports xAPI {VERSION}.")
        _require_known_parameters(request.query_params)
        try:
            query = query_of(StatementQuerySerializer, request)
        except ValidationError as error:
            raise ParseError(_sentence_of(error)) from error
        if query["attachments"]:
            raise ParseError("attachments cannot be true: statements have no attachments.")

    @operation(
        name="listStatements",
        summary="List recorded events as xAPI 1.0.3 statements; without `org`, the caller's own",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        is_expensive=True,
        scope=Scope.PROGRESS_READ,
        query=StatementQuerySerializer,
        answer={JSON: ANSWER},
        errors=(OrganizationNotFound, StatementNotFound, InvalidCursor, LogBusy),
    )
    def get(self, *, query: Members, by: Principal) -> Mapping[str, Any]:
        export = services().export
        statement_id = query["statementId"] or query["voidedStatementId"]
        if statement_id is not None:
            event = export.event(statement_id, by=by, org_id=query["org"])
            if query["voidedStatementId"] is not None:
                raise StatementNotFound  # no verb is `voided`, so no statement is
            (statement,) = _statements_of([event], query, by=by)
            return statement
        page = export.page(
            PageRequest(limit=min(query["limit"] or MOST, MOST), cursor=query["cursor"]),
            by=by,
            org_id=query["org"],
            selection=_selection_of(query),
            latest_first=not query["ascending"],
        )
        return {
            "statements": _statements_of(page.items, query, by=by),
            "more": _more(self.request.query_params, page.next_cursor),
        }

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final[_HEADER] = VERSION
        final["X-Experience-API-Consistent-Through"] = utc_text(self.asked_at - MARGIN)
        return final


_PARAMETERS: Final = frozenset(StatementQuerySerializer().fields)
_OF_ONE: Final = frozenset({"statementId", "voidedStatementId"})
_BESIDE_ONE: Final = frozenset({"attachments", "format", "org"})
"""What may be sent with the id of one statement. xAPI knows the first two; `org` selects nothing, but says whose."""


def _require_known_parameters(parameters: QueryDict) -> None:
    """Raises ParseError unless each parameter is known, sent once, and suits the others."""
    for name, values in parameters.lists():
        if name not in _PARAMETERS:
            raise ParseError(f"The parameter {name} is not supported.")
        if len(values) > 1:
            raise ParseError(f"The parameter {name} is repeated. Send it once.")
    for one in sorted(_OF_ONE & parameters.keys()):
        for other in sorted(parameters.keys() - _BESIDE_ONE - {one}):
            raise ParseError(f"The parameter {other} cannot be combined with {one}.")


def _sentence_of(error: ValidationError) -> str:
    """The first fault, with the name of its parameter."""
    faults_by_name: Any = error.detail
    name, faults = next(iter(faults_by_name.items()))
    return f"The parameter {name} is invalid: {faults[0]}"


def _selection_of(query: Members) -> EventSelection:
    """The filters of the query; an unknown verb, activity or agent matches nothing."""
    home = settings.ENVIRONMENT.public_url
    selection = EventSelection(
        registration=query["registration"], since=query["since"], until=query["until"]
    )
    if query["verb"] is not None:
        selection = replace(selection, types=types_stated_with(query["verb"]))
    if query["activity"] is not None:
        subject = subject_at(query["activity"], home=home, is_broad=query["related_activities"])
        if subject is None:
            selection = selection.matching_nothing()
        selection = replace(selection, subject=subject)
    if query["agent"] is None or (
        query["related_agents"] and is_authority(query["agent"], home=home)
    ):
        return selection
    learner = learner_in(query["agent"], home=home)
    return selection.matching_nothing() if learner is None else replace(selection, user_id=learner)


def _statements_of(
    events: Iterable[ProgressEvent], query: Members, *, by: Principal
) -> list[Statement]:
    """The events as statements in the requested format: each language map has one language, as `canonical` demands."""
    home = settings.ENVIRONMENT.public_url
    statements = [
        statement_of(event, titles, home=home)
        for event, titles in services().export.with_titles(events, by=by)
    ]
    return list(map(with_ids_alone, statements)) if query["format"] == "ids" else statements


def _more(parameters: QueryDict, cursor: str | None) -> str:
    """The URL of the next page, with all parameters of this one; empty on the last page."""
    if cursor is None:
        return ""
    return f"{PATH}?{urlencode({**parameters.dict(), 'cursor': cursor})}"
