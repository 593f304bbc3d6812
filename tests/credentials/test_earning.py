"""EarningService: automatic issue, claims and eligibility by rules."""

from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Right
from courses.domain.entities.assessments import AssessmentId
from courses.domain.entities.courses import CourseId
from credentials.domain.entities.rules import (
    AllOf,
    AnyOf,
    CompletedCourse,
    ScoredAtLeast,
    Trigger,
    TriggerKind,
)
from credentials.domain.errors import AlreadyIssued, CredentialNotFound, InvalidRule, NotEligible
from progress.domain.entities.events import EventType
from tests.support.builders import a_principal
from tests.support.learning import a_credential_for, a_learner, a_published_course
from tests.support.organizations import a_member
from tests.support.worlds import World


def test_a_rule_of_two_courses_is_met_by_the_last_of_them(memory: World) -> None:
    anna, services = a_learner(memory), memory.services
    knots, bends = a_published_course(services), a_published_course(services)
    rule = AllOf((CompletedCourse(knots.id), CompletedCourse(bends.id)))
    a_credential_for(services, knots, rule=rule)

    anna.passes(knots)
    before = anna.held()
    anna.passes(bends)

    (verification,) = anna.held()
    assert before == []
    assert verification.issued.evidence.course_id == bends.id
    assert anna.types_of(bends)[-1] is EventType.CREDENTIAL_ISSUED
    assert EventType.CREDENTIAL_ISSUED not in anna.types_of(knots)


def test_an_issued_credential_has_the_proofs_of_its_rule(memory: World) -> None:
    anna, services = a_learner(memory), memory.services
    knots, bends = a_published_course(services), a_published_course(services)
    rule = AnyOf((CompletedCourse(knots.id), CompletedCourse(bends.id)))
    a_credential_for(services, knots, rule=rule)

    progress = anna.passes(bends)

    (verification,) = anna.held()
    (proof,) = verification.issued.evidence.met_by
    assert proof.subject == Trigger(TriggerKind.COURSE, bends.id)
    assert (proof.course_version, proof.completed_at) == (1, progress.completed_at)


def test_what_was_done_before_it_was_offered_can_be_claimed_once(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.passes(course)
    credential = a_credential_for(memory.services, course)
    earning = memory.services.earning

    claimed = earning.claim(credential.id, by=anna.principal)

    assert anna.held() == [claimed]
    result = earning.eligibility(credential.id, by=anna.principal)
    assert (result.is_eligible, result.holds, result.missing) == (True, True, ())
    with pytest.raises(AlreadyIssued):
        earning.claim(credential.id, by=anna.principal)


def test_what_is_not_earned_is_not_claimed_and_it_is_said_what_is_missing(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    credential = a_credential_for(memory.services, course)

    with pytest.raises(NotEligible) as error:
        memory.services.earning.claim(credential.id, by=anna.principal)

    assert error.value.facts == {"missing": f'complete course "{course.title}" (not done)'}
    assert anna.held() == []


def test_what_is_no_longer_offered_is_not_claimed(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    anna.passes(course)
    credential = a_credential_for(memory.services, course)
    memory.services.credentials.offer(
        credential.id, is_offered=False, reason="Too easy.", by=OPERATOR
    )

    with pytest.raises(NotEligible) as error:
        memory.services.earning.claim(credential.id, by=anna.principal)

    assert error.value.facts == {"missing": "it is no longer offered"}


def test_a_rule_mentions_what_its_owner_sees(memory: World) -> None:
    course = a_published_course(memory.services)
    theirs = memory.has_course(org_id=memory.has_organization().id)
    rule = AnyOf(
        (
            CompletedCourse(course.id),
            CompletedCourse(theirs.id),
            CompletedCourse(CourseId(uuid4())),
            ScoredAtLeast(AssessmentId(uuid4()), 80),
        )
    )

    with pytest.raises(InvalidRule) as error:
        a_credential_for(memory.services, course, rule=rule)

    assert [field_error.path for field_error in error.value.field_errors] == [
        "rule/any/1/course",
        "rule/any/2/course",
        "rule/any/3/score",
    ]


def test_administrators_see_what_others_have_reached(memory: World) -> None:
    anna, course = a_learner(memory), a_published_course(memory.services)
    credential = a_credential_for(memory.services, course)
    eligibility_of = memory.services.earning.eligibility_of
    officer = a_principal(None, Right.AWARD_CREDENTIALS)

    result = eligibility_of(anna.principal.person, credential.id, by=officer)

    assert not result.is_eligible
    with pytest.raises(NotPermitted):
        eligibility_of(officer.person, credential.id, by=anna.principal)


def test_what_another_organization_offers_is_not_there(memory: World) -> None:
    harbour = memory.has_organization()
    course = memory.has_course(org_id=harbour.id)
    credential = a_credential_for(memory.services, course)
    outsider = a_member(memory.has_organization().id)

    for ask in (memory.services.earning.eligibility, memory.services.earning.claim):
        with pytest.raises(CredentialNotFound):
            ask(credential.id, by=outsider)
