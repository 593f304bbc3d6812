"""Credentials: definitions, and what was issued to learners."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.errors import FieldError
from courses.public import CourseId
from credentials.domain.entities.rules import (
    CompletedCourse,
    Proof,
    Rule,
    Trigger,
    Verdict,
    checked,
    triggers_of,
)
from credentials.domain.errors import AlreadyRevoked, ImpossibleValidity, ReasonMissing

CredentialId = NewType("CredentialId", UUID)
IssuedCredentialId = NewType("IssuedCredentialId", UUID)

LONGEST_VALIDITY_DAYS: Final = 36_500
"""A hundred years; a credential that is valid for longer should not expire."""


class CredentialType(StrEnum):
    CERTIFICATE = "certificate"
    BADGE = "badge"
    MICROCREDENTIAL = "microcredential"


class IssuedCredentialStatus(StrEnum):
    ISSUED = "issued"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialTerms:
    """Terms of a credential. It is earned by meeting the rule or, without one, by completing the course.

    The owner of the course owns the credential. `criteria` tells third parties what the holder had to do, `issuer`
    names who vouches for it, `image_url` may be empty.
    """

    name: str
    type: CredentialType
    description: str
    criteria: str
    issuer: str
    image_url: str
    course_id: CourseId
    valid_for_days: int | None
    rule: Rule | None = None

    @property
    def earned_by(self) -> Rule:
        """The rule, or the default one."""
        return self.rule or CompletedCourse(self.course_id)

    @property
    def triggers(self) -> AbstractSet[Trigger]:
        """Things whose completion may earn the credential."""
        return triggers_of(self.earned_by)

    def checked(self) -> "CredentialTerms":
        """Return the terms if they are valid. Raises ImpossibleValidity, InvalidRule."""
        if self.rule is not None:
            checked(self.rule)
        days = self.valid_for_days
        if days is not None and not 1 <= days <= LONGEST_VALIDITY_DAYS:
            field_error = FieldError(path="valid_for_days", detail=ImpossibleValidity.title)
            raise ImpossibleValidity(field_error, longest=LONGEST_VALIDITY_DAYS)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The definition of a credential; its owner is that of the course.

    Each change of the terms makes a new version; issued credentials keep theirs.
    """

    id: CredentialId
    version: int
    terms: CredentialTerms
    is_offered: bool
    created_at: datetime
    org_id: OrganizationId | None = None

    def amended(self, terms: CredentialTerms) -> "Credential":
        """Raises ImpossibleValidity, InvalidRule."""
        if terms == self.terms:
            return self
        return replace(self, terms=terms.checked(), version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What earned an issued credential: the course whose stream records it, and what met the rule, if there is one."""

    course_id: CourseId
    course_version: int
    completed_at: datetime
    met_by: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Time, reason and actor of a revocation."""

    at: datetime
    reason: str
    by: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredential:
    """A credential as issued to a learner; terms and time of issue never change.

    Of a learner's issued credentials of one definition, the last one that is not revoked is current.
    """

    id: IssuedCredentialId
    user_id: UserId
    credential_id: CredentialId
    credential_version: int
    terms: CredentialTerms
    evidence: Evidence
    issued_at: datetime
    expires_at: datetime | None
    supersedes: IssuedCredentialId | None = None
    revocation: Revocation | None = None
    is_current: bool = True
    org_id: OrganizationId | None = None

    @classmethod
    def issued(
        cls,
        issued_id: IssuedCredentialId,
        *,
        credential: Credential,
        user_id: UserId,
        evidence: Evidence,
        at: datetime,
        supersedes: IssuedCredentialId | None = None,
    ) -> "IssuedCredential":
        """Return the credential issued on its present terms."""
        days = credential.terms.valid_for_days
        return cls(
            id=issued_id,
            user_id=user_id,
            credential_id=credential.id,
            credential_version=credential.version,
            terms=credential.terms,
            evidence=evidence,
            issued_at=at,
            expires_at=None if days is None else at + timedelta(days=days),
            supersedes=supersedes,
            org_id=credential.org_id,
        )

    def verified(self, *, at: datetime) -> "Verification":
        return Verification(issued=self, status=self.status(at=at))

    def status(self, *, at: datetime) -> IssuedCredentialStatus:
        if self.revocation is not None:
            return IssuedCredentialStatus.REVOKED
        if self.expires_at is not None and at >= self.expires_at:
            return IssuedCredentialStatus.EXPIRED
        return IssuedCredentialStatus.ISSUED

    def revoked(self, *, at: datetime, reason: str, by: UserId | None) -> "IssuedCredential":
        """Raises AlreadyRevoked, ReasonMissing."""
        if self.revocation is not None:
            raise AlreadyRevoked
        if not reason.strip():
            raise ReasonMissing(FieldError(path="reason", detail=ReasonMissing.title))
        return replace(self, revocation=Revocation(at=at, reason=reason, by=by), is_current=False)

    def superseded(self) -> "IssuedCredential":
        return replace(self, is_current=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """An issued credential, with its status at the time of the request."""

    issued: IssuedCredential
    status: IssuedCredentialStatus

    @property
    def valid(self) -> bool:
        return self.status is IssuedCredentialStatus.ISSUED


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a learner can claim a credential now; `latest` is the one issued to them last.

    After a revocation it can only be re-issued by somebody with the right to award credentials.
    """

    credential: Credential
    verdict: Verdict
    latest: IssuedCredential | None

    @property
    def holds(self) -> bool:
        """Whether the learner has a current one already."""
        return self.latest is not None and self.latest.is_current

    @property
    def is_revoked(self) -> bool:
        return self.latest is not None and self.latest.revocation is not None

    @property
    def is_eligible(self) -> bool:
        return self.credential.is_offered and self.verdict.is_met and not self.is_revoked

    @property
    def missing(self) -> tuple[str, ...]:
        """Texts of what is missing."""
        withdrawn = () if self.credential.is_offered else ("it is no longer offered",)
        revoked = ("it was revoked",) if self.is_revoked else ()
        return (*withdrawn, *revoked, *self.verdict.missing)
