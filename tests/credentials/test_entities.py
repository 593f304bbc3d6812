"""What a credential is, and what becomes of the copies that people hold."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.entities import UserId
from courses.domain.entities import CourseId
from credentials.domain.entities import (
    LONGEST_VALIDITY_DAYS,
    Credential,
    CredentialType,
    Evidence,
    Revocation,
    UserCredential,
    UserCredentialId,
    UserCredentialStatus,
    Verification,
)
from credentials.domain.errors import AlreadyRevoked, ImpossibleValidity, ReasonMissing
from tests.support.builders import NOON, a_credential, a_user, a_user_credential, some_terms

ROOT: Final = UserId(uuid4())
ISSUED, REVOKED, EXPIRED = UserCredentialStatus
A_DAY: Final = timedelta(days=1)
AN_INSTANT: Final = timedelta(microseconds=1)


def a_copy(*, valid_for_days: int | None = None) -> UserCredential:
    credential = a_credential(terms=some_terms(valid_for_days=valid_for_days))
    return a_user_credential(credential, a_user())


def issued(credential: Credential, *, at: datetime) -> UserCredential:
    evidence = Evidence(course_id=CourseId(uuid4()), course_version=2, completed_at=NOON - A_DAY)
    return UserCredential.issued(
        UserCredentialId(uuid4()),
        credential=credential,
        user_id=a_user().id,
        evidence=evidence,
        at=at,
    )


def test_other_terms_make_a_new_version() -> None:
    credential = a_credential(version=3)
    terms = replace(credential.terms, name="Knots for Sailors")

    amended = credential.amended(terms)

    assert amended == replace(credential, version=4, terms=terms)


def test_the_same_terms_make_none() -> None:
    credential = a_credential(version=3)

    amended = credential.amended(replace(credential.terms))

    assert amended == credential


@pytest.mark.parametrize("days", [None, 1, LONGEST_VALIDITY_DAYS])
def test_a_credential_is_valid_for_some_days_or_for_ever(days: int | None) -> None:
    terms = some_terms(valid_for_days=days)

    assert terms.checked() == terms


@pytest.mark.parametrize("days", [-1, 0, LONGEST_VALIDITY_DAYS + 1, 2**31 - 1])
def test_a_credential_cannot_be_valid_for_less_or_longer(days: int) -> None:
    with pytest.raises(ImpossibleValidity) as refusal:
        some_terms(valid_for_days=days).checked()

    assert refusal.value.facts == {"longest": LONGEST_VALIDITY_DAYS}
    assert [complaint.path for complaint in refusal.value.complaints] == ["valid_for_days"]


@pytest.mark.parametrize("days", [0, LONGEST_VALIDITY_DAYS + 1])
def test_a_credential_is_not_amended_to_what_cannot_be_issued(days: int) -> None:
    with pytest.raises(ImpossibleValidity):
        a_credential().amended(some_terms(valid_for_days=days))


def test_the_longest_validity_ends_within_the_calendar() -> None:
    credential = a_credential(terms=some_terms(valid_for_days=LONGEST_VALIDITY_DAYS))

    copy = issued(credential, at=NOON)

    assert copy.expires_at == NOON + timedelta(days=LONGEST_VALIDITY_DAYS)


def test_a_copy_has_the_terms_of_the_version_that_is_issued() -> None:
    credential = a_credential(version=5)

    copy = issued(credential, at=NOON)

    assert (copy.credential_id, copy.credential_version) == (credential.id, 5)
    assert copy.terms == credential.terms
    assert copy.issued_at == NOON
    assert copy.evidence.completed_at == NOON - A_DAY
    assert (copy.supersedes, copy.revocation) == (None, None)
    assert copy.is_current


def test_a_copy_without_a_validity_never_expires() -> None:
    copy = a_copy(valid_for_days=None)

    assert copy.expires_at is None
    assert copy.status(at=NOON + 100_000 * A_DAY) is ISSUED


@pytest.mark.parametrize(
    ("after_issue", "status"),
    [
        (timedelta(0), ISSUED),
        (30 * A_DAY - AN_INSTANT, ISSUED),
        (30 * A_DAY, EXPIRED),
        (30 * A_DAY + AN_INSTANT, EXPIRED),
    ],
)
def test_a_copy_expires_at_the_very_moment(
    after_issue: timedelta, status: UserCredentialStatus
) -> None:
    copy = a_copy(valid_for_days=30)

    assert copy.expires_at == NOON + 30 * A_DAY
    assert copy.status(at=NOON + after_issue) is status


def test_a_revoked_copy_says_why_and_by_whom_and_is_no_longer_current() -> None:
    copy = a_copy()

    revoked = copy.revoked(at=NOON + A_DAY, reason="Issued in error.", by=ROOT)

    assert revoked == replace(
        copy,
        revocation=Revocation(at=NOON + A_DAY, reason="Issued in error.", by=ROOT),
        is_current=False,
    )
    assert revoked.status(at=NOON + A_DAY) is REVOKED


def test_a_copy_that_is_revoked_does_not_expire() -> None:
    revoked = a_copy(valid_for_days=1).revoked(at=NOON, reason="Misspelt.", by=ROOT)

    assert revoked.status(at=NOON + 2 * A_DAY) is REVOKED


def test_a_copy_that_has_expired_can_be_revoked() -> None:
    revoked = a_copy(valid_for_days=1).revoked(at=NOON + 2 * A_DAY, reason="Misspelt.", by=ROOT)

    assert revoked.status(at=NOON + 2 * A_DAY) is REVOKED


def test_a_copy_is_revoked_once() -> None:
    revoked = a_copy().revoked(at=NOON, reason="Misspelt.", by=ROOT)

    with pytest.raises(AlreadyRevoked):
        revoked.revoked(at=NOON, reason="Issued in error.", by=ROOT)


@pytest.mark.parametrize("reason", ["", " ", "\t\n", "\u2003"])
def test_a_copy_is_not_revoked_without_a_reason(reason: str) -> None:
    with pytest.raises(ReasonMissing) as refusal:
        a_copy().revoked(at=NOON, reason=reason, by=ROOT)

    assert [complaint.path for complaint in refusal.value.complaints] == ["reason"]


def test_a_copy_that_a_later_one_takes_the_place_of_is_no_longer_current() -> None:
    copy = a_copy()

    assert copy.superseded() == replace(copy, is_current=False)


@pytest.mark.parametrize(
    ("status", "is_valid"), [(ISSUED, True), (REVOKED, False), (EXPIRED, False)]
)
def test_only_what_is_issued_is_valid(status: UserCredentialStatus, *, is_valid: bool) -> None:
    verification = Verification(
        id=UserCredentialId(uuid4()),
        credential_name="Knot Basics",
        issuer="School of Knots",
        issued_at=NOON,
        expires_at=None,
        status=status,
    )

    assert verification.valid is is_valid


def test_there_are_three_types_of_credentials() -> None:
    assert {type_.value for type_ in CredentialType} == {"certificate", "badge", "microcredential"}
