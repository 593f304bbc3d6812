"""By what a credential is earned: a tree of things to have done, and what it says of somebody."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Protocol

from authsvc.kernel.errors import Complaint
from courses.public import AssessmentId, CourseId, PathwayId
from credentials.domain.entities.verdicts import Trigger, TriggerKind, Verdict
from credentials.domain.errors import InvalidRule
from progress.public import LearnerRecord

DEEPEST_RULE: Final = 5
MOST_LEAVES: Final = 50
WHOLE: Final = 100
"""Percent."""


class Rule(Protocol):
    """A node of the tree; `key` is the word by which a definition names its kind."""

    @property
    def key(self) -> str: ...

    @property
    def rules(self) -> tuple["Rule", ...]:
        """The nodes below this one."""

    @property
    def trigger(self) -> Trigger | None:
        """The thing that this node itself mentions."""

    def verdict(self, record: LearnerRecord) -> Verdict:
        """What it says of somebody; it never takes back what more done things have met."""

    def complaints(self) -> Iterator[Complaint]:
        """What is wrong with this node itself; the path begins at it."""


@dataclass(frozen=True, slots=True)
class CompletedCourse:
    course_id: CourseId

    @property
    def key(self) -> str:
        return "course"

    @property
    def rules(self) -> tuple[Rule, ...]:
        return ()

    @property
    def trigger(self) -> Trigger:
        return Trigger(TriggerKind.COURSE, self.course_id)

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _done(self.trigger, self.course_id in record.completed)

    def complaints(self) -> Iterator[Complaint]:
        yield from ()


@dataclass(frozen=True, slots=True)
class ScoredAtLeast:
    """The best attempt counts."""

    assessment_id: AssessmentId
    percent: int

    @property
    def key(self) -> str:
        return "score"

    @property
    def rules(self) -> tuple[Rule, ...]:
        return ()

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

    def complaints(self) -> Iterator[Complaint]:
        if not 1 <= self.percent <= WHOLE:
            yield Complaint(path="score/percent", detail="It is a number from 1 to 100.")


@dataclass(frozen=True, slots=True)
class CompletedPathway:
    pathway_id: PathwayId

    @property
    def key(self) -> str:
        return "pathway"

    @property
    def rules(self) -> tuple[Rule, ...]:
        return ()

    @property
    def trigger(self) -> Trigger:
        return Trigger(TriggerKind.PATHWAY, self.pathway_id)

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _done(self.trigger, self.pathway_id in record.completed_pathways)

    def complaints(self) -> Iterator[Complaint]:
        yield from ()


@dataclass(frozen=True, slots=True)
class AllOf:
    rules: tuple[Rule, ...]

    @property
    def key(self) -> str:
        return "all"

    @property
    def trigger(self) -> Trigger | None:
        return None

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _of_many("all of these", self.rules, len(self.rules), record)

    def complaints(self) -> Iterator[Complaint]:
        yield from _unless_any(self)


@dataclass(frozen=True, slots=True)
class AnyOf:
    rules: tuple[Rule, ...]

    @property
    def key(self) -> str:
        return "any"

    @property
    def trigger(self) -> Trigger | None:
        return None

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _of_many("any of these", self.rules, 1, record)

    def complaints(self) -> Iterator[Complaint]:
        yield from _unless_any(self)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the rules, whichever they are."""

    count: int
    rules: tuple[Rule, ...]

    @property
    def key(self) -> str:
        return "of"

    @property
    def trigger(self) -> Trigger | None:
        return None

    def verdict(self, record: LearnerRecord) -> Verdict:
        return _of_many(f"at least {self.count} of these", self.rules, self.count, record)

    def complaints(self) -> Iterator[Complaint]:
        yield from _unless_any(self)
        if self.rules and not 1 <= self.count <= len(self.rules):
            detail = f"It is a number from 1 to {len(self.rules)}, for so many rules there are."
            yield Complaint(path="at_least", detail=detail)


def triggers_of(rule: Rule) -> AbstractSet[Trigger]:
    """All that the rule mentions."""
    return frozenset(node.trigger for _, node in nodes_of(rule) if node.trigger is not None)


def nodes_of(rule: Rule, path: str = "rule") -> Iterator[tuple[str, Rule]]:
    """Every node with the path to it, the one above before those below."""
    yield path, rule
    for index, child in enumerate(rule.rules):
        yield from nodes_of(child, f"{path}/{rule.key}/{index}")


def checked(rule: Rule) -> Rule:
    """The rule, if it can be met and is small enough to be understood. Raises InvalidRule."""
    complaints = [
        Complaint(path=f"{path}/{complaint.path}", detail=complaint.detail)
        for path, node in nodes_of(rule)
        for complaint in node.complaints()
    ]
    if _depth(rule) > DEEPEST_RULE:
        detail = f"It is nested more than {DEEPEST_RULE} deep."
        complaints.append(Complaint(path="rule", detail=detail))
    if sum(not node.rules for _, node in nodes_of(rule)) > MOST_LEAVES:
        detail = f"It asks for more than {MOST_LEAVES} things."
        complaints.append(Complaint(path="rule", detail=detail))
    if complaints:
        raise InvalidRule(*complaints)
    return rule


def _depth(rule: Rule) -> int:
    return 1 + max((_depth(child) for child in rule.rules), default=0)


def _unless_any(rule: Rule) -> Iterator[Complaint]:
    if not rule.rules:
        yield Complaint(path=rule.key, detail="There must be at least one rule.")


def _done(subject: Trigger, is_met: bool) -> Verdict:  # noqa: FBT001  # what is said is whether
    reached = "done" if is_met else "not done"
    return Verdict(words="complete", is_met=is_met, reached=reached, subject=subject)


def _of_many(words: str, rules: tuple[Rule, ...], needed: int, record: LearnerRecord) -> Verdict:
    children = tuple(rule.verdict(record) for rule in rules)
    met = sum(child.is_met for child in children)
    return Verdict(
        words=words, is_met=met >= needed, reached=f"{met} of {needed}", children=children
    )
