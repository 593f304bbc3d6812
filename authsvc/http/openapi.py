"""The OpenAPI description, generated from the operations of the views."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    Direction,
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    inline_serializer,
)
from rest_framework import serializers

from accounts.public import InsufficientAuthentication, InvalidToken, NotPermitted, PersonNeeded
from authsvc.events.errors import PositionNotReached
from authsvc.http.idempotency.decorator import HEADER, KEY
from authsvc.http.idempotency.records import (
    IdempotencyKeyReused,
    ReplayNotPermitted,
    RequestStillRunning,
)
from authsvc.http.operations import Operation, Whose, operations_of
from authsvc.http.positions import MIN_POSITION, NUMBER, POSITION
from authsvc.http.preconditions import IF_MATCH, IF_NONE_MATCH
from authsvc.http.problems import MEDIA_TYPE, OF_HTTP, STATUS_OF
from authsvc.http.rendering import JSON
from authsvc.http.status_info import StatusInfoSerializer, has_status_info, status_of
from authsvc.http.tasks import TaskSerializer
from authsvc.kernel.errors import DomainError
from authsvc.kernel.paging import InvalidCursor
from authsvc.kernel.preconditions import PreconditionFailed
from authsvc.kernel.rate_limits import TooManyAttempts


class FieldErrorSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField(
        help_text="A JSON Pointer to the member of the body, or to the parameter or header."
    )
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457). Programs distinguish problems by `code`; docs/problems.md lists them all."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # Serializer.errors


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular's registry
    target_class = "authsvc.http.authentication.BearerAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class Schema(AutoSchema):
    """Describes the `Operation` of each method."""

    @property
    def operation(self) -> Operation[Any, Any]:
        return operations_of(type(self.view))[self.method]

    def get_operation_id(self) -> str:
        return self.operation.name

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]  # as in spectacular
        """Empty, because the docstrings of views are for developers."""
        return ""

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.partition(".")[0]]

    def get_request_serializer(self) -> Any:
        return self.operation.body

    def _get_request_body(self, direction: Direction = "request") -> Any:
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # spectacular
        return body and body | {"required": self._needs_body()}

    def _needs_body(self) -> bool:
        """Whether a request without a body is invalid: a serializer accepts it if no member is required."""
        serializer = self.operation.body
        if serializer is None or isinstance(serializer, Mapping):
            return True
        return any(field.required for field in serializer().fields.values())

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = [self.operation.query] if self.operation.query else []
        if self.operation.page_of and not self.operation.query:
            parameters.append(self.operation.page_query)
        if self.operation.is_idempotent:
            key = {"type": "string", "pattern": f"^{KEY}$"}
            parameters.append(OpenApiParameter(HEADER, key, OpenApiParameter.HEADER))
        parameters += self._conditional_headers()
        parameters.append(self._position_header())
        if self._starts_task:
            accepted = [int(HTTPStatus.ACCEPTED)]
            parameters.append(
                OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=accepted)
            )
        parameters += [
            OpenApiParameter(
                name, str, OpenApiParameter.HEADER, response=[int(self.operation.status), 429]
            )
            for name in ("RateLimit-Policy", "RateLimit")
        ]
        return parameters

    @property
    def _starts_task(self) -> bool:
        is_accepted = self.operation.status == HTTPStatus.ACCEPTED
        shape = self.operation.answer if is_accepted else self.operation.accepted
        return shape is TaskSerializer

    def _conditional_headers(self) -> list[OpenApiParameter]:
        if not self.operation.has_etag:
            return []
        header = IF_NONE_MATCH if self.method == "GET" else IF_MATCH
        return [
            OpenApiParameter(header, str, OpenApiParameter.HEADER),
            OpenApiParameter(
                "ETag", str, OpenApiParameter.HEADER, response=[int(self.operation.status)]
            ),
        ]

    def _position_header(self) -> OpenApiParameter:
        if self.method == "GET":
            number = {"type": "string", "pattern": f"^{NUMBER}$"}
            return OpenApiParameter(MIN_POSITION, number, OpenApiParameter.HEADER)
        statuses = [int(self.operation.status)]
        if self.operation.accepted is not None:
            statuses.append(int(HTTPStatus.ACCEPTED))
        return OpenApiParameter(POSITION, str, OpenApiParameter.HEADER, response=statuses)

    def get_response_serializers(self) -> Any:
        problems: defaultdict[HTTPStatus, list[tuple[str, str]]] = defaultdict(list)
        for status, code, title in self._problems():
            problems[status].append((code, title))
        answers = self._answers()
        if self.operation.has_etag and self.method == "GET":
            answers[int(HTTPStatus.NOT_MODIFIED)] = OpenApiResponse(
                description="The representation is the one that If-None-Match names."
            )
        if has_status_info(self.path):
            return answers | _status_infos(problems)
        return answers | {
            (int(status), MEDIA_TYPE): _problem_response(status, codes)
            for status, codes in sorted(problems.items())
        }

    def _answers(self) -> dict[Any, Any]:
        """By status, and by media type if the operation states any."""
        status, shape = int(self.operation.status), self.operation.answer
        if self.operation.page_of:
            return {status: _page_of(self.operation.page_of)}
        if isinstance(shape, Mapping):
            answers: dict[Any, Any] = {(status, media): schema for media, schema in shape.items()}
        else:
            answers = {status: shape}
        if self.operation.accepted is not None:
            answers[int(HTTPStatus.ACCEPTED)] = self.operation.accepted
        return answers

    def _problems(self) -> Iterator[tuple[HTTPStatus, str, str]]:
        """The status, code and title of every problem that the operation can answer with."""
        for status in self._statuses_of_http():
            yield status, *OF_HTTP[status]
        for error in (*self.operation.errors, *self._errors_of_access(), *self._errors_of_http()):
            kind = next(kind for kind in error.__mro__ if kind in STATUS_OF)
            yield STATUS_OF[kind], error.code, error.title

    def _errors_of_access(self) -> Iterator[type[DomainError]]:
        if not self.operation.is_public:
            yield InvalidToken
        if self.operation.needs_person:
            yield PersonNeeded
        if self.operation.access.whose in (Whose.HELD, Whose.PLATFORM):
            yield NotPermitted
        if self.operation.access.right is not None or self.operation.needs_recent_sign_in:
            yield InsufficientAuthentication

    def _errors_of_http(self) -> Iterator[type[DomainError]]:
        """Those that follow from headers, limits and cursors."""
        if self.operation.is_idempotent:
            yield from (IdempotencyKeyReused, RequestStillRunning, ReplayNotPermitted)
        if self.operation.has_etag and self.method != "GET":
            yield PreconditionFailed
        if self.method == "GET":
            yield PositionNotReached
        yield TooManyAttempts
        if self.operation.page_of:
            yield InvalidCursor

    def _statuses_of_http(self) -> Iterator[HTTPStatus]:
        yield HTTPStatus.NOT_ACCEPTABLE
        if not self.operation.is_public:
            yield HTTPStatus.UNAUTHORIZED
            yield HTTPStatus.FORBIDDEN
        if "{" in self.path:
            yield HTTPStatus.NOT_FOUND
        if self.method in ("POST", "PUT", "PATCH"):
            yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        reads_input = self.operation.body or self.operation.query or self.operation.page_of
        if reads_input or self.operation.has_etag or self.method == "GET":
            yield HTTPStatus.BAD_REQUEST
        if self.operation.body:
            yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        if reads_input or self.operation.is_idempotent:
            yield HTTPStatus.UNPROCESSABLE_ENTITY


def _status_infos(
    problems: Mapping[HTTPStatus, list[tuple[str, str]]],
) -> dict[tuple[int, str], OpenApiResponse]:
    """The answers of the Open Badges API with one of these problems."""
    merged: defaultdict[int, list[str]] = defaultdict(list)
    for status, codes in sorted(problems.items()):
        merged[int(status_of(status))] += [f"`{code}`: {title}" for code, title in codes]
    return {
        (status, JSON): OpenApiResponse(StatusInfoSerializer, "\n\n".join(lines))
        for status, lines in merged.items()
    }


def _problem_response(status: HTTPStatus, codes: list[tuple[str, str]]) -> OpenApiResponse:
    """The answer with one of several problems: each has an example of its own."""
    return OpenApiResponse(
        ProblemSerializer,
        "\n\n".join(f"`{code}`: {title}" for code, title in codes),
        examples=[
            OpenApiExample(
                code,
                value={
                    "type": f"/problems/{code}",
                    "title": title,
                    "status": int(status),
                    "detail": f"{title}.",
                    "code": code,
                },
                media_type=MEDIA_TYPE,
                response_only=True,
                status_codes=[str(int(status))],
            )
            for code, title in codes
        ],
    )


@cache
def _page_of(shape: type[serializers.Serializer[Any]]) -> Any:
    return inline_serializer(
        name=f"{shape.__name__.removesuffix('Serializer')}Page",
        fields={
            "items": shape(many=True),
            "next": serializers.CharField(allow_null=True),
        },
    )
