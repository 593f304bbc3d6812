"""Issued credentials, their verification, and who can claim one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from authsvc.kernel.errors import FieldError
from authsvc.kernel.verification import Stored, content_hash_of
from courses.public import CourseId
from credentials.domain.entities.definitions import Credential, CredentialId, CredentialTerms
from credentials.domain.entities.rule_values import value_of_proof
from credentials.domain.entities.rules import Proof, Verdict
from credentials.domain.errors import (
    AlreadyRevoked,
    AlreadySuspended,
    NotSuspended,
    ReasonMissing,
)
from credentials.openbadges.verification import Step
from progress.public import BINDING, AssistedGrade, EventType, Fact, ProgressEvent, StreamId

IssuedCredentialId = NewType("IssuedCredentialId", UUID)


class IssuedCredentialStatus(StrEnum):
    ISSUED = "issued"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ALTERED = "altered"


LISTED_STATUSES: Final = tuple(
    status for status in IssuedCredentialStatus if status is not IssuedCredentialStatus.ALTERED
)
"""Statuses by which lists are selected. An altered credential is found by its verification alone."""


class Binding(StrEnum):
    """Whether the stored record of an issued credential matches the event log.

    An unbound one was issued before events contained hashes.
    """

    BOUND = "bound"
    UNBOUND = "unbound"
    ALTERED = "altered"
    UNRECORDED = "unrecorded"

    @classmethod
    def of(cls, row: Stored[ProgressEvent] | None, issued: "IssuedCredential") -> "Binding":
        """Compare the issued credential with the last event about it in its stream."""
        if row is None:
            return cls.UNRECORDED
        event = row.item
        if event is None or event.hash != event.computed_hash():
            return cls.ALTERED
        if event.fact.binding is None:
            return cls.UNBOUND if issued.agrees_with(event.fact) else cls.ALTERED
        return cls.BOUND if event.fact.binding == content_hash_of(issued) else cls.ALTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What earned it: the course whose stream records it, what met the rule, and grades with proposals of models."""

    course_id: CourseId
    course_version: int
    completed_at: datetime
    met_by: tuple[Proof, ...] = ()
    assisted_grades: tuple[AssistedGrade, ...] = ()


