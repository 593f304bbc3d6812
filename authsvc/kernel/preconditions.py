"""Preconditions of changes: the states of a thing that the caller has seen (RFC 9110 §13.1.1)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from authsvc.kernel.errors import Outdated, Unconditional

ANY: Final = "*"
"""The tag of every state."""


class PreconditionFailed(Outdated):
    code = "precondition-failed"
    title = "The resource has changed"
    explanation = "It is not in the state that If-Match names. Get it again, and repeat the change if it still applies."


class PreconditionRequired(Unconditional):
    code = "precondition-required"
    title = "The change needs an If-Match"
    explanation = (
        "Others may have changed the resource. Get it and send its ETag in If-Match, so that no change "
        "is lost."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """The tags of the states in which a change applies. `tag_of` is the tag of a thing as the caller sees it.

    A service compares them with the thing that it has locked, inside its unit of work.
    """

    tags: frozenset[str]
    tag_of: Callable[[Any], str]
    is_stated: bool = True

    def about(self, thing_of: Callable[[Any], object]) -> "Precondition":
        """The same for a service that compares something else, of which *thing_of* makes what the caller sees."""
        return replace(self, tag_of=lambda other: self.tag_of(thing_of(other)))

    def require(self, thing: object) -> None:
        """Raises PreconditionFailed."""
        if ANY not in self.tags and self.tag_of(thing) not in self.tags:
            raise PreconditionFailed

    def require_stated(self) -> None:
        """Raises PreconditionRequired."""
        if not self.is_stated:
            raise PreconditionRequired


UNCONDITIONAL: Final = Precondition(tags=frozenset({ANY}), tag_of=repr)
"""The precondition of callers who want the change in any state."""
