"""Rollback of a grading when issuing a credential fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR, Role
from courses.definitions.courses import read_definition
from courses.domain.entities.courses import Course
from credentials.domain.entities.rules import ScoredAtLeast
from tests.support.application import Answer, Application, Person
from tests.support.exams import EXAMS, QUIZ_ANSWERS
from tests.support.failing import FailingIssuedCredentialRepository
from tests.support.learning import assessment_in

RIGHT_ANSWERS: Final = QUIZ_ANSWERS | {"program": {"text": "tie()"}}


@dataclass(frozen=True)
class Exam:
    """Anna, an assessment that earns a credential, and Bo, who grades it."""

    application: Application
    anna: Person
    bo: Person
    course: Course
    key: str

    def answered(self) -> str:
        """The path of an attempt with only right answers."""
        assessment = assessment_in(self.application.services, self.course, self.key)
        begun = self.anna.caller.post(f"/v1/assessments/{assessment.id}/attempts")
        place = f"/v1/attempts/{begun.json['id']}"
        answers = [
            {"question_id": str(question.id), **RIGHT_ANSWERS[question.key]}
            for question in assessment.questions
        ]
        assert self.anna.caller.put(f"{place}/responses", {"responses": answers}).status == 200
        return place

    def submits(self, place: str) -> Answer:
        return self.anna.caller.post(f"{place}/submit")

    def grades(self, place: str) -> Answer:
        (question,) = assessment_in(self.application.services, self.course, self.key).questions
        marks = {"marks": [{"question_id": str(question.id), "score": question.max_score}]}
        return self.bo.caller.post(f"{place}/grade", marks)

    def stored(self, place: str) -> tuple[Any, ...]:
        progress = f"/v1/progress/{self.course.slug}"
        paths = (place, progress, f"{progress}/events", "/v1/me/credentials")
        return tuple(self.anna.caller.get(path).json for path in paths)


@pytest.fixture
def exams(application: Application) -> Callable[[str], Exam]:
    course = application.published(read_definition(EXAMS))
    anna, bo = application.signed_in(), application.signed_in(Role.INSTRUCTOR, name="Bo")
    anna.caller.post(f"/v1/courses/{course.slug}/enroll")

    def exam(key: str) -> Exam:
        assessment = assessment_in(application.services, course, key)
        application.earns(course, rule=ScoredAtLeast(assessment.id, 80))
        return Exam(application, anna, bo, course, key)

    return exam


@contextmanager
def failing(application: Application) -> Iterator[None]:
    """An application that fails when a credential is added."""
    earning, repositories = application.services.earning, application.services.repositories
    broken = FailingIssuedCredentialRepository(repositories.issued_credentials)
    with pytest.MonkeyPatch.context() as patch:
        issuer = replace(earning.issuer, issued_credentials=broken)
        patch.setitem(vars(application.services), "earning", replace(earning, issuer=issuer))
        yield


def test_an_attempt_is_not_handed_in(
    application: Application, exams: Callable[[str], Exam]
) -> None:
    exam = exams("quiz")
    place = exam.answered()
    before = exam.stored(place)

    with failing(application):
        answer = exam.submits(place)

    assert (answer.status, answer.code) == (500, "internal-error")
    assert exam.stored(place) == before


def test_a_grade_is_not_given(application: Application, exams: Callable[[str], Exam]) -> None:
    exam = exams("exam")
    place = exam.answered()
    exam.submits(place)
    before = exam.stored(place)

    with failing(application):
        answer = exam.grades(place)

    assert (answer.status, answer.code) == (500, "internal-error")
    assert exam.stored(place) == before
    assert exam.bo.caller.get(f"{place}/grading").json["grades"] == []


def test_the_same_succeeds_afterwards(
    application: Application, exams: Callable[[str], Exam]
) -> None:
    exam = exams("exam")
    place = exam.answered()
    exam.submits(place)
    with failing(application):
        exam.grades(place)

    answer = exam.grades(place)

    assert answer.status == 200
    assert len(exam.anna.caller.get("/v1/me/credentials").json["items"]) == 1
    assert application.services.log_verifier.compare(by=OPERATOR).is_clean