class RevocationCause(StrEnum):
    """What strangers are told of why a credential was revoked. Values never change: they are stored and hashed."""

    ISSUED_IN_ERROR = "issued-in-error"
    REQUIREMENTS_NOT_MET = "requirements-not-met"
    REPLACED = "replaced"
    HOLDERS_REQUEST = "holders-request"
    KEY_COMPROMISED = "key-compromised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Time, reason and actor of a revocation. The `cause` is public, the reason is not; earlier ones have no cause."""

    at: datetime
    reason: str
    by: UserId | None
    cause: RevocationCause | None = None

    @property
    def content(self) -> Mapping[str, object]:
        """All of it as it is hashed; without a cause it has the hash of before there were any."""
        cause = {} if self.cause is None else {"cause": self.cause.value}
        return {"at": self.at, "reason": self.reason, "by": self.by, **cause}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Time, reason and actor of a suspension that lasts."""

    at: datetime
    reason: str
    by: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredential:
    """A credential as issued to a learner; terms and time of issue never change.

    Of a learner's issued credentials of one definition, the last one that is not revoked is current. `shows_name` is
    the holder's choice to be named on its public page.
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
    suspension: Suspension | None = None
    shows_name: bool = False

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

    @property
    def content_hash(self) -> str:
        """The SHA-256 of all of it but `is_current` and `shows_name`, which binds it into the event log."""
        evidence, revocation = self.evidence, self.revocation
        assisted = [grade.content for grade in evidence.assisted_grades]
        return checksum(
            {
                "id": self.id,
                "user_id": self.user_id,
                "credential_id": self.credential_id,
                "credential_version": self.credential_version,
                "terms": self.terms.content,
                "course_id": evidence.course_id,
                "course_version": evidence.course_version,
                "completed_at": evidence.completed_at,
                "met_by": [value_of_proof(proof) for proof in evidence.met_by],
                **({"assisted_grades": assisted} if assisted else {}),
                "issued_at": self.issued_at,
                "expires_at": self.expires_at,
                "supersedes": self.supersedes,
                "revocation": None if revocation is None else revocation.content,
                "org_id": self.org_id,
                **({} if self.suspension is None else {"suspension": asdict(self.suspension)}),
            }
        )

    @property
    def is_barred(self) -> bool:
        """Whether its bit in the status list is set: while it is revoked or suspended."""
        return self.revocation is not None or self.suspension is not None

    @property
    def changed_at(self) -> datetime:
        """When it was revoked, otherwise when it was issued."""
        return self.issued_at if self.revocation is None else self.revocation.at

    @property
    def stream(self) -> StreamId:
        """The stream of events in which it is recorded."""
        course_id = self.evidence.course_id
        return StreamId(user_id=self.user_id, course_id=course_id, org_id=self.org_id)

    def agrees_with(self, fact: Fact) -> bool:
        """Whether it is what a fact without a hash states, as far as that goes."""
        is_revoked = fact.type is EventType.CREDENTIAL_REVOKED
        return (self.revocation is not None) is is_revoked and {
            "credential_id": str(self.credential_id),
            "credential_version": self.credential_version,
        } == fact.payload

    def fact(self, type_: EventType) -> Fact:
        """Return the fact of this type about it, with its hash."""
        return Fact(
            type=type_,
            entity_id=self.id,
            payload={
                "credential_id": str(self.credential_id),
                "credential_version": self.credential_version,
                BINDING: self.content_hash,
            },
        )

    def verified(self, *, at: datetime, binding: Binding = Binding.BOUND) -> "Verification":
        is_altered = binding in (Binding.ALTERED, Binding.UNRECORDED)
        status = IssuedCredentialStatus.ALTERED if is_altered else self.status(at=at)
        return Verification(issued=self, status=status, binding=binding)

    def status(self, *, at: datetime) -> IssuedCredentialStatus:
        if self.revocation is not None:
            return IssuedCredentialStatus.REVOKED
        if self.suspension is not None:
            return IssuedCredentialStatus.SUSPENDED
        if self.expires_at is not None and at >= self.expires_at:
            return IssuedCredentialStatus.EXPIRED
        return IssuedCredentialStatus.ISSUED

    def revoked(
        self,
        *,
        at: datetime,
        reason: str,
        by: UserId | None,
        cause: RevocationCause | None = None,
    ) -> "IssuedCredential":
        """Raises AlreadyRevoked, ReasonMissing."""
        if self.revocation is not None:
            raise AlreadyRevoked
        require_reason(reason)
        revocation = Revocation(at=at, reason=reason, by=by, cause=cause)
        return replace(self, revocation=revocation, is_current=False)

    def suspended(self, *, at: datetime, reason: str, by: UserId | None) -> "IssuedCredential":
        """Raises AlreadyRevoked, AlreadySuspended, ReasonMissing."""
        if self.revocation is not None:
            raise AlreadyRevoked
        if self.suspension is not None:
            raise AlreadySuspended
        require_reason(reason)
        return replace(self, suspension=Suspension(at=at, reason=reason, by=by))

    def resumed(self) -> "IssuedCredential":
        """Raises AlreadyRevoked, NotSuspended."""
        if self.revocation is not None:
            raise AlreadyRevoked
        if self.suspension is None:
            raise NotSuspended
        return replace(self, suspension=None)

    def naming_holder(self, *, is_shown: bool) -> "IssuedCredential":
        return replace(self, shows_name=is_shown)

    def superseded(self) -> "IssuedCredential":
        return replace(self, is_current=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSelection:
    """What an organization has issued: all of it, or of one definition, to one holder, or with one status at a time.

    `issued_after` and `issued_before` bound the time of issue: from the first on, and before the second. With
    `changed_since`, what was issued or revoked since then. That a credential expires is no change.
    """

    org_id: OrganizationId
    credential_id: CredentialId | None = None
    holder: UserId | None = None
    status: IssuedCredentialStatus | None = None
    issued_after: datetime | None = None
    issued_before: datetime | None = None
    changed_since: datetime | None = None
    at: datetime

    def includes(self, issued: IssuedCredential) -> bool:
        return (
            issued.org_id == self.org_id
            and self.credential_id in (None, issued.credential_id)
            and self.holder in (None, issued.user_id)
            and (self.issued_after is None or issued.issued_at >= self.issued_after)
            and (self.issued_before is None or issued.issued_at < self.issued_before)
            and self.status in (None, issued.status(at=self.at))
            and (self.changed_since is None or issued.changed_at >= self.changed_since)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """An issued credential, with its status at the time of the request.

    It is altered, and not valid, if its stored record does not match the event log. `steps` are those of verifying its
    signed form, as far as that was asked for; it is not valid if one of them failed. Strangers are told by which one it
    was `superseded_by`, the last if there are several.
    """

    issued: IssuedCredential
    status: IssuedCredentialStatus
    binding: Binding = Binding.BOUND
    steps: tuple[Step, ...] = ()
    superseded_by: IssuedCredentialId | None = None

    def superseded(self, successor: IssuedCredential | None) -> "Verification":
        """With the credential, if there is one, that was issued in place of this one."""
        return replace(self, superseded_by=None if successor is None else successor.id)

    @property
    def valid(self) -> bool:
        return self.status is IssuedCredentialStatus.ISSUED and self.fault is None

    @property
    def fault(self) -> str | None:
        """What the first step says that failed, or could not be resolved."""
        failed = (step.message for step in self.steps if step.outcome.prevents_validity)
        return next(failed, None)

    @property
    def detail(self) -> str:
        """A sentence that says whether it is valid, and why not."""
        if self.binding is Binding.UNRECORDED:
            return "No event records that it was issued."
        if self.status is IssuedCredentialStatus.ISSUED and self.fault is not None:
            return self.fault
        return _DETAILS[self.status]


def require_reason(reason: str) -> None:
    """Raises ReasonMissing for white space alone."""
    if not reason.strip():
        raise ReasonMissing(FieldError(path="reason", detail=ReasonMissing.title))


_DETAILS: Final = {
    IssuedCredentialStatus.ISSUED: "It was issued and is valid.",
    IssuedCredentialStatus.REVOKED: "It was revoked.",
    IssuedCredentialStatus.SUSPENDED: "It is suspended.",
    IssuedCredentialStatus.EXPIRED: "It has expired.",
    IssuedCredentialStatus.ALTERED: "The stored record differs from the event that recorded it.",
}


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
