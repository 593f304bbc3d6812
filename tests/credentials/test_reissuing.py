"""Revoking and re-issuing credentials."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Principal, Right
from courses.domain.entities.courses import Course
from credentials.domain.entities.credentials import (
    IssuedCredentialId,
    IssuedCredentialStatus,
    Revocation,
    RevocationCause,
    Suspension,
    Verification,
)
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    IssuedCredentialNotFound,
    ReasonMissing,
)
from progress.domain.entities.events import EventType
from tests.support.builders import NOON, a_principal
from tests.support.learning import Learner, a_credential_for, a_learner, a_published_course
from tests.support.worlds import World

ISSUED, REVOKED, _, EXPIRED, _ = IssuedCredentialStatus
OTHERS: Final = [right for right in Right if right is not Right.AWARD_CREDENTIALS]
LATER: Final = NOON + timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """Anna, one hour after a credential valid for 30 days was issued to them, and Root, who may revoke it."""

    world: World
    anna: Learner
    course: Course
    first: Verification
    root: Principal

    def revokes(self, verification: Verification, reason: str = "Misspelt.") -> Verification:
        return self.world.services.issuing.revoke(
            verification.issued.id, reason=reason, by=self.root
        )

    def reissues(self, verification: Verification, reason: str = "Misspelt.") -> Verification:
        return self.world.services.issuing.reissue(
            verification.issued.id, reason=reason, by=self.root
        )

    def now(self, verification: Verification) -> Verification:
        return self.world.services.issuing.verify(verification.issued.id)


@pytest.fixture
def case(memory: World) -> Case:
    anna, course = a_learner(memory), a_published_course(memory.services)
    a_credential_for(memory.services, course, valid_for_days=30)
    anna.passes(course)
    memory.clock.go_on(hours=1)
    root = a_principal(memory.has_user(name="Root"), Right.AWARD_CREDENTIALS)
    return Case(memory, anna, course, anna.held()[0], root)


def test_a_revoked_credential_says_why_by_whom_and_when(case: Case) -> None:
    revoked = case.revokes(case.first, "Issued in error.")

    assert revoked.status is REVOKED
    assert revoked.issued.revocation == Revocation(
        at=LATER, reason="Issued in error.", by=case.root.user_id
    )
    assert case.now(case.first) == revoked
    assert case.anna.held() == [revoked]


def test_a_suspended_credential_says_why_by_whom_and_when(case: Case) -> None:
    suspended = case.world.services.issuing.suspend(
        case.first.issued.id, reason="A complaint.", by=case.root
    )

    assert suspended.issued.suspension == Suspension(
        at=LATER, reason="A complaint.", by=case.root.user_id
    )
    assert case.now(case.first) == suspended


def test_a_revoked_credential_is_known_and_not_valid(case: Case) -> None:
    case.revokes(case.first)

    verification = case.world.services.issuing.verify(case.first.issued.id)

    assert (verification.status, verification.valid) == (REVOKED, False)
    assert verification.issued.issued_at == case.first.issued.issued_at


def test_revoking_is_recorded_in_the_stream_of_the_holder(case: Case) -> None:
    before = case.anna.progress_on(case.course)

    case.revokes(case.first)

    last = case.anna.log_of(case.course)[-1]
    issued = case.first.issued
    assert (last.fact.type, last.fact.entity_id) == (EventType.CREDENTIAL_REVOKED, issued.id)
    assert last.fact.payload == {
        "credential_id": str(issued.credential_id),
        "credential_version": 1,
        "sha256": case.anna.held()[0].issued.content_hash,
    }
    assert last.recorded_by == case.root.user_id
    after = case.anna.progress_on(case.course)
    assert after == replace(
        before,
        sequence=before.sequence + 1,
        hash=last.hash,
        changed_at=last.occurred_at,
    )


def test_the_event_log_does_not_contain_the_reason(case: Case) -> None:
    case.revokes(case.first, "Anna Ek copied from Ben.")

    assert "Anna Ek" not in str(case.anna.log_of(case.course))


def test_the_operator_revokes_without_a_user_id(case: Case) -> None:
    revoked = case.world.services.issuing.revoke(
        case.first.issued.id, reason="Misspelt.", by=OPERATOR
    )

    assert revoked.issued.revocation == Revocation(at=LATER, reason="Misspelt.", by=None)
    assert case.anna.log_of(case.course)[-1].recorded_by is None


def test_a_credential_is_revoked_once(case: Case) -> None:
    revoked = case.revokes(case.first)

    with pytest.raises(AlreadyRevoked):
        case.revokes(case.first, "Again.")

    assert case.now(case.first) == revoked
    assert case.anna.types_of(case.course).count(EventType.CREDENTIAL_REVOKED) == 1


def test_nothing_is_taken_away_without_a_reason(case: Case) -> None:
    length = len(case.anna.log_of(case.course))

    with pytest.raises(ReasonMissing):
        case.revokes(case.first, "  ")
    with pytest.raises(ReasonMissing):
        case.reissues(case.first, "")

    assert case.anna.held() == [case.first]
    assert len(case.anna.log_of(case.course)) == length


def test_a_credential_that_has_expired_can_be_revoked(case: Case) -> None:
    case.world.clock.go_on(days=30)

    assert case.revokes(case.first).status is REVOKED


def test_what_was_never_issued_is_not_found(case: Case) -> None:
    unknown = IssuedCredentialId(uuid4())
    issuing = case.world.services.issuing

    with pytest.raises(IssuedCredentialNotFound):
        issuing.revoke(unknown, reason="Misspelt.", by=case.root)
    with pytest.raises(IssuedCredentialNotFound):
        issuing.reissue(unknown, reason="Misspelt.", by=case.root)


@pytest.mark.parametrize("rights", [(), OTHERS], ids=["a learner", "with all other rights"])
def test_nobody_awards_without_the_right_to(case: Case, rights: list[Right]) -> None:
    bo, issuing = a_principal(None, *rights), case.world.services.issuing

    with pytest.raises(NotPermitted) as error:
        issuing.revoke(case.first.issued.id, reason="Misspelt.", by=bo)
    with pytest.raises(NotPermitted):
        issuing.reissue(case.first.issued.id, reason="Misspelt.", by=bo)

    assert error.value.facts == {"right": "award-credentials"}
    assert case.anna.held() == [case.first]


def test_the_holder_can_neither_revoke_nor_reissue_it(case: Case) -> None:
    issuing, anna = case.world.services.issuing, case.anna.principal

    with pytest.raises(NotPermitted):
        issuing.revoke(case.first.issued.id, reason="Mine.", by=anna)
    with pytest.raises(NotPermitted):
        issuing.reissue(case.first.issued.id, reason="Mine.", by=anna)


def test_a_wrong_credential_is_replaced_by_a_new_one(case: Case) -> None:
    new = case.reissues(case.first, "Misspelt.")

    old = case.now(case.first)
    assert (old.status, new.status) == (REVOKED, ISSUED)
    assert old.issued.revocation == Revocation(
        at=LATER, reason="Misspelt.", by=case.root.user_id, cause=RevocationCause.REPLACED
    )
    assert new.issued == replace(
        case.first.issued,
        id=new.issued.id,
        issued_at=LATER,
        expires_at=LATER + timedelta(days=30),
        supersedes=case.first.issued.id,
    )
    assert old.superseded_by == new.issued.id
    assert case.anna.held() == [replace(old, superseded_by=None), new]


def test_reissuing_is_recorded_as_a_revocation_and_an_issue(case: Case) -> None:
    new = case.reissues(case.first)

    revoked, issued = (event.fact for event in case.anna.log_of(case.course)[-2:])
    assert (revoked.type, revoked.entity_id) == (
        EventType.CREDENTIAL_REVOKED,
        case.first.issued.id,
    )
    assert (issued.type, issued.entity_id) == (EventType.CREDENTIAL_ISSUED, new.issued.id)


def test_the_day_of_issue_never_moves(case: Case) -> None:
    case.reissues(case.first)
    case.world.clock.go_on(days=1)

    assert case.now(case.first).issued.issued_at == case.first.issued.issued_at == NOON


def test_a_reissued_credential_has_the_present_terms(case: Case) -> None:
    issued = case.first.issued
    terms = replace(issued.terms, name="Knots for Sailors", valid_for_days=None)
    case.world.services.credentials.amend(issued.credential_id, terms, by=OPERATOR)

    new = case.reissues(case.first)

    assert (new.issued.credential_version, new.issued.terms) == (2, terms)
    assert new.issued.expires_at is None
    assert new.issued.evidence == issued.evidence
    assert case.now(case.first).issued.terms == issued.terms


def test_a_credential_that_is_no_longer_offered_can_be_reissued(case: Case) -> None:
    credential_id = case.first.issued.credential_id
    case.world.services.credentials.offer(
        credential_id, is_offered=False, reason="Too easy.", by=OPERATOR
    )

    assert case.reissues(case.first).status is ISSUED


def test_an_expired_credential_is_replaced_by_a_valid_one(case: Case) -> None:
    case.world.clock.go_on(days=30)

    new = case.reissues(case.first)

    old = case.now(case.first)
    assert (old.status, old.issued.is_current, old.issued.revocation) == (EXPIRED, False, None)
    assert (new.status, new.issued.is_current) == (ISSUED, True)
    assert new.issued.supersedes == case.first.issued.id
    assert EventType.CREDENTIAL_REVOKED not in case.anna.types_of(case.course)


def test_a_revoked_credential_is_replaced_by_a_valid_one(case: Case) -> None:
    revoked = case.revokes(case.first)

    new = case.reissues(case.first, "It was right after all.")

    assert new.status is ISSUED
    assert new.issued.supersedes == case.first.issued.id
    assert case.now(case.first) == replace(revoked, superseded_by=new.issued.id)


@pytest.mark.parametrize("days", [0, 30], ids=["revoked", "expired"])
def test_an_old_credential_is_not_reissued_while_a_later_one_is_current(
    case: Case, days: int
) -> None:
    case.world.clock.go_on(days=days)
    new = case.reissues(case.first)
    log = case.anna.log_of(case.course)

    with pytest.raises(AlreadyIssued):
        case.reissues(case.first)

    assert case.now(new) == new
    assert len(case.anna.held()) == 2
    assert case.anna.log_of(case.course) == log


def test_credentials_can_be_reissued_again_and_again(case: Case) -> None:
    second = case.reissues(case.first)
    case.world.clock.go_on(hours=1)

    third = case.reissues(second)

    assert [item.issued.supersedes for item in case.anna.held()] == [
        None,
        case.first.issued.id,
        second.issued.id,
    ]
    assert [item.issued.is_current for item in case.anna.held()] == [False, False, True]
    assert case.now(third).status is ISSUED
