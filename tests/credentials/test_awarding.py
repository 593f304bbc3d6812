"""AwardService: issuing credentials by hand."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.access import OPERATOR, NotPermitted
from accounts.domain.audit.entities import AuditAction
from courses.domain.entities.courses import Course
from credentials.domain.entities.definitions import Credential
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    NotEligible,
    NothingToRecordOn,
    ReasonMissing,
)
from credentials.domain.services.awarding import AwardOutcome
from tests.support.learning import (
    Learner,
    a_credential_for,
    a_learner,
    a_published_course,
    items_of,
)
from tests.support.organizations import acts_in
from tests.support.worlds import World


@pytest.fixture
def course(memory: World) -> Course:
    return a_published_course(memory.services)


@pytest.fixture
def credential(memory: World, course: Course) -> Credential:
    return a_credential_for(memory.services, course)


def award(memory: World, credential: Credential, anna: Learner, **parts: Any) -> None:
    defaults: dict[str, Any] = {"reason": "Passed on paper.", "by": OPERATOR}
    memory.services.awards.award(credential.id, anna.principal.person, **defaults | parts)


def outcome(memory: World, credential: Credential, anna: Learner) -> AwardOutcome:
    (plan,) = memory.services.awards.plan(credential.id, [anna.principal.person], by=OPERATOR)
    return plan.outcome


def halfway(memory: World, course: Course) -> Learner:
    anna = a_learner(memory)
    anna.enrols(course)
    anna.completes(course, items_of(memory.services, course)[0])
    return anna


def test_somebody_who_passed_before_there_was_a_credential_is_eligible(
    memory: World, course: Course
) -> None:
    anna = a_learner(memory)
    anna.passes(course)
    credential = a_credential_for(memory.services, course)

    before = outcome(memory, credential, anna)
    award(memory, credential, anna)

    assert before is AwardOutcome.ELIGIBLE
    assert outcome(memory, credential, anna) is AwardOutcome.HOLDS
    (held,) = anna.held()
    assert held.valid
    assert held.issued.evidence.course_id == course.id
    assert memory.services.verifier.verify(by=OPERATOR).is_clean


def test_it_is_issued_to_somebody_who_is_not_eligible_only_on_insistence(
    memory: World, course: Course, credential: Credential
) -> None:
    anna = halfway(memory, course)

    with pytest.raises(NotEligible):
        award(memory, credential, anna)
    award(memory, credential, anna, even_if_not_eligible=True)

    assert [held.valid for held in anna.held()] == [True]
    entry = acts_in(memory.services, None)[-1]
    assert (entry.action, entry.reason) == (AuditAction.CREDENTIAL_AWARDED, "Passed on paper.")
    assert entry.after["is_eligible"] is False


def test_a_plan_says_what_is_missing(memory: World, course: Course, credential: Credential) -> None:
    anna = halfway(memory, course)

    (plan,) = memory.services.awards.plan(credential.id, [anna.principal.person], by=OPERATOR)

    assert plan.outcome is AwardOutcome.NOT_ELIGIBLE
    assert course.title in plan.missing[0]


def test_it_is_issued_once(memory: World, course: Course, credential: Credential) -> None:
    anna = a_learner(memory)
    anna.passes(course)

    with pytest.raises(AlreadyIssued):
        award(memory, credential, anna, even_if_not_eligible=True)


def test_a_revoked_one_is_only_issued_again(
    memory: World, course: Course, credential: Credential
) -> None:
    anna = a_learner(memory)
    anna.passes(course)
    (held,) = anna.held()
    memory.services.issuing.revoke(held.issued.id, reason="Copied.", by=OPERATOR)

    assert outcome(memory, credential, anna) is AwardOutcome.REVOKED
    with pytest.raises(AlreadyRevoked):
        award(memory, credential, anna, even_if_not_eligible=True)


def test_a_withdrawn_one_is_not_issued(
    memory: World, course: Course, credential: Credential
) -> None:
    anna = halfway(memory, course)
    memory.services.credentials.offer(credential.id, is_offered=False, reason="Old.", by=OPERATOR)

    assert outcome(memory, credential, anna) is AwardOutcome.WITHDRAWN
    with pytest.raises(NotEligible):
        award(memory, credential, anna, even_if_not_eligible=True)


def test_somebody_who_was_never_enrolled_has_no_log_to_record_it_in(
    memory: World, credential: Credential
) -> None:
    anna = a_learner(memory)

    assert outcome(memory, credential, anna) is AwardOutcome.NEVER_ENROLLED
    with pytest.raises(NothingToRecordOn):
        award(memory, credential, anna, even_if_not_eligible=True)


@pytest.mark.parametrize("reason", ["", "  "])
def test_awarding_takes_a_reason(
    memory: World, course: Course, credential: Credential, reason: str
) -> None:
    with pytest.raises(ReasonMissing):
        award(memory, credential, halfway(memory, course), reason=reason)


def test_only_officers_award(memory: World, course: Course, credential: Credential) -> None:
    anna = halfway(memory, course)
    learner = replace(anna.principal, rights=frozenset())

    with pytest.raises(NotPermitted):
        award(memory, credential, anna, by=learner)
    with pytest.raises(NotPermitted):
        memory.services.awards.plan(credential.id, [anna.principal.person], by=learner)
