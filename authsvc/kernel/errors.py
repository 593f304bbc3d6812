"""The kinds of refusal every app shares; no HTTP here."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with one member of a request: `path` leads to it from the top, `/` between the steps."""

    path: str
    detail: str


class Listed(list[str]):
    """Names of several things: a list for programs, and in a sentence one after the other."""

    def __format__(self, _: str) -> str:
        return ", ".join(self)


class DomainError(Exception):
    """The business says no. Subclass one of the kinds below, never this.

    `code` names the refusal for programs and never changes once shipped, `title` is the same sentence each
    time, `explanation` is a template that the facts given to the constructor fill. Facts are public: pass only
    what the caller sent or may see.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    explanation: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.detail = self.explanation.format(**facts)
        super().__init__(self.detail)


class Unauthenticated(DomainError):
    """We do not know who you are."""


class Forbidden(DomainError):
    """You may see the thing, but not do this to it."""


class NotFound(DomainError):
    """The thing asked for does not exist, or is not yours to see."""


class Conflict(DomainError):
    """The thing exists, but its state forbids this."""


class Invalid(DomainError):
    """The request makes no sense, whatever the state."""

    def __init__(self, *complaints: Complaint, **facts: object) -> None:
        super().__init__(**facts)
        self.complaints = complaints


class TooMany(DomainError):
    """It may be done, but not as often as this."""


class Busy(DomainError):
    """We are at the limit of what we can do at once; nothing is wrong with the request."""
