"""Credentials earned by scores."""

from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR, Right
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import Answer
from courses.domain.entities.courses import CourseStatus
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.rules import (
    AllOf,
    CompletedCourse,
    ScoredAtLeast,
    Trigger,
    TriggerKind,
)
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.events import EventType
from progress.domain.entities.grades import Mark
from tests.support.attempts import RIGHT, Examinee, a_definition_with_exams, a_place, an_examinee
from tests.support.builders import a_principal
from tests.support.learning import a_credential_for, a_published_course, published_again
from tests.support.worlds import World

PICTURE = Answer(url="https://school.example/bowline.jpg")


@pytest.fixture
def anna(memory: World) -> Examinee:
    return an_examinee(memory)


def a_credential_by(anna: Examinee, key: str, percent: int) -> Credential:
    rule = ScoredAtLeast(anna.assessment(key).id, percent)
    return a_credential_for(anna.services, anna.course, rule=rule)


def graded(anna: Examinee, attempt: AssessmentAttempt, **points: int) -> AssessmentAttempt:
    """Grade by hand, with the points by question key."""
    marks = tuple(Mark(question_id=anna.question(key).id, score=n) for key, n in points.items())
    return anna.services.grading.grade(attempt.id, marks, reason="Looked at.", by=OPERATOR)


def test_what_a_program_scores_earns_at_once(anna: Examinee) -> None:
    credential = a_credential_by(anna, "quiz", 100)

    anna.takes("quiz", **RIGHT)

    (verification,) = anna.held()
    assert verification.issued.credential_id == credential.id
    assert anna.types_of(anna.course)[-1] is EventType.CREDENTIAL_ISSUED
    (proof,) = verification.issued.evidence.met_by
    assert proof.subject == Trigger(TriggerKind.ASSESSMENT, anna.assessment("quiz").id)
    assert proof.percent == 100


def test_what_is_passed_but_not_well_enough_earns_nothing(anna: Examinee) -> None:
    a_credential_by(anna, "quiz", 76)

    attempt = anna.takes("quiz", **RIGHT | {"king": Answer(text="the noose")})

    assert attempt.is_passed
    assert anna.held() == []


def test_what_a_person_scores_earns_when_it_is_graded(anna: Examinee) -> None:
    a_credential_by(anna, "project", 80)
    attempt = anna.takes("project", picture=PICTURE)
    before = anna.held()

    graded(anna, attempt, picture=5, feedback=0)

    assert before == []
    assert len(anna.held()) == 1


def test_a_regrade_that_lifts_the_score_earns(anna: Examinee) -> None:
    a_credential_by(anna, "project", 80)
    attempt = graded(anna, anna.takes("project", picture=PICTURE), picture=1, feedback=0)
    before = anna.held()

    graded(anna, attempt, picture=5, feedback=0)

    assert before == []
    assert len(anna.held()) == 1


def test_a_regrade_that_lowers_it_takes_nothing_away_and_brings_nothing_more(
    anna: Examinee,
) -> None:
    a_credential_by(anna, "project", 80)
    attempt = graded(anna, anna.takes("project", picture=PICTURE), picture=5, feedback=1)
    verifications = anna.held()

    for points in (1, 5):
        attempt = graded(anna, attempt, picture=points, feedback=1)

    assert len(verifications) == 1
    assert anna.held() == verifications
    assert anna.types_of(anna.course).count(EventType.CREDENTIAL_ISSUED) == 1


def test_what_is_void_counts_for_no_rule(anna: Examinee) -> None:
    bends = a_published_course(anna.services)
    score = ScoredAtLeast(anna.assessment("quiz").id, 100)
    rule = AllOf((score, CompletedCourse(bends.id)))
    credential = a_credential_for(anna.services, anna.course, rule=rule)
    attempt = anna.takes("quiz", **RIGHT)
    anna.services.grading.void(attempt.id, reason="Copied.", by=OPERATOR)

    anna.passes(bends)

    assert anna.held() == []
    result = anna.services.earning.eligibility(credential.id, by=anna.principal)
    assert result.missing == ('score 100 percent in assessment "A quiz" (0 of 100 percent)',)


def test_a_course_and_a_score_completed_together_earn_one_credential(anna: Examinee) -> None:
    score = ScoredAtLeast(anna.assessment("project").id, 80)
    rule = AllOf((score, CompletedCourse(anna.course.id)))
    a_credential_for(anna.services, anna.course, rule=rule)
    anna.takes("quiz", **RIGHT)
    graded(anna, anna.takes("exam", program=Answer(text="tie()")), program=1)

    graded(anna, anna.takes("project", picture=PICTURE), picture=5, feedback=1)

    assert len(anna.held()) == 1
    assert anna.services.log_verifier.compare(by=OPERATOR).is_clean


def test_an_assessment_that_is_no_longer_in_the_course_has_no_title(anna: Examinee) -> None:
    exam, credential = anna.assessment("exam"), a_credential_by(anna, "exam", 50)
    definition = a_definition_with_exams()
    (module,) = definition.modules
    without = replace(definition, modules=(replace(module, items=module.items[:2]),))
    published_again(anna.services, without)

    result = anna.services.earning.eligibility(credential.id, by=anna.principal)

    assert result.verdict.subject == Trigger(TriggerKind.ASSESSMENT, exam.id)
    assert result.verdict.name is None


def test_an_assessment_in_a_draft_has_no_title_yet(memory: World, anna: Examinee) -> None:
    draft = memory.has_course(status=CourseStatus.DRAFT, version=0)
    place = a_place(draft)
    memory.repositories.assessments.keep([place], scope=ALL_TENANTS)
    rule = ScoredAtLeast(place.assessment_id, 80)
    credential = a_credential_for(anna.services, anna.course, rule=rule)
    author = a_principal(None, Right.AUTHOR_COURSES, Right.AWARD_CREDENTIALS)
    earning = anna.services.earning

    result = earning.eligibility_of(anna.principal.person, credential.id, by=author)

    assert result.verdict.name is None
