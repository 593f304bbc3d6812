"""What a credential is, and what it means that somebody holds one."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.errors import Complaint
from courses.public import CourseId
from credentials.domain.entities.proofs import Proof
from credentials.domain.entities.rules import CompletedCourse, Rule, checked, triggers_of
from credentials.domain.entities.verdicts import Trigger, Verdict
from credentials.domain.errors import AlreadyRevoked, ImpossibleValidity, ReasonMissing

CredentialId = NewType("CredentialId", UUID)
UserCredentialId = NewType("UserCredentialId", UUID)

LONGEST_VALIDITY_DAYS: Final = 36_500
"""A hundred years; what is meant to be valid for longer should never expire."""


class CredentialType(StrEnum):
    CERTIFICATE = "certificate"
    BADGE = "badge"
    MICROCREDENTIAL = "microcredential"


class UserCredentialStatus(StrEnum):
    ISSUED = "issued"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialTerms:
    """What a credential says and when it is earned: by what the rule asks, or else by completing the course.

    The course says whose credential it is.
    `criteria` tells a stranger what its holder had to do, `issuer` who vouches for it, `image_url` may be empty.
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
        """The rule, be it the one that holds when nothing is said."""
        return self.rule or CompletedCourse(self.course_id)

    @property
    def triggers(self) -> AbstractSet[Trigger]:
        """All whose doing may earn the credential."""
        return triggers_of(self.earned_by)

    def checked(self) -> "CredentialTerms":
        """The terms, if they can be issued. Raises ImpossibleValidity, InvalidRule."""
        if self.rule is not None:
            checked(self.rule)
        days = self.valid_for_days
        if days is not None and not 1 <= days <= LONGEST_VALIDITY_DAYS:
            complaint = Complaint(path="valid_for_days", detail=ImpossibleValidity.title)
            raise ImpossibleValidity(complaint, longest=LONGEST_VALIDITY_DAYS)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A definition, of the same owner as its course.

    Each change of its terms makes a new version; what was issued keeps its own.
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
    """What the holder did to earn it: the course that a copy is filed under, and by what its rule was met, if any."""

    course_id: CourseId
    course_version: int
    completed_at: datetime
    met_by: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Why a credential is no longer vouched for, and who said so."""

    at: datetime
    reason: str
    by: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCredential:
    """A credential as it was issued: its terms never change afterwards, and no more does the day of issue.

    Of one person's copies of a credential, the last one issued and not revoked is current.
    """

    id: UserCredentialId
    user_id: UserId
    credential_id: CredentialId
    credential_version: int
    terms: CredentialTerms
    evidence: Evidence
    issued_at: datetime
    expires_at: datetime | None
    supersedes: UserCredentialId | None = None
    revocation: Revocation | None = None
    is_current: bool = True
    org_id: OrganizationId | None = None

    @classmethod
    def issued(
        cls,
        user_credential_id: UserCredentialId,
        *,
        credential: Credential,
        user_id: UserId,
        evidence: Evidence,
        at: datetime,
        supersedes: UserCredentialId | None = None,
    ) -> "UserCredential":
        """A copy of the credential as it is defined now."""
        days = credential.terms.valid_for_days
        return cls(
            id=user_credential_id,
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

    def status(self, *, at: datetime) -> UserCredentialStatus:
        if self.revocation is not None:
            return UserCredentialStatus.REVOKED
        if self.expires_at is not None and at >= self.expires_at:
            return UserCredentialStatus.EXPIRED
        return UserCredentialStatus.ISSUED

    def revoked(self, *, at: datetime, reason: str, by: UserId | None) -> "UserCredential":
        """Raises AlreadyRevoked, ReasonMissing."""
        if self.revocation is not None:
            raise AlreadyRevoked
        if not reason.strip():
            raise ReasonMissing(Complaint(path="reason", detail=ReasonMissing.title))
        return replace(self, revocation=Revocation(at=at, reason=reason, by=by), is_current=False)

    def superseded(self) -> "UserCredential":
        return replace(self, is_current=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """A copy, and what its status is now."""

    copy: UserCredential
    status: UserCredentialStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether somebody can have a credential now, and why or why not; `latest` is the copy that was issued last.

    Whoever has had one revoked can have another one from officers alone.
    """

    credential: Credential
    verdict: Verdict
    latest: UserCredential | None

    @property
    def holds(self) -> bool:
        """Whether a current copy is held already."""
        return self.latest is not None and self.latest.is_current

    @property
    def is_revoked(self) -> bool:
        return self.latest is not None and self.latest.revocation is not None

    @property
    def is_eligible(self) -> bool:
        return self.credential.is_offered and self.verdict.is_met and not self.is_revoked

    @property
    def missing(self) -> tuple[str, ...]:
        """In words."""
        withdrawn = () if self.credential.is_offered else ("it is no longer offered",)
        revoked = ("it was revoked",) if self.is_revoked else ()
        return (*withdrawn, *revoked, *self.verdict.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a stranger is told about a credential that he was shown."""

    id: UserCredentialId
    credential_name: str
    issuer: str
    issued_at: datetime
    expires_at: datetime | None
    status: UserCredentialStatus

    @property
    def valid(self) -> bool:
        return self.status is UserCredentialStatus.ISSUED
