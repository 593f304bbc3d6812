"""Audit log entities: hash-chained entries of who changed what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Protocol
from uuid import UUID

from accounts.domain.access import OrganizationId, UserId
from authsvc.kernel.canonical import checksum

AuditEntryId = NewType("AuditEntryId", UUID)
Members = Mapping[str, object]
"""Members of a resource by name, with JSON values: ids, roles and dates, but no secrets or e-mail addresses."""

GENESIS_HASH: Final = "0" * 64
"""The `previous_hash` of the first entry of a chain."""


class AuditAction(StrEnum):
    """Recorded actions. Once recorded, a value never changes."""

    USER_CREATED = "user-created"
    USER_EDITED = "user-edited"
    USER_PASSWORD_SET = "user-password-set"  # noqa: S105  # a name, not a secret
    ORGANIZATION_CREATED = "organization-created"
    ORGANIZATION_EDITED = "organization-edited"
    ORGANIZATION_SUSPENDED = "organization-suspended"
    ORGANIZATION_REOPENED = "organization-reopened"
    ORGANIZATION_DELETED = "organization-deleted"
    LOOKED_INTO = "looked-into"
    MEMBER_ADDED = "member-added"
    MEMBER_ROLE_CHANGED = "member-role-changed"
    MEMBER_REMOVED = "member-removed"
    MEMBER_LEFT = "member-left"
    INVITATION_SENT = "invitation-sent"
    INVITATION_TAKEN_BACK = "invitation-taken-back"
    INVITATION_ACCEPTED = "invitation-accepted"
    CLIENT_REGISTERED = "client-registered"
    CLIENT_AMENDED = "client-amended"
    CLIENT_SECRET_RENEWED = "client-secret-renewed"  # noqa: S105  # a name, not a secret
    CLIENT_REMOVED = "client-removed"
    COURSE_CREATED = "course-created"
    COURSE_REVISED = "course-revised"
    COURSE_PUBLISHED = "course-published"
    COURSE_RETIRED = "course-retired"
    PATHWAY_CREATED = "pathway-created"
    PATHWAY_REVISED = "pathway-revised"
    PATHWAY_PUBLISHED = "pathway-published"
    PATHWAY_RETIRED = "pathway-retired"
    CREDENTIAL_DEFINED = "credential-defined"
    CREDENTIAL_AMENDED = "credential-amended"
    CREDENTIAL_OFFERED = "credential-offered"
    CREDENTIAL_WITHDRAWN = "credential-withdrawn"
    CREDENTIAL_REVOKED = "credential-revoked"
    CREDENTIAL_REISSUED = "credential-reissued"
    ATTEMPT_GRADED = "attempt-graded"
    ATTEMPT_VOIDED = "attempt-voided"


class SubjectType(StrEnum):
    """Types of resources that actions are recorded of."""

    USER = "user"
    ORGANIZATION = "organization"
    MEMBER = "member"
    INVITATION = "invitation"
    CLIENT = "client"
    COURSE = "course"
    PATHWAY = "pathway"
    LEARNERS = "learners"
    CREDENTIAL = "credential"
    USER_CREDENTIAL = "user-credential"
    ATTEMPT = "attempt"


class Owned(Protocol):
    """A resource of an organization, or of the platform if `org_id` is None."""

    @property
    def id(self) -> UUID: ...

    @property
    def org_id(self) -> OrganizationId | None: ...


@dataclass(frozen=True, slots=True)
class AuditSubject:
    """The subject of an audit entry; the entry goes into the chain of the organization, or of the platform."""

    type: SubjectType
    id: str
    org_id: OrganizationId | None

    @classmethod
    def of(cls, type_: SubjectType, resource: Owned) -> "AuditSubject":
        return cls(type_, str(resource.id), resource.org_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAct:
    """An action on a subject. `before` and `after` hold the members that differ; `reason` may be empty."""

    action: AuditAction
    subject_type: SubjectType
    subject_id: str
    org_id: OrganizationId | None
    before: Members = field(default_factory=dict)
    after: Members = field(default_factory=dict)
    reason: str = ""

    def of_changes(self, before: Members, after: Members) -> "AuditAct":
        """The act with the members that differ between *before* and *after*."""
        differing = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        return replace(
            self,
            before={name: before[name] for name in sorted(differing.intersection(before))},
            after={name: after[name] for name in sorted(differing.intersection(after))},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry of a chain, which is the log of one organization or of the platform.

    `sequence` counts 1, 2, 3 in its chain. `hash` covers every other member and, through `previous_hash`, all earlier
    entries. Without `actor_id` the actor was the client `client_id`.
    """

    id: AuditEntryId
    sequence: int
    act: AuditAct
    actor_id: UserId | None
    client_id: str
    request_id: str
    occurred_at: datetime
    previous_hash: str
    hash: str = ""

    def sealed(self) -> "AuditEntry":
        """The entry with its hash."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """The hash of the other members. It differs from `hash` if the entry was changed after it was sealed."""
        return checksum(
            {
                "id": self.id,
                "org_id": self.act.org_id,
                "sequence": self.sequence,
                "action": self.act.action,
                "subject_type": self.act.subject_type,
                "subject_id": self.act.subject_id,
                "before": dict(self.act.before),
                "after": dict(self.act.after),
                "reason": self.act.reason,
                "actor_id": self.actor_id,
                "client_id": self.client_id,
                "request_id": self.request_id,
                "occurred_at": self.occurred_at,
                "previous_hash": self.previous_hash,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The last entry of a chain; `sequence` is 0 before the first."""

    org_id: OrganizationId | None
    sequence: int = 0
    hash: str = GENESIS_HASH

    def after(self, entry: AuditEntry) -> "AuditHead":
        return replace(self, sequence=entry.sequence, hash=entry.hash)
