"""Assessments as JSON, and where each of them is."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from accounts.public import OrganizationId
from authsvc.kernel.reach import Reach
from authsvc.storage.inserts import insert
from authsvc.storage.reach import owned_within
from courses import models as rows
from courses.domain.entities import (
    AnswerKey,
    Assessment,
    AssessmentId,
    AssessmentPlace,
    AssessmentType,
    Choice,
    CourseId,
    Criterion,
    ItemId,
    LatePolicy,
    Question,
    QuestionId,
    QuestionKind,
    ScoringModel,
)

Values = dict[str, Any]


class OrmAssessmentRepository:
    def keep(self, places: Sequence[AssessmentPlace], *, within: Reach) -> None:
        for place in places:
            within.require(place.org_id)
            insert(rows.Assessment, [_place_values(place)], unless_taken=("id",))

    def find(self, assessment_id: AssessmentId, *, within: Reach) -> AssessmentPlace | None:
        row = rows.Assessment.objects.filter(owned_within(within), pk=assessment_id).first()
        return _place(row) if row else None

    def places_of(
        self, assessment_ids: Collection[AssessmentId], *, within: Reach
    ) -> list[AssessmentPlace]:
        found = rows.Assessment.objects.filter(owned_within(within), pk__in=assessment_ids)
        return [_place(row) for row in found]


def _place(row: rows.Assessment) -> AssessmentPlace:
    return AssessmentPlace(
        assessment_id=AssessmentId(row.id),
        course_id=CourseId(row.course_id),
        item_id=ItemId(row.item_id),
        org_id=OrganizationId(row.org_id) if row.org_id else None,
    )


def _place_values(place: AssessmentPlace) -> Values:
    return {
        "id": place.assessment_id,
        "course_id": place.course_id,
        "item_id": place.item_id,
        "org_id": place.org_id,
    }


def assessment_of_json(value: Values) -> Assessment:
    return Assessment(
        id=AssessmentId(UUID(value["id"])),
        type=AssessmentType(value["type"]),
        scoring=ScoringModel(value["scoring"]),
        pass_percent=value["pass_percent"],
        questions=tuple(_question(question) for question in value["questions"]),
        attempt_limit=value["attempt_limit"],
        time_limit_minutes=value["time_limit_minutes"],
        late=LatePolicy(value["late"]),
    )


def json_of_assessment(assessment: Assessment) -> Values:
    return {
        "id": str(assessment.id),
        "type": assessment.type.value,
        "scoring": assessment.scoring.value,
        "pass_percent": assessment.pass_percent,
        "questions": [_json_of_question(question) for question in assessment.questions],
        "attempt_limit": assessment.attempt_limit,
        "time_limit_minutes": assessment.time_limit_minutes,
        "late": assessment.late.value,
    }


def _question(value: Values) -> Question:
    answer_key = value["answer_key"]
    return Question(
        id=QuestionId(UUID(value["id"])),
        position=value["position"],
        key=value["key"],
        kind=QuestionKind(value["kind"]),
        prompt=value["prompt"],
        max_score=value["max_score"],
        choices=tuple(
            Choice(key=each["key"], text=each["text"], is_right=each["is_right"])
            for each in value["choices"]
        ),
        answer_key=None if answer_key is None else _answer_key(answer_key),
        rubric=tuple(
            Criterion(key=each["key"], text=each["text"], max_score=each["max_score"])
            for each in value["rubric"]
        ),
    )


def _json_of_question(question: Question) -> Values:
    kept = question.answer_key
    return {
        "id": str(question.id),
        "position": question.position,
        "key": question.key,
        "kind": question.kind.value,
        "prompt": question.prompt,
        "max_score": question.max_score,
        "choices": [
            {"key": each.key, "text": each.text, "is_right": each.is_right}
            for each in question.choices
        ],
        "answer_key": None if kept is None else _json_of_answer_key(kept),
        "rubric": [
            {"key": each.key, "text": each.text, "max_score": each.max_score}
            for each in question.rubric
        ],
    }


def _answer_key(value: Values) -> AnswerKey:
    return AnswerKey(
        texts=tuple(value["texts"]), number=value["number"], tolerance=value["tolerance"]
    )


def _json_of_answer_key(answer_key: AnswerKey) -> Values:
    return {
        "texts": list(answer_key.texts),
        "number": answer_key.number,
        "tolerance": answer_key.tolerance,
    }
