"""Races on one attempt: the same act of a learner or of graders eight times at once."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from courses.definitions.courses import read_definition
from tests.support.bodies import body_of
from tests.support.exams import EXAMS, QUIZ_ANSWERS
from tests.support.school import School, items_of
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.database


@dataclass(frozen=True)
class Exam:
    """A learner on a course of their own, with its assessments in order."""

    anna: WireCaller
    staff: WireCaller
    course: str
    assessments: list[Any]

    def begins(self, number: int) -> str:
        """The path of a new attempt at the assessment."""
        started = self.anna.post(f"/v1/assessments/{self.assessments[number]['id']}/attempts")
        assert started.status == 201, started.text
        return f"/v1/attempts/{started.json['id']}"

    def answered(self) -> str:
        """The path of an attempt at the quiz, with all answers right."""
        place = self.begins(0)
        quiz = self.assessments[0]["questions"]
        responses = [
            {"question_id": question["id"], **answer}
            for question, answer in zip(quiz, QUIZ_ANSWERS.values(), strict=True)
        ]
        saved = self.anna.put(f"{place}/responses", {"responses": responses})
        assert saved.status == 200, saved.text
        return place

    def types(self) -> list[str]:
        events = self.anna.get(f"/v1/progress/{self.course}/events?limit=100").json["items"]
        return [event["type"] for event in events]


@pytest.fixture
def exam(school: School) -> Exam:
    staff, anna, slug = school.staff(), school.learner(), f"knots-{uuid4().hex[:8]}"
    quiz_alone = re.sub(r"( +)(body: (?:Tie|One).*)", r"\1required: false\n\1\2", EXAMS)
    definition = read_definition(quiz_alone.replace("slug: knots", f"slug: {slug}"))
    staff.post("/v1/courses", body_of(definition))
    staff.post(f"/v1/courses/{slug}/publish")
    place = f"/v1/courses/{slug}"
    anna.post(f"{place}/enroll")
    items = items_of(anna.get(place).json)
    assessments = [anna.get(f"{place}/items/{item}").json["assessment"] for item in items]
    return Exam(anna, staff, slug, assessments)


def test_of_eight_attempts_begun_at_once_one_runs(exam: Exam) -> None:
    place = f"/v1/assessments/{exam.assessments[0]['id']}/attempts"

    answers = at_once(*[lambda: exam.anna.post(place)] * 8)

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 7}
    assert {answer.code for answer in answers if answer.status == 409} == {"attempt-running"}
    assert len(exam.anna.get(place).json["items"]) == 1


def test_an_attempt_is_handed_in_once_and_completes_the_course_once(exam: Exam) -> None:
    place = exam.answered()

    answers = at_once(*[lambda: exam.anna.post(f"{place}/submit")] * 8)

    assert Counter(answer.status for answer in answers) == {200: 1, 409: 7}
    assert {answer.code for answer in answers if answer.status == 409} == {"attempt-closed"}
    assert exam.types() == [
        "enrolled",
        "assessment_submitted",
        "assessment_passed",
        "item_completed",
        "course_completed",
    ]


def test_answers_saved_simultaneously_are_all_stored(exam: Exam) -> None:
    place, quiz = exam.begins(0), exam.assessments[0]["questions"]
    saves = [
        {"responses": [{"question_id": question["id"], **answer}]}
        for question, answer in zip(quiz, QUIZ_ANSWERS.values(), strict=True)
    ]

    answers = at_once(
        *[lambda save=save: exam.anna.put(f"{place}/responses", save) for save in saves]
    )

    assert {answer.status for answer in answers} == {200}
    assert len(exam.anna.get(place).json["responses"]) == len(quiz)


def test_what_is_saved_while_it_is_handed_in_counts_or_is_refused(exam: Exam) -> None:
    place = exam.answered()
    (slips, *_) = exam.assessments[0]["questions"]
    wrong = {"responses": [{"question_id": slips["id"], "choices": ["bowline"]}]}

    saved, submitted = at_once(
        lambda: exam.anna.put(f"{place}/responses", wrong),
        lambda: exam.anna.post(f"{place}/submit"),
    )

    assert submitted.status == 200
    assert (saved.status, submitted.json["score"]) in {(200, 2), (409, 4)}


def test_every_grade_of_eight_graders_is_stored_and_the_last_one_counts(exam: Exam) -> None:
    place = exam.begins(2)
    exam.anna.post(f"{place}/submit")
    (question,) = exam.assessments[2]["questions"]
    marks = {"marks": [{"question_id": question["id"], "score": 1}], "reason": "Looked at again."}

    answers = at_once(*[lambda: exam.staff.post(f"{place}/grade", marks)] * 8)

    assert {answer.status for answer in answers} == {200}
    assert len(exam.staff.get(f"{place}/grading").json["grades"]) == 8
    assert exam.types().count("assessment_passed") == 8
    assert exam.types().count("item_completed") == 1
