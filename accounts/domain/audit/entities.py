"""Audit log entities: hash-chained entries of who changed what."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, NewType, Protocol
from uuid import UUID

from accounts.domain.access import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from authsvc.kernel.log_digest import LogState

AuditEntryId = NewType("AuditEntryId", UUID)
Members = Mapping[str, object]
"""Members of a resource by name, with JSON values: ids, roles and dates, but no secrets or e-mail addresses."""

GENESIS_HASH: Final = "0" * 64
"""The `previous_hash` of the first entry of a chain, and of the first anchor."""
SIGNED_IN_AS: Final = "signed_in_as"
"""The member of `after` with the id of the user that the actor was signed in as."""
BOUND: Final = "bound"
"""The member of `after` that binds a row: the version and the SHA-256 of what the action made."""


class AuditAction(StrEnum):
    """Recorded actions. Once recorded, a value never changes."""

    USER_CREATED = "user-created"
    USER_EDITED = "user-edited"
    USER_PASSWORD_SET = "user-password-set"  # noqa: S105  # a name, not a secret
    USER_PASSWORD_LINK_SENT = "user-password-link-sent"  # noqa: S105  # a name, not a secret
    USER_ACTIONS_REQUIRED = "user-actions-required"
    USER_EMAIL_LINK_SENT = "user-email-link-sent"
    USER_SECOND_FACTOR_RESET = "user-second-factor-reset"
    USER_SESSION_ENDED = "user-session-ended"
    USER_SESSIONS_ENDED = "user-sessions-ended"
    ALL_SESSIONS_ENDED = "all-sessions-ended"
    IMPERSONATION_STARTED = "impersonation-started"
    IMPERSONATION_USED = "impersonation-used"
    IMPERSONATION_ENDED = "impersonation-ended"
    PEOPLE_IMPORTED = "people-imported"
    PEOPLE_EXPORTED = "people-exported"
    AUDIT_EXPORTED = "audit-exported"
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
    INVITATION_DECLINED = "invitation-declined"
    CLIENT_REGISTERED = "client-registered"
    CLIENT_AMENDED = "client-amended"
    CLIENT_SECRET_RENEWED = "client-secret-renewed"  # noqa: S105  # a name, not a secret
    CLIENT_REMOVED = "client-removed"
    CLIENT_INVITED = "client-invited"
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
    CREDENTIAL_AWARDED = "credential-awarded"
    CREDENTIAL_REVOKED = "credential-revoked"
    CREDENTIAL_REISSUED = "credential-reissued"
    CREDENTIAL_SUSPENDED = "credential-suspended"
    CREDENTIAL_RESUMED = "credential-resumed"
    CREDENTIAL_NAME_SHOWN = "credential-name-shown"
    CREDENTIAL_NAME_HIDDEN = "credential-name-hidden"
    CLAIM_MADE = "claim-made"
    CLAIM_CANCELLED = "claim-cancelled"
    ISSUER_KEYS_ROTATED = "issuer-keys-rotated"
    ISSUER_KEY_COMPROMISED = "issuer-key-compromised"
    ATTEMPT_GRADED = "attempt-graded"
    ATTEMPT_VOIDED = "attempt-voided"
    ATTEMPT_REOPENED = "attempt-reopened"
    ATTEMPT_EXTENDED = "attempt-extended"
    SCORES_PROPOSED = "scores-proposed"
    RECORD_BOUND = "record-bound"
    TASK_CANCELLED = "task-cancelled"
    TASK_RETRIED = "task-retried"
    WEBHOOK_CREATED = "webhook-created"
    WEBHOOK_AMENDED = "webhook-amended"
    WEBHOOK_SECRET_RENEWED = "webhook-secret-renewed"  # noqa: S105  # a name, not a secret
    WEBHOOK_PAUSED = "webhook-paused"
    WEBHOOK_RESUMED = "webhook-resumed"
    WEBHOOK_PINGED = "webhook-pinged"
    WEBHOOK_REPLAYED = "webhook-replayed"
    WEBHOOK_REDELIVERED = "webhook-redelivered"
    WEBHOOK_REMOVED = "webhook-removed"
    AI_SETTINGS_CHANGED = "ai-settings-changed"
    AI_TEXTS_REMOVED = "ai-texts-removed"
    AI_FLAG_DECIDED = "ai-flag-decided"
    PROMPT_CREATED = "prompt-created"
    PROMPT_ACTIVATED = "prompt-activated"
    PROMPT_TRIAL_STARTED = "prompt-trial-started"
    PROMPT_TRIAL_ENDED = "prompt-trial-ended"
    PROMPT_RETIRED = "prompt-retired"


class SubjectType(StrEnum):
    """Types of resources that actions are recorded of."""

    USER = "user"
    PLATFORM = "platform"
    ORGANIZATION = "organization"
    MEMBER = "member"
    INVITATION = "invitation"
    CLIENT = "client"
    COURSE = "course"
    PATHWAY = "pathway"
    LEARNERS = "learners"
    CREDENTIAL = "credential"
    USER_CREDENTIAL = "user-credential"
    CLAIM = "claim"
    ISSUER_KEY = "issuer-key"
    ATTEMPT = "attempt"
    TASK = "task"
    WEBHOOK = "webhook"
    AI_SESSION = "ai-session"
    PROMPT = "prompt"


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
    entries. Without `actor_id` the actor was the client `client_id`. If staff were signed in as a user, `actor_id` is
    theirs, and the user's is in `after` under SIGNED_IN_AS.
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


class AuditSide(StrEnum):
    """What somebody has to do with an entry."""

    EITHER = "either"
    ACTOR = "actor"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSelection:
    """Entries that staff look for, in all chains in scope; a member that is None or empty selects all.

    `parties` are ids of users, client ids, and ids of other subjects, which acted or were acted on. `client_id` is the
    client through which somebody acted. `reference` is the id of an entry or of a request. `until` is not included.
    """

    parties: frozenset[str] | None = None
    side: AuditSide = AuditSide.EITHER
    actions: frozenset[AuditAction] | None = None
    org_id: OrganizationId | None = None
    client_id: str = ""
    reference: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def selects(self, entry: AuditEntry) -> bool:
        return (
            (self.parties is None or self._concerns(entry, self.parties))
            and (self.actions is None or entry.act.action in self.actions)
            and self.org_id in (None, entry.act.org_id)
            and self.client_id in ("", entry.client_id)
            and self.reference in ("", str(entry.id), entry.request_id)
            and (self.since is None or self.since <= entry.occurred_at)
            and (self.until is None or entry.occurred_at < self.until)
        )

    def _concerns(self, entry: AuditEntry, parties: frozenset[str]) -> bool:
        actor = str(entry.actor_id) if entry.actor_id else entry.client_id
        did = self.side is not AuditSide.SUBJECT and actor in parties
        return did or (self.side is not AuditSide.ACTOR and entry.act.subject_id in parties)

    def as_members(self) -> dict[str, Any]:
        """What is selected, as JSON values; what selects all is left out."""
        members = {
            "parties": None if self.parties is None else sorted(self.parties),
            "side": None if self.side is AuditSide.EITHER else self.side.value,
            "actions": None if self.actions is None else sorted(self.actions),
            "org_id": self.org_id and str(self.org_id),
            "client_id": self.client_id,
            "reference": self.reference,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in members.items() if value not in (None, "")}

    @classmethod
    def of_members(cls, members: Mapping[str, Any]) -> "AuditSelection":
        """The selection that `as_members` describes."""
        parties, actions, org_id = (members.get(name) for name in ("parties", "actions", "org_id"))
        since, until = (members.get(name) for name in ("since", "until"))
        return cls(
            parties=None if parties is None else frozenset(parties),
            side=AuditSide(members.get("side", AuditSide.EITHER)),
            actions=None if actions is None else frozenset(map(AuditAction, actions)),
            org_id=None if org_id is None else OrganizationId(UUID(org_id)),
            client_id=members.get("client_id", ""),
            reference=members.get("reference", ""),
            since=None if since is None else datetime.fromisoformat(since),
            until=None if until is None else datetime.fromisoformat(until),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The last entry of a chain; `sequence` is 0 before the first."""

    org_id: OrganizationId | None
    sequence: int = 0
    hash: str = GENESIS_HASH

    def after(self, entry: AuditEntry) -> "AuditHead":
        return replace(self, sequence=entry.sequence, hash=entry.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorStatement:
    """What an anchor states: how far each log had come, and how many rows each table had.

    `logs` and `counts` are by table. `previous_hash` is the hash of the previous anchor.
    """

    sequence: int
    made_at: datetime
    previous_hash: str
    logs: Mapping[str, LogState]
    counts: Mapping[str, int]

    def as_members(self) -> dict[str, Any]:
        """The members of the signed payload."""
        logs = {table: asdict(state) for table, state in self.logs.items()}
        return {
            "sequence": self.sequence,
            "made_at": self.made_at.isoformat(timespec="microseconds"),
            "previous_hash": self.previous_hash,
            "logs": logs,
            "counts": dict(self.counts),
        }

    @classmethod
    def of_members(cls, members: Mapping[str, Any]) -> "AnchorStatement":
        """The statement with these members. Raises ValueError, TypeError, KeyError or AttributeError for others."""
        return cls(
            sequence=int(members["sequence"]),
            made_at=datetime.fromisoformat(members["made_at"]),
            previous_hash=str(members["previous_hash"]),
            logs={
                table: LogState(
                    position=int(state["position"]),
                    count=int(state["count"]),
                    digest=str(state["digest"]),
                )
                for table, state in members["logs"].items()
            },
            counts={table: int(count) for table, count in members["counts"].items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A signed statement: a compact JWS (RFC 7515), and the public key (RFC 7517) that verifies it.

    Anchors are numbered 1, 2, 3 and chained by their hashes, so that the last one vouches for all.
    """

    sequence: int
    token: str
    public_key: Members

    @property
    def hash(self) -> str:
        return sha256(self.token.encode()).hexdigest()
