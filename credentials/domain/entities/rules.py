"""Rules: the conditions under which a credential is earned, and their verdicts and proofs."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Protocol
from uuid import UUID

from authsvc.kernel.errors import FieldError
from courses.public import AssessmentId, CourseId, PathwayId
from credentials.domain.errors import InvalidRule
from progress.public import LearnerRecord

DEEPEST_RULE: Final = 5
MOST_LEAVES: Final = 50
WHOLE: Final = 100
"""The full score in percent."""


class TriggerKind(StrEnum):
    """Kinds of things that a rule can require."""

    COURSE = "course"
    ASSESSMENT = "assessment"
    PATHWAY = "pathway"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A thing that a rule requires: once it is completed, the rule may be met."""

    kind: TriggerKind
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectName:
    """Display name of a required thing; `slug` is that of the course for an assessment."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Result of a rule for a learner.

    `words` and `reached` are texts for people; `name` is that of the `subject` if the reader may see it.
    """

    words: str
    is_met: bool
    reached: str
    children: tuple["Verdict", ...] = ()
    subject: Trigger | None = None
    name: SubjectName | None = None

    @property
    def rule(self) -> str:
        """Text of the rule."""
        if self.subject is None:
            return self.words
        name = f'"{self.name.title}"' if self.name else str(self.subject.subject_id)
        return f"{self.words} {self.subject.kind} {name}"

    @property
    def missing(self) -> tuple[str, ...]:
        """Texts of the unmet leaves of unmet branches."""
        if self.is_met:
            return ()
        if not self.children:
            return (f"{self.rule} ({self.reached})",)
        return tuple(words for child in self.children for words in child.missing)

    def named(self, names: Mapping[Trigger, SubjectName]) -> "Verdict":
        """Return the verdict with the given names filled in."""
        return replace(
            self,
            name=names.get(self.subject) if self.subject else None,
            children=tuple(child.named(names) for child in self.children),
        )


class Rule(Protocol):
    """A node of a tree of conditions; `key` is the member that names its kind in a definition."""

    @property
    def key(self) -> str: ...

    @property
    def rules(self) -> tuple["Rule", ...]:
        """Child nodes."""

    @property
    def trigger(self) -> Trigger | None:
        """The thing that this node itself requires, if any."""

    def verdict(self, record: LearnerRecord) -> Verdict:
        """Evaluate the rule; further achievements never turn a met rule into an unmet one."""

    def field_errors(self) -> Iterator[FieldError]:
        """Errors of this node itself; their paths start at the node."""


class _Leaf:
    """A rule about one thing."""

    __slots__ = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return ()

    def field_errors(self) -> Iterator[FieldError]:
        yield from ()


class _Branch:
    """A rule about other rules."""

    __slots__ = ()

    @property
    def trigger(self) -> Trigger | None:
        return None

    def field_errors(self: Rule) -> Iterator[FieldError]:
        if not self.rules:
            yield FieldError(path=self.key, detail="There must be at least one rule.")


@dataclass(frozen=True, slots=True)
class CompletedCourse(_Leaf):
    key: ClassVar[str] = "course"
    course_id: CourseId

    @property
    def trigger(self) -> Trigger:
        return Trigger(TriggerKind.COURSE, self.course_id)

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _done(self.trigger, self.course_id in record.completed)


@dataclass(frozen=True, slots=True)
class ScoredAtLeast(_Leaf):
    """Met by the best attempt at an assessment."""

    key: ClassVar[str] = "score"
    assessment_id: AssessmentId
    percent: int

    @property
    def trigger(self) -> Trigger:
        return Trigger(TriggerKind.ASSESSMENT, self.assessment_id)

    def verdict(self, record: LearnerRecord) -> Verdict:
        best = record.best_percents.get(self.assessment_id)
        return Verdict(
            words=f"score {self.percent} percent in",
            subject=self.trigger,
            is_met=best is not None and best >= self.percent,
            reached=f"{best or 0} of {self.percent} percent",
        )

    def field_errors(self) -> Iterator[FieldError]:
        if not 1 <= self.percent <= WHOLE:
            yield FieldError(path="score/percent", detail="It must be a number from 1 to 100.")


