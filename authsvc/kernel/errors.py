"""Domain errors: the kinds that all apps share, without HTTP."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one member of a request. `path` leads to it from the top, separated by `/`."""

    path: str
    detail: str


class Listed(list[str]):
    """Names of several things: a list for programs, separated by commas in a sentence."""

    def __format__(self, _: str) -> str:
        return ", ".join(self)


class DomainError(Exception):
    """A rule of the domain is violated. Subclass one of the kinds below, never this.

    `code` identifies the error for programs and never changes once released. `title` is the same sentence each time;
    `explanation` is a template for the facts given to the constructor. Facts are public: pass only what the caller
    sent or may see.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    explanation: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.detail = self.explanation.format(**facts)
        super().__init__(self.detail)


class Unauthenticated(DomainError):
    """The caller is not authenticated."""


class Forbidden(DomainError):
    """The caller may see the resource, but not do this to it."""


class NotFound(DomainError):
    """The resource does not exist, or the caller may not see it."""


class Gone(DomainError):
    """The resource existed, and was removed for good."""


class Conflict(DomainError):
    """The resource exists, but its state forbids this."""


class Outdated(DomainError):
    """The resource is not in the state that the caller has seen."""


class Unconditional(DomainError):
    """The caller must say which state of the resource they have seen."""


class Invalid(DomainError):
    """The request is invalid, whatever the state."""

    def __init__(self, *field_errors: FieldError, **facts: object) -> None:
        super().__init__(**facts)
        self.field_errors = field_errors


class TooMany(DomainError):
    """The action is allowed, but not this often."""


class Busy(DomainError):
    """The server is at its limit of concurrent work; nothing is wrong with the request."""
