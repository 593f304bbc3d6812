"""What a handler says of itself, for the OpenAPI description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from rest_framework.serializers import Serializer

from accounts.public import Right
from authsvc.kernel.errors import DomainError

Shape = type[Serializer[Any]] | Mapping[str, Any]
"""A serializer; or, by media type, a JSON Schema."""

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Whose(StrEnum):
    """To whose things an operation is open, before any right is asked for."""

    ANYBODY = "anybody, signed in or not"
    ONESELF = "whoever asks, for what is his own"
    PERSON = "the person whose it is; others need the right"
    PLATFORM = "whoever has the right on the platform"
    SEEN = "all who see it: everybody what is the platform's, members what is their organization's"
    LEARNED = "the same, but nobody learns in an organization that he is not in"
    HELD = "whoever has the right where it belongs: in its organization, or on the platform"


@dataclass(frozen=True, slots=True)
class Access:
    """A line of the permission table. Without what it takes, a member of the organization gets 403, all others 404."""

    whose: Whose
    right: Right | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one address, and who may use it; docs/permissions.md lists them all.

    It answers `status` with one thing in the shape `answer`, or with a page of `page_of`, or with nothing. `refusals`
    are the errors that its service raises; what HTTP itself has against a request needs no mention.
    """

    name: str
    summary: str
    access: Access
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
