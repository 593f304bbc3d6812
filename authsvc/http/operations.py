"""HTTP operations: the one statement of what a view method does.

    @operation(
        name="enroll",
        summary="Enrol in the published version of a course",
        access=Access(Whose.LEARNED),
        scope=Scope.PROGRESS_WRITE,
        status=HTTPStatus.CREATED,
        answer=ProgressSerializer,
        errors=(CourseNotFound, AlreadyEnrolled),
        is_idempotent=True,
    )
    def post(self, course: str, *, by: Principal, idempotency_key: str) -> CourseProgress:
        return services().learning.enroll(course, by=by, idempotency_key=idempotency_key)

The handler receives the parts of its path and whichever of the `Operation.readers` it names as parameters. It returns
what the service returned, and the operation renders that. The OpenAPI description, docs/permissions.md and the scope
check read the same statement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial, wraps
from http import HTTPStatus
from inspect import signature
from typing import Any, Final, Generic, TypeVar

from django.http import HttpResponse, HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts.public import LimitName, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.events.positions import recorded_positions
from authsvc.http.actors import principal_of
from authsvc.http.client_ip import client_ip_of
from authsvc.http.idempotency.decorator import answered_once, request_key_of
from authsvc.http.paging import PageQuerySerializer
from authsvc.http.positions import require_min_position, state_position
from authsvc.http.preconditions import etag_of, if_match_of, is_known
from authsvc.http.rate_limits import cost_of, count
from authsvc.http.reading import body_of, content_of, page_request_of, query_of
from authsvc.http.rendering import (
    Accepted,
    Download,
    Encoded,
    Stated,
    StreamedFile,
    json_of,
    media_type_of,
    page_as_json,
    response_of,
)
from authsvc.http.streaming import Events, Streamed, stream_response
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import Page
from authsvc.kernel.rate_limits import LimitState
from authsvc.kernel.request_budgets import Cost

Shown = TypeVar("Shown")
Item = TypeVar("Item")
JsonSchema = Mapping[str, Any]
Forms = Mapping[str, type[Serializer[Shown]] | JsonSchema]
"""By media type, a serializer or a JSON Schema. Generic for mypy alone: DRF drops the parameter at run time."""
Method = Callable[..., HttpResponseBase]
Returned = (
    Download | Encoded | StreamedFile | Accepted | Stated | Streamed | Mapping[str, Any] | None
)
"""What handlers return, beside what their operation shows."""
Reader = Callable[[Request], Any]

CHANGES: Final = ("put", "patch")
"""The methods that change a thing that can be read."""
METHODS: Final = ("get", "post", "put", "patch", "delete")


class Whose(StrEnum):
    """Whose resources an operation is open to, before any right is checked."""

    ANYBODY = "everyone; no token needed"
    ONESELF = "the caller, for their own data"
    PERSON = "the person concerned; everyone else needs the right"
    PLATFORM = "callers who hold the right on the platform"
    SEEN = "everyone who can see it: all callers if it is the platform's, members if it is an organization's"
    LEARNED = "the same, but only members can learn in an organization"
    HELD = "callers who hold the right where it belongs: in its organization, or on the platform"


@dataclass(frozen=True, slots=True)
class Access:
    """A row of the permission table. Without the right, members of the organization get 403 and all others 404."""

    whose: Whose
    right: Right | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Shown, Item]):
    """One method of one URL, and who may use it; docs/permissions.md lists them all.

    It answers with `status` and one thing in the shape `answer`, or a page of `page_of`, or no content; with 202 and
    the shape `accepted` when the handler returns an `Accepted`. `errors` are those its service raises; errors of HTTP,
    and those that follow from other fields, are added. Operations that give or take away rights need a recent sign-in
    (RFC 9470).

    With `has_etag`, `get` answers with the ETag of the thing, or with 304 to If-None-Match. `put` and `patch` answer
    with that of its new state, and pass If-Match on as `if_match` for the service to compare. The ETag is that of the
    answer, unless the handler returns a `Stated` whose state has the tag `tag_of`.

    A change answers with its `Position`, and `get` waits for the `Min-Position` that a request asks for.

    An answer of server-sent events is a `Streamed`. `replay` makes the events of one that was asked for before, under
    the same Idempotency-Key.

    A `limit` counts the requests of each user, or of each client IP address when the operation is public. With
    `is_limit_deferred` the handler gets the count as `limit_state` and applies the limit itself. Without a `limit` a
    request is charged to the caller's request budget: for reads or writes, as the method says, or `is_expensive`.
    """

    name: str
    summary: str
    access: Access
    scope: Scope | None = None
    status: int = 200
    answer: "type[Serializer[Shown]] | Forms[Shown] | None" = None
    accepted: type[Serializer[Any]] | None = None
    page_of: type[Serializer[Item]] | None = None
    page_query: type[PageQuerySerializer] = PageQuerySerializer
    query: type[Serializer[Any]] | None = None
    body: type[Serializer[Any]] | Mapping[str, JsonSchema] | None = None
    errors: tuple[type[DomainError], ...] = ()
    is_idempotent: bool = False
    replay: Callable[[Mapping[str, Any], Principal], Events] | None = None
    has_etag: bool = False
    tag_of: Callable[[Any], str] | None = None
    needs_recent_sign_in: bool = False
    limit: LimitName | None = None
    is_limit_deferred: bool = False
    is_expensive: bool = False
    cache_control: str = "no-store"

    @property
    def is_public(self) -> bool:
        return self.access.whose is Whose.ANYBODY

    @property
    def needs_person(self) -> bool:
        """Whether it concerns what only users have, so that a client that acts for itself gets PersonNeeded."""
        return self.access.whose in {Whose.ONESELF, Whose.LEARNED}

    def __call__(
        self,
        handler: Callable[..., Shown | Page[Item] | Returned],
    ) -> Method:
        """Turn *handler* into a view method. Raises TypeError if it does not take what the operation reads."""
        readers, is_read = self._readers_for(handler), handler.__name__ == "get"

        @wraps(handler)
        def method(view: Any, request: Request, **path: Any) -> HttpResponseBase:
            # Outermost, so that a rejected request stores no response, and a rollback does not undo the count.
            limit_state = self._counted(view, request)
            streams: list[Streamed] = []

            def respond() -> HttpResponse:
                if is_read:
                    require_min_position(request)
                try:
                    arguments = {name: read(request) for name, read in readers.items()}
                except (APIException, DomainError):
                    # The handler will not apply the limit, and a malformed request must not evade it.
                    if limit_state is not None:
                        limit_state.require()
                    raise
                if self.is_limit_deferred:
                    arguments["limit_state"] = limit_state
                with services().ports.tracing.span(self.name):
                    returned = handler(view, **path, **arguments)
                if isinstance(returned, Streamed):
                    streams.append(returned)
                return self._response(request, returned)

            if self.needs_person:
                _ = principal_of(request).person
            if self.needs_recent_sign_in:
                services().access.require_fresh(principal_of(request))
            response = respond() if is_read else self._changed(request, respond)
            return self._streaming(request, response, streams)

        method.operation = self  # type: ignore[attr-defined]  # read by operations_of
        return method

    def _changed(self, request: Request, respond: Callable[[], HttpResponse]) -> HttpResponse:
        """The answer to a change, with its Position, which is stored with the answer under an Idempotency-Key."""
        with recorded_positions() as recorded:

            def respond_with_position() -> HttpResponse:
                response = respond()
                state_position(response, recorded)
                return response

            if not self.is_idempotent:
                return respond_with_position()
            response = answered_once(request, respond_with_position)
            state_position(response, recorded)
            return response

    def _streaming(
        self, request: Request, response: HttpResponse, streams: Sequence[Streamed]
    ) -> HttpResponseBase:
        """The stream that the response is a receipt of; other responses as they are."""
        replay = self.replay
        if replay is None or response.status_code != self.status:
            return response
        return stream_response(
            response,
            begun=streams[0] if streams else None,
            replay=lambda receipt: replay(receipt, principal_of(request)),
        )

    def _counted(self, view: Any, request: Request) -> LimitState | None:
        """Raises TooManyAttempts unless the limit is deferred, PersonNeeded."""
        if self.limit is None:
            return None
        state = count(self.limit, view, request, by=client_ip_of if self.is_public else None)
        if not self.is_limit_deferred:
            state.require()
        return state

    def cost(self, method: str) -> Cost | None:
        """The budget that a request is charged to; None if a limit counts it exactly."""
        if self.limit is not None:
            return None
        return Cost.EXPENSIVE if self.is_expensive else cost_of(method)

    def readers(self) -> dict[str, Reader]:
        """The parameters that a handler can have, beside the parts of its path."""
        readers: dict[str, Reader] = {"client_ip": client_ip_of, "media_type": media_type_of}
        if self.is_idempotent:
            readers["idempotency_key"] = request_key_of
        if not self.is_public:
            readers["by"] = principal_of
        if self.has_etag:
            readers["if_match"] = partial(if_match_of, tag_of=self._tag_of)
        if self.query is not None:
            readers["query"] = partial(query_of, self.query)
        if self.page_of is not None:
            readers["page"] = partial(page_request_of, self.query or self.page_query)
        if isinstance(self.body, Mapping):
            readers["body"] = content_of
        elif self.body is not None:
            readers["body"] = partial(body_of, self.body)
        return readers

    def _readers_for(self, handler: Callable[..., Any]) -> dict[str, Reader]:
        """The readers of the parameters of *handler*, in their order in `readers`."""
        readers, parameters = self.readers(), signature(handler).parameters
        needed = {"by", "query", "page", "body"}
        if handler.__name__ in CHANGES:
            needed.add("if_match")
        unread = needed & (readers.keys() ^ parameters.keys())
        if unread:
            raise TypeError(f"{self.name}: the handler and the operation differ in {unread}.")
        return {name: read for name, read in readers.items() if name in parameters}

    def _tag_of(self, thing: Any) -> str:
        """The ETag of a thing whose state is what the answer shows, unless the operation states another."""
        if self.tag_of is not None:
            return self.tag_of(thing)
        assert isinstance(self.answer, type)  # noqa: S101  # for mypy: others state theirs
        return etag_of(json_of(thing, self.answer))

    def _response(self, request: Request, returned: Any) -> HttpResponse:
        state, shown = returned, returned
        if isinstance(returned, Stated):
            state, shown = returned.state, returned.shown
        response = self._representation(request, shown)
        if self.has_etag:
            own = self.tag_of is None
            etag = response["ETag"] = etag_of(response.content) if own else self._tag_of(state)
            if request.method in ("GET", "HEAD") and is_known(etag, request):
                response.status_code, response.content = HTTPStatus.NOT_MODIFIED, b""
                del response["Content-Type"]
        return response

    def _representation(self, request: Request, returned: Any) -> HttpResponse:
        if isinstance(returned, StreamedFile):
            response = returned.response
        else:
            response = response_of(
                self._content(request, returned),
                status=HTTPStatus.ACCEPTED if isinstance(returned, Accepted) else self.status,
                media_type=request.accepted_renderer.media_type,
                charset=request.accepted_renderer.charset,
            )
        if isinstance(returned, Download):
            response["Content-Disposition"] = f'attachment; filename="{returned.filename}"'
            if returned.media_type is not None:
                response["Content-Type"] = returned.media_type
        if isinstance(returned, Encoded):
            for name, value in returned.headers.items():
                response[name] = value
        if isinstance(returned, Accepted) and returned.location:
            response["Location"] = returned.location
        response["Cache-Control"] = self.cache_control
        return response

    def _content(self, request: Request, returned: Any) -> bytes:
        if isinstance(returned, Download | Encoded):
            return returned.content
        if isinstance(returned, Streamed):
            return json_of(returned.receipt, {})
        if isinstance(returned, Accepted):
            shape = self.accepted or self.answer
            assert isinstance(shape, type)  # noqa: S101  # for mypy: there is one shape of what is accepted
            return json_of(returned.thing, shape)
        if self.page_of is not None:
            return page_as_json(returned, self.page_of)
        if isinstance(self.answer, Mapping):
            return json_of(returned, self.answer[media_type_of(request)])
        return b"" if self.answer is None else json_of(returned, self.answer)


operation: Final = Operation
"""The decorator: `@operation(...)` on a view method."""


def operations_of(view: type) -> dict[str, Operation[Any, Any]]:
    """The operations of a view class by HTTP method. Raises AttributeError if a method has none."""
    return {name.upper(): getattr(view, name).operation for name in METHODS if hasattr(view, name)}
