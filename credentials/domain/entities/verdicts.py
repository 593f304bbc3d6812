"""What a rule mentions, and what it says of somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class TriggerKind(StrEnum):
    """What a rule may mention."""

    COURSE = "course"
    ASSESSMENT = "assessment"
    PATHWAY = "pathway"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A thing that a rule mentions: once it is done, the rule may be met."""

    kind: TriggerKind
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectName:
    """What people call a thing that a rule mentions; `slug` is the one of the course that an assessment is in."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule says of what somebody has done.

    `words` and `reached` are for people; `name` is that of the `subject`, if the reader may know it.
    """

    words: str
    is_met: bool
    reached: str
    children: tuple["Verdict", ...] = ()
    subject: Trigger | None = None
    name: SubjectName | None = None

    @property
    def rule(self) -> str:
        """The rule in words."""
        if self.subject is None:
            return self.words
        called = f'"{self.name.title}"' if self.name else str(self.subject.subject_id)
        return f"{self.words} {self.subject.kind} {called}"

    @property
    def missing(self) -> tuple[str, ...]:
        """What is left to do, in words: of each branch that is not met, its leaves that are not."""
        if self.is_met:
            return ()
        if not self.children:
            return (f"{self.rule} ({self.reached})",)
        return tuple(words for child in self.children for words in child.missing)

    def named(self, names: Mapping[Trigger, SubjectName]) -> "Verdict":
        """The same, with the names that there are."""
        return replace(
            self,
            name=names.get(self.subject) if self.subject else None,
            children=tuple(child.named(names) for child in self.children),
        )
