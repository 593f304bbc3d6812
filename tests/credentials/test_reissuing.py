"""Taking credentials back, and issuing them anew."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.entities import OPERATOR, Principal, Right
from accounts.domain.errors import NotPermitted
from courses.domain.entities import Course
from credentials.domain.entities import (
    HeldCredential,
    Revocation,
    UserCredentialId,
    UserCredentialStatus,
)
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    ReasonMissing,
    UserCredentialNotFound,
)
from progress.domain.entities import EventType
from tests.support.builders import NOON, a_principal
from tests.support.learning import Learner, a_credential_for, a_learner, a_published_course
from tests.support.worlds import World

ISSUED, REVOKED, EXPIRED = UserCredentialStatus
OTHERS: Final = [right for right in Right if right is not Right.AWARD_CREDENTIALS]
LATER: Final = NOON + timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """Anna, who holds a credential that is valid for 30 days; and Root, who may take it away. An hour has passed."""

    world: World
    anna: Learner
    course: Course
    first: HeldCredential
    root: Principal

    def revokes(self, held: HeldCredential, reason: str = "Misspelt.") -> HeldCredential:
        return self.world.services.issuing.revoke(held.copy.id, reason=reason, by=self.root)

    def reissues(self, held: HeldCredential, reason: str = "Misspelt.") -> HeldCredential:
        return self.world.services.issuing.reissue(held.copy.id, reason=reason, by=self.root)

    def now(self, held: HeldCredential) -> HeldCredential:
        return self.world.services.issuing.get(held.copy.id)


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
    assert revoked.copy.revocation == Revocation(
        at=LATER, reason="Issued in error.", by=case.root.user_id
    )
    assert case.now(case.first) == revoked
    assert case.anna.held() == [revoked]


def test_a_revoked_credential_is_known_and_not_valid(case: Case) -> None:
    case.revokes(case.first)

    verification = case.world.services.issuing.verify(case.first.copy.id)

    assert (verification.status, verification.valid) == (REVOKED, False)
    assert verification.issued_at == case.first.copy.issued_at


def test_revoking_is_recorded_in_the_stream_of_the_holder(case: Case) -> None:
    before = case.anna.progress_on(case.course)

    case.revokes(case.first)

    last = case.anna.log_of(case.course)[-1]
    copy = case.first.copy
    assert (last.fact.type, last.fact.entity_id) == (EventType.CREDENTIAL_REVOKED, copy.id)
    assert last.fact.payload == {"credential_id": str(copy.credential_id), "credential_version": 1}
    assert last.recorded_by == case.root.user_id
    after = case.anna.progress_on(case.course)
    assert after == replace(before, sequence=before.sequence + 1, hash=last.hash)


def test_the_log_keeps_the_reason_to_itself(case: Case) -> None:
    case.revokes(case.first, "Anna Ek copied from Ben.")

    assert "Anna Ek" not in str(case.anna.log_of(case.course))


def test_whoever_runs_commands_revokes_as_nobody(case: Case) -> None:
    revoked = case.world.services.issuing.revoke(
        case.first.copy.id, reason="Misspelt.", by=OPERATOR
    )

    assert revoked.copy.revocation == Revocation(at=LATER, reason="Misspelt.", by=None)
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
    unknown = UserCredentialId(uuid4())
    issuing = case.world.services.issuing

    with pytest.raises(UserCredentialNotFound):
        issuing.revoke(unknown, reason="Misspelt.", by=case.root)
    with pytest.raises(UserCredentialNotFound):
        issuing.reissue(unknown, reason="Misspelt.", by=case.root)


@pytest.mark.parametrize("rights", [(), OTHERS], ids=["a learner", "with all other rights"])
def test_nobody_awards_without_the_right_to(case: Case, rights: list[Right]) -> None:
    bo, issuing = a_principal(None, *rights), case.world.services.issuing

    with pytest.raises(NotPermitted) as refusal:
        issuing.revoke(case.first.copy.id, reason="Misspelt.", by=bo)
    with pytest.raises(NotPermitted):
        issuing.reissue(case.first.copy.id, reason="Misspelt.", by=bo)

    assert refusal.value.facts == {"right": "award-credentials"}
    assert case.anna.held() == [case.first]


def test_the_holder_cannot_take_it_away_or_have_it_anew(case: Case) -> None:
    issuing, anna = case.world.services.issuing, case.anna.principal

    with pytest.raises(NotPermitted):
        issuing.revoke(case.first.copy.id, reason="Mine.", by=anna)
    with pytest.raises(NotPermitted):
        issuing.reissue(case.first.copy.id, reason="Mine.", by=anna)


def test_in_place_of_a_wrong_copy_comes_a_new_one(case: Case) -> None:
    new = case.reissues(case.first, "Misspelt.")

    old = case.now(case.first)
    assert (old.status, new.status) == (REVOKED, ISSUED)
    assert old.copy.revocation == Revocation(at=LATER, reason="Misspelt.", by=case.root.user_id)
    assert new.copy == replace(
        case.first.copy,
        id=new.copy.id,
        issued_at=LATER,
        expires_at=LATER + timedelta(days=30),
        supersedes=case.first.copy.id,
    )
    assert case.anna.held() == [old, new]


def test_issuing_anew_is_recorded_as_taking_away_and_giving(case: Case) -> None:
    new = case.reissues(case.first)

    revoked, issued = (event.fact for event in case.anna.log_of(case.course)[-2:])
    assert (revoked.type, revoked.entity_id) == (
        EventType.CREDENTIAL_REVOKED,
        case.first.copy.id,
    )
    assert (issued.type, issued.entity_id) == (EventType.CREDENTIAL_ISSUED, new.copy.id)


def test_the_day_of_issue_never_moves(case: Case) -> None:
    case.reissues(case.first)
    case.world.clock.go_on(days=1)

    assert case.now(case.first).copy.issued_at == case.first.copy.issued_at == NOON


def test_a_new_copy_is_on_the_terms_of_today(case: Case) -> None:
    copy = case.first.copy
    terms = replace(copy.terms, name="Knots for Sailors", valid_for_days=None)
    case.world.services.credentials.amend(copy.credential_id, terms, by=OPERATOR)

    new = case.reissues(case.first)

    assert (new.copy.credential_version, new.copy.terms) == (2, terms)
    assert new.copy.expires_at is None
    assert new.copy.evidence == copy.evidence
    assert case.now(case.first).copy.terms == copy.terms


def test_what_is_no_longer_offered_can_be_issued_anew(case: Case) -> None:
    credential_id = case.first.copy.credential_id
    case.world.services.credentials.offer(credential_id, is_offered=False, by=OPERATOR)

    assert case.reissues(case.first).status is ISSUED


def test_in_place_of_an_expired_copy_comes_one_that_is_valid(case: Case) -> None:
    case.world.clock.go_on(days=30)

    new = case.reissues(case.first)

    old = case.now(case.first)
    assert (old.status, old.copy.is_current, old.copy.revocation) == (EXPIRED, False, None)
    assert (new.status, new.copy.is_current) == (ISSUED, True)
    assert new.copy.supersedes == case.first.copy.id
    assert EventType.CREDENTIAL_REVOKED not in case.anna.types_of(case.course)


def test_in_place_of_a_revoked_copy_comes_one_that_is_valid(case: Case) -> None:
    revoked = case.revokes(case.first)

    new = case.reissues(case.first, "It was right after all.")

    assert new.status is ISSUED
    assert new.copy.supersedes == case.first.copy.id
    assert case.now(case.first) == revoked


@pytest.mark.parametrize("days", [0, 30], ids=["revoked", "expired"])
def test_nothing_comes_in_place_of_an_old_copy_while_a_later_one_is_current(
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


def test_copies_follow_each_other_without_end(case: Case) -> None:
    second = case.reissues(case.first)
    case.world.clock.go_on(hours=1)

    third = case.reissues(second)

    assert [held.copy.supersedes for held in case.anna.held()] == [
        None,
        case.first.copy.id,
        second.copy.id,
    ]
    assert [held.copy.is_current for held in case.anna.held()] == [False, False, True]
    assert case.now(third).status is ISSUED
