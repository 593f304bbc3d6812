"""Entities of credentials."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import UserId
from courses.domain.entities.courses import CourseId
from credentials.domain.entities.credentials import (
    Evidence,
    IssuedCredential,
    IssuedCredentialId,
    IssuedCredentialStatus,
    Revocation,
    RevocationCause,
    Verification,
)
from credentials.domain.entities.definitions import (
    LONGEST_VALIDITY_DAYS,
    Credential,
    CredentialType,
)
from credentials.domain.errors import AlreadyRevoked, ImpossibleValidity, ReasonMissing
from tests.support.builders import NOON, a_credential, a_user, an_issued_credential, some_terms

ROOT: Final = UserId(uuid4())
ISSUED, REVOKED, _, EXPIRED, ALTERED = IssuedCredentialStatus
A_DAY: Final = timedelta(days=1)
AN_INSTANT: Final = timedelta(microseconds=1)


def an_issued_one(*, valid_for_days: int | None = None) -> IssuedCredential:
    credential = a_credential(terms=some_terms(valid_for_days=valid_for_days))
    return an_issued_credential(credential, a_user())


def issued_at(credential: Credential, at: datetime) -> IssuedCredential:
    evidence = Evidence(course_id=CourseId(uuid4()), course_version=2, completed_at=NOON - A_DAY)
    return IssuedCredential.issued(
        IssuedCredentialId(uuid4()),
        credential=credential,
        user_id=a_user().id,
        evidence=evidence,
        at=at,
    )


def test_other_terms_make_a_new_version() -> None:
    credential = a_credential(version=3)
    terms = replace(credential.terms, name="Knots for Sailors")

    amended = credential.amended(terms, at=NOON)

    assert amended == replace(credential, version=4, terms=terms, amended_at=NOON)


def test_the_same_terms_make_none() -> None:
    credential = a_credential(version=3)

    amended = credential.amended(replace(credential.terms), at=NOON)

    assert amended == credential


@pytest.mark.parametrize("days", [None, 1, LONGEST_VALIDITY_DAYS])
def test_a_credential_is_valid_for_some_days_or_for_ever(days: int | None) -> None:
    terms = some_terms(valid_for_days=days)

    assert terms.checked() == terms


@pytest.mark.parametrize("days", [-1, 0, LONGEST_VALIDITY_DAYS + 1, 2**31 - 1])
def test_a_credential_cannot_be_valid_for_less_or_longer(days: int) -> None:
    with pytest.raises(ImpossibleValidity) as error:
        some_terms(valid_for_days=days).checked()

    assert error.value.facts == {"longest": LONGEST_VALIDITY_DAYS}
    assert [field_error.path for field_error in error.value.field_errors] == ["valid_for_days"]


@pytest.mark.parametrize("days", [0, LONGEST_VALIDITY_DAYS + 1])
def test_a_credential_is_not_amended_to_what_cannot_be_issued(days: int) -> None:
    with pytest.raises(ImpossibleValidity):
        a_credential().amended(some_terms(valid_for_days=days), at=NOON)


def test_the_longest_validity_ends_within_the_calendar() -> None:
    credential = a_credential(terms=some_terms(valid_for_days=LONGEST_VALIDITY_DAYS))

    issued = issued_at(credential, NOON)

    assert issued.expires_at == NOON + timedelta(days=LONGEST_VALIDITY_DAYS)


def test_an_issued_credential_has_the_terms_of_its_version() -> None:
    credential = a_credential(version=5)

    issued = issued_at(credential, NOON)

    assert (issued.credential_id, issued.credential_version) == (credential.id, 5)
    assert issued.terms == credential.terms
    assert issued.issued_at == NOON
    assert issued.evidence.completed_at == NOON - A_DAY
    assert (issued.supersedes, issued.revocation) == (None, None)
    assert issued.is_current


def test_a_credential_without_a_validity_never_expires() -> None:
    issued = an_issued_one(valid_for_days=None)

    assert issued.expires_at is None
    assert issued.status(at=NOON + 100_000 * A_DAY) is ISSUED


@pytest.mark.parametrize(
    ("after_issue", "status"),
    [
        (timedelta(0), ISSUED),
        (30 * A_DAY - AN_INSTANT, ISSUED),
        (30 * A_DAY, EXPIRED),
        (30 * A_DAY + AN_INSTANT, EXPIRED),
    ],
)
def test_a_credential_expires_at_the_exact_time(
    after_issue: timedelta, status: IssuedCredentialStatus
) -> None:
    issued = an_issued_one(valid_for_days=30)

    assert issued.expires_at == NOON + 30 * A_DAY
    assert issued.status(at=NOON + after_issue) is status


def test_a_revoked_credential_has_reason_and_actor_and_is_not_current() -> None:
    issued = an_issued_one()

    revoked = issued.revoked(at=NOON + A_DAY, reason="Issued in error.", by=ROOT)

    assert revoked == replace(
        issued,
        revocation=Revocation(at=NOON + A_DAY, reason="Issued in error.", by=ROOT),
        is_current=False,
    )
    assert revoked.status(at=NOON + A_DAY) is REVOKED


def test_the_cause_of_a_revocation_is_hashed_if_there_is_one() -> None:
    revoked = an_issued_one().revoked(at=NOON, reason="Misspelt.", by=ROOT)
    assert revoked.revocation is not None

    caused = replace(revoked.revocation, cause=RevocationCause.REPLACED)

    assert revoked.revocation.content == {"at": NOON, "reason": "Misspelt.", "by": ROOT}
    assert replace(revoked, revocation=caused).content_hash != revoked.content_hash


def test_a_revoked_credential_does_not_expire() -> None:
    revoked = an_issued_one(valid_for_days=1).revoked(at=NOON, reason="Misspelt.", by=ROOT)

    assert revoked.status(at=NOON + 2 * A_DAY) is REVOKED


def test_an_expired_credential_can_be_revoked() -> None:
    revoked = an_issued_one(valid_for_days=1).revoked(
        at=NOON + 2 * A_DAY, reason="Misspelt.", by=ROOT
    )

    assert revoked.status(at=NOON + 2 * A_DAY) is REVOKED


def test_a_credential_is_revoked_once() -> None:
    revoked = an_issued_one().revoked(at=NOON, reason="Misspelt.", by=ROOT)

    with pytest.raises(AlreadyRevoked):
        revoked.revoked(at=NOON, reason="Issued in error.", by=ROOT)


@pytest.mark.parametrize("reason", ["", " ", "\t\n", "\u2003"])
def test_a_credential_is_not_revoked_without_a_reason(reason: str) -> None:
    with pytest.raises(ReasonMissing) as error:
        an_issued_one().revoked(at=NOON, reason=reason, by=ROOT)

    assert [field_error.path for field_error in error.value.field_errors] == ["reason"]


def test_a_superseded_credential_is_not_current() -> None:
    issued = an_issued_one()

    assert issued.superseded() == replace(issued, is_current=False)


@pytest.mark.parametrize(
    ("status", "is_valid"), [(ISSUED, True), (REVOKED, False), (EXPIRED, False), (ALTERED, False)]
)
def test_only_what_is_issued_is_valid(status: IssuedCredentialStatus, *, is_valid: bool) -> None:
    verification = Verification(issued=an_issued_one(), status=status)

    assert verification.valid is is_valid


def test_there_are_three_types_of_credentials() -> None:
    assert {type_.value for type_ in CredentialType} == {"certificate", "badge", "microcredential"}
