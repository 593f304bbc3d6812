"""Evidence of credentials that were earned by grades for which models had proposed scores."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import Principal
from authsvc.kernel.tenancy import ALL_TENANTS
from credentials.domain.entities.credentials import Binding, IssuedCredential
from credentials.domain.entities.rules import CompletedCourse, ScoredAtLeast
from progress.domain.entities.attempts import AssessmentAttempt
from progress.domain.entities.grades import Mark
from progress.public import AssistedGrade
from tests.credentials.storing import a_stored_issue
from tests.support.attempts import Examinee
from tests.support.learning import a_credential_for
from tests.support.proposals import GradingModel, a_grader, an_essayist, essay_of, use_grading_model
from tests.support.worlds import World


def graded(anna: Examinee, attempt: AssessmentAttempt, by: Principal) -> None:
    marks = tuple(
        Mark(question_id=question.id, score=question.max_score)
        for question in anna.assessment("essay").questions
    )
    anna.services.grading.grade(attempt.id, marks, by=by)


def issued_to(anna: Examinee) -> IssuedCredential:
    (verification,) = anna.held()
    assert verification.valid
    return verification.issued


def rule_of(anna: Examinee, kind: str) -> Any:
    if kind == "score":
        return ScoredAtLeast(anna.assessment("essay").id, 60)
    return CompletedCourse(anna.course.id) if kind == "course" else None


@pytest.mark.parametrize("kind", ["no rule", "course", "score"])
def test_evidence_names_the_grader_and_the_model(world: World, kind: str) -> None:
    anna, bo = an_essayist(world), a_grader(world)
    a_credential_for(world.services, anna.course, rule=rule_of(anna, kind))
    attempt = essay_of(anna)
    use_grading_model(world.services, GradingModel()).propose(attempt.id, by=bo)

    graded(anna, attempt, bo)

    issued = issued_to(anna)
    assert issued.evidence.assisted_grades == (
        AssistedGrade(
            attempt_id=attempt.id, graded_by=bo.user_id, models=("scripted/knots-1-20261101",)
        ),
    )


def test_evidence_names_no_model_that_has_proposed_nothing(memory: World) -> None:
    anna, bo = an_essayist(memory), a_grader(memory)
    a_credential_for(memory.services, anna.course)

    graded(anna, essay_of(anna), bo)

    assert issued_to(anna).evidence.assisted_grades == ()


def test_assisted_grades_are_bound_with_the_credential(world: World) -> None:
    anna, bo = an_essayist(world), a_grader(world)
    a_credential_for(world.services, anna.course)
    attempt = essay_of(anna)
    use_grading_model(world.services, GradingModel()).propose(attempt.id, by=bo)
    graded(anna, attempt, bo)

    issued = issued_to(anna)
    forged = replace(issued, evidence=replace(issued.evidence, assisted_grades=()))

    assert issued.content_hash != forged.content_hash
    (verification,) = anna.held()
    assert verification.binding is Binding.BOUND
    assert world.services.issuing.verify(issued.id).valid


def test_a_credential_without_them_is_stored_and_hashed_as_before(world: World) -> None:
    issued = a_stored_issue(world)

    stored = world.repositories.issued_credentials.shown(issued.id)

    assert stored == issued
    assert stored.evidence.assisted_grades == ()
    assert list(world.repositories.issued_credentials.in_streams(scope=ALL_TENANTS))
