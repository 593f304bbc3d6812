"""Access to attempts, and the effects of new versions and withdrawals."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.assessments import Answer, AssessmentId
from courses.domain.errors import AssessmentNotFound
from progress.domain.entities.attempts import AttemptId
from progress.domain.errors import AttemptNotFound, NotEnrolled
from tests.support.attempts import (
    RIGHT,
    Examinee,
    a_definition_with_exams,
    an_examinee,
    another_examinee,
    attempts_at,
    has_attempt,
)
from tests.support.builders import a_principal
from tests.support.organizations import a_member
from tests.support.worlds import World

WRONG = {"slips": Answer(choices=frozenset({"bowline"}))}


@pytest.fixture
def anna(memory: World) -> Examinee:
    return an_examinee(memory)


def test_only_enrolled_learners_start_attempts(memory: World, anna: Examinee) -> None:
    ben = replace(anna, principal=a_principal(memory.has_user()))
    anna.withdraws(anna.course)

    for nobody in (anna, ben):
        with pytest.raises(NotEnrolled):
            nobody.begins()


def test_an_unknown_assessment_is_not_found(anna: Examinee) -> None:
    unknown = AssessmentId(uuid4())

    with pytest.raises(AssessmentNotFound):
        anna.services.attempts.start(unknown, by=anna.principal)
    with pytest.raises(AssessmentNotFound):
        attempts_at(anna.services, unknown, by=anna.principal)


def test_an_assessment_of_a_later_version_is_not_found_on_this_one(anna: Examinee) -> None:
    definition = a_definition_with_exams()
    (module,) = definition.modules
    renamed = replace(module.items[0], key="another-quiz")
    later = replace(definition, modules=(replace(module, items=(renamed, *module.items[1:])),))
    anna.services.authoring.revise(anna.course.slug, later, by=OPERATOR)
    anna.services.authoring.publish(anna.course.slug, by=OPERATOR)

    with pytest.raises(AssessmentNotFound):
        anna.begins("another-quiz")


def test_attempts_of_others_are_not_there(memory: World, anna: Examinee) -> None:
    attempt, ben = anna.begins(), another_examinee(memory, anna.course)
    acts: list[Callable[[], object]] = [
        lambda: ben.services.attempts.get(attempt.id, by=ben.principal),
        lambda: ben.answers(attempt),
        lambda: ben.hands_in(attempt),
        lambda: ben.services.attempts.get(AttemptId(uuid4()), by=ben.principal),
    ]

    for act in acts:
        with pytest.raises(AttemptNotFound):
            act()

    assert attempts_at(ben.services, attempt.assessment_id, by=ben.principal) == []


def test_ones_own_attempts_come_in_their_order(anna: Examinee) -> None:
    tried = [anna.takes(**WRONG), anna.takes(**RIGHT)]

    result = attempts_at(anna.services, tried[0].assessment_id, by=anna.principal)

    assert result == tried


def test_an_attempt_in_an_organization_is_for_its_members(memory: World) -> None:
    school = memory.has_organization()
    anna = an_examinee(memory, school)
    attempt = anna.begins()
    put_out = replace(anna, principal=replace(anna.principal, memberships={}))

    with pytest.raises(AttemptNotFound):
        put_out.hands_in(attempt)
    with pytest.raises(AssessmentNotFound):
        put_out.begins()
    with pytest.raises(AssessmentNotFound):
        anna.services.attempts.start(
            attempt.assessment_id, by=a_member(memory.has_organization().id, OrgRole.OWNER)
        )

    assert anna.hands_in(attempt).org_id == school.id


def test_what_is_passed_on_a_version_that_had_the_item_completes_nothing_where_it_is_gone(
    anna: Examinee,
) -> None:
    attempt = anna.begins()
    anna.answers(attempt, **RIGHT)
    definition = a_definition_with_exams()
    (module,) = definition.modules
    without = replace(definition, modules=(replace(module, items=module.items[1:]),))
    anna.services.authoring.revise(anna.course.slug, without, by=OPERATOR)
    anna.services.authoring.publish(anna.course.slug, by=OPERATOR)
    anna.services.learning.upgrade(anna.course.slug, by=anna.principal)

    assert anna.hands_in(attempt).is_passed

    assert anna.progress_on(anna.course).completed_items == ()


def test_an_attempt_of_somebody_who_was_never_on_the_course_is_not_found(
    memory: World, anna: Examinee
) -> None:
    place = anna.services.catalog.place_of(anna.assessment("quiz").id, scope=ALL_TENANTS)
    stray = has_attempt(memory, place)

    with pytest.raises(AttemptNotFound):
        anna.services.attempts.submit(stray.id, by=replace(anna.principal, user_id=stray.user_id))
    with pytest.raises(AttemptNotFound):
        anna.services.grading.void(stray.id, reason="Stray.", by=OPERATOR)
