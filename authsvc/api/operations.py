"""What a handler says of itself, for the OpenAPI description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rest_framework.serializers import Serializer

from authsvc.kernel.errors import DomainError

Shape = type[Serializer[Any]] | Mapping[str, Any]
"""A serializer; or, by media type, a JSON Schema."""

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address.

    It answers `status` with one thing in the shape `answer`, or with a page of `page_of`, or with nothing. `refusals`
    are the errors that its service raises; what HTTP itself has against a request needs no mention.
    """

    name: str
    summary: str
    status: int = 200
    answer: Shape | None = None
    page_of: type[Serializer[Any]] | None = None
    body: Shape | None = None
    query: type[Serializer[Any]] | None = None
    refusals: tuple[type[DomainError], ...] = ()


def describes(operation: Operation) -> Callable[[Handler], Handler]:
    """Attach the description to the handler of a view."""

    def attach(handler: Handler) -> Handler:
        handler.operation = operation  # type: ignore[attr-defined]  # read by the OpenAPI schema
        return handler

    return attach
