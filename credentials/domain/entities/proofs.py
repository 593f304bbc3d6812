"""What a rule was met by, as a copy keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.public import AssessmentId, CourseId
from credentials.domain.entities.rules import Rule, nodes_of
from credentials.domain.entities.verdicts import Trigger, TriggerKind
from progress.public import LearnerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing that was done: a course with its version and the moment, or an assessment with the best score."""

    subject: Trigger
    course_version: int | None = None
    completed_at: datetime | None = None
    percent: int | None = None


def proofs_of(rule: Rule, record: LearnerRecord) -> tuple[Proof, ...]:
    """All that the rule asks for and that is done, each thing once, in the order of the rule."""
    done = (
        node.trigger
        for _, node in nodes_of(rule)
        if node.trigger is not None and node.verdict(record).is_met
    )
    return tuple(_proof(subject, record) for subject in dict.fromkeys(done))


def value_of_proof(proof: Proof) -> dict[str, Any]:
    """What reads back equal, as JSON."""
    at = proof.completed_at
    said = {
        "kind": proof.subject.kind.value,
        "id": str(proof.subject.subject_id),
        "course_version": proof.course_version,
        "completed_at": at and at.isoformat(),
        "percent": proof.percent,
    }
    return {name: value for name, value in said.items() if value is not None}


def proof_in(value: Mapping[str, Any]) -> Proof:
    """The proof that the value spells."""
    at = value.get("completed_at")
    return Proof(
        subject=Trigger(TriggerKind(value["kind"]), UUID(value["id"])),
        course_version=value.get("course_version"),
        completed_at=datetime.fromisoformat(at) if at else None,
        percent=value.get("percent"),
    )


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