@dataclass(frozen=True, slots=True)
class CompletedPathway(_Leaf):
    key: ClassVar[str] = "pathway"
    pathway_id: PathwayId

    @property
    def trigger(self) -> Trigger:
        return Trigger(TriggerKind.PATHWAY, self.pathway_id)

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _done(self.trigger, self.pathway_id in record.completed_pathways)


@dataclass(frozen=True, slots=True)
class AllOf(_Branch):
    key: ClassVar[str] = "all"
    rules: tuple[Rule, ...]

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _of_many("all of these", self.rules, len(self.rules), record)


@dataclass(frozen=True, slots=True)
class AnyOf(_Branch):
    key: ClassVar[str] = "any"
    rules: tuple[Rule, ...]

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _of_many("any of these", self.rules, 1, record)


@dataclass(frozen=True, slots=True)
class AtLeast(_Branch):
    """Met by any `count` of the rules."""

    key: ClassVar[str] = "of"
    count: int
    rules: tuple[Rule, ...]

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _of_many(f"at least {self.count} of these", self.rules, self.count, record)

    def field_errors(self) -> Iterator[FieldError]:
        yield from _Branch.field_errors(self)
        if self.rules and not 1 <= self.count <= len(self.rules):
            detail = f"It must be a number from 1 to {len(self.rules)}, the number of rules."
            yield FieldError(path="at_least", detail=detail)


def triggers_of(rule: Rule) -> AbstractSet[Trigger]:
    """Return all things that the rule requires."""
    return frozenset(node.trigger for _, node in nodes_of(rule) if node.trigger is not None)


def nodes_of(rule: Rule, path: str = "rule") -> Iterator[tuple[str, Rule]]:
    """Yield every node with its path, parents before children."""
    yield path, rule
    for index, child in enumerate(rule.rules):
        yield from nodes_of(child, f"{path}/{rule.key}/{index}")


def checked(rule: Rule) -> Rule:
    """Return the rule if it can be met and is within the limits of size. Raises InvalidRule."""
    field_errors = [
        FieldError(path=f"{path}/{field_error.path}", detail=field_error.detail)
        for path, node in nodes_of(rule)
        for field_error in node.field_errors()
    ]
    if _depth(rule) > DEEPEST_RULE:
        detail = f"It is nested more than {DEEPEST_RULE} levels deep."
        field_errors.append(FieldError(path="rule", detail=detail))
    if sum(not node.rules for _, node in nodes_of(rule)) > MOST_LEAVES:
        detail = f"It requires more than {MOST_LEAVES} things."
        field_errors.append(FieldError(path="rule", detail=detail))
    if field_errors:
        raise InvalidRule(*field_errors)
    return rule


def _depth(rule: Rule) -> int:
    return 1 + max((_depth(child) for child in rule.rules), default=0)


def _done(subject: Trigger, is_met: bool) -> Verdict:  # noqa: FBT001  # the flag is the result
    reached = "done" if is_met else "not done"
    return Verdict(words="complete", is_met=is_met, reached=reached, subject=subject)


def _of_many(words: str, rules: tuple[Rule, ...], needed: int, record: LearnerRecord) -> Verdict:
    children = tuple(rule.verdict(record) for rule in rules)
    met = sum(child.is_met for child in children)
    return Verdict(
        words=words, is_met=met >= needed, reached=f"{met} of {needed}", children=children
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Evidence for one required thing: a course version with its completion, a best score, or a pathway."""

    subject: Trigger
    course_version: int | None = None
    completed_at: datetime | None = None
    percent: int | None = None


def proofs_of(rule: Rule, record: LearnerRecord) -> tuple[Proof, ...]:
    """Return a proof for each required thing that is completed, in the order of the rule."""
    done = (
        node.trigger
        for _, node in nodes_of(rule)
        if node.trigger is not None and node.verdict(record).is_met
    )
    return tuple(_proof(subject, record) for subject in dict.fromkeys(done))


def _proof(subject: Trigger, record: LearnerRecord) -> Proof:
    if subject.kind is TriggerKind.COURSE:
        course = record.courses[CourseId(subject.subject_id)]
        return Proof(
            subject=subject,
            course_version=course.course_version,
            completed_at=course.completed_at,
        )
    if subject.kind is TriggerKind.ASSESSMENT:
        percent = record.best_percents[AssessmentId(subject.subject_id)]
        return Proof(subject=subject, percent=percent)
    return Proof(subject=subject)
