"""Issuing credentials, taking them back, and vouching for them."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from accounts.public import (
    AuditAct,
    AuditAction,
    AuditLog,
    Gate,
    Principal,
    Right,
    SubjectType,
    UserId,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities import (
    Evidence,
    HeldCredential,
    UserCredential,
    UserCredentialId,
    UserCredentialStatus,
    Verification,
)
from credentials.domain.errors import AlreadyIssued
from credentials.domain.repositories.protocols import CredentialRepository, UserCredentialRepository
from progress.public import CourseCompleted, EventType, Fact, RecordingService, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingService:
    credentials: CredentialRepository
    user_credentials: UserCredentialRepository
    recording: RecordingService
    gate: Gate
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def on_course_completed(self, event: CourseCompleted) -> None:
        """Issue what the course earns, in the unit of work that records its completion.

        Nothing new comes to who holds a copy already, from another course that earned it before.
        """
        evidence = Evidence(
            course_id=event.course_id,
            course_version=event.course_version,
            completed_at=event.completed_at,
        )
        within = Reach.into(event.org_id)
        with self.unit_of_work.atomic():
            for credential in self.credentials.earned_by(event.course_id, within=within):
                user_credential = UserCredential.issued(
                    UserCredentialId(uuid4()),
                    credential=credential,
                    user_id=event.user_id,
                    evidence=evidence,
                    at=self.clock.now(),
                )
                with suppress(AlreadyIssued):
                    self._issue(user_credential, by=event.user_id)

    def get(self, user_credential_id: UserCredentialId) -> HeldCredential:
        """Raises UserCredentialNotFound."""
        return self._held(self.user_credentials.shown(user_credential_id))

    def page_for(self, by: Principal, request: PageRequest) -> Page[HeldCredential]:
        """All that the asker was issued, revoked ones too, by the moment of issue; the id breaks ties."""
        page = self.user_credentials.page_for_user(by.person, request)
        held = tuple(self._held(copy) for copy in page.items)
        return Page(items=held, next_cursor=page.next_cursor)

    def verify(self, user_credential_id: UserCredentialId) -> Verification:
        """What anybody may know of it. Raises UserCredentialNotFound if it was never issued."""
        held = self.get(user_credential_id)
        return Verification(
            id=held.copy.id,
            credential_name=held.copy.terms.name,
            issuer=held.copy.terms.issuer,
            issued_at=held.copy.issued_at,
            expires_at=held.copy.expires_at,
            status=held.status,
        )

    def revoke(
        self, user_credential_id: UserCredentialId, *, reason: str, by: Principal
    ) -> HeldCredential:
        """Vouch for it no longer.

        Raises NotPermitted, UserCredentialNotFound, OrganizationSuspended, AlreadyRevoked, ReasonMissing.
        """
        with self.unit_of_work.atomic():
            found = self._for_change(user_credential_id, by=by)
            revoked = self._revoke(found, reason=reason, by=by)
            act = _act(AuditAction.CREDENTIAL_REVOKED, found, reason=reason)
            self.audit_log.record(act, by=by)
        return self._held(revoked)

    def reissue(
        self, user_credential_id: UserCredentialId, *, reason: str, by: Principal
    ) -> HeldCredential:
        """Issue a new copy, on the terms of today, in place of one that is revoked, expired or wrong.

        A copy that is still in force is revoked for the reason given. Raises NotPermitted, UserCredentialNotFound,
        OrganizationSuspended, AlreadyIssued when a later copy is current, ReasonMissing.
        """
        now = self.clock.now()
        with self.unit_of_work.atomic():
            old = self._for_change(user_credential_id, by=by)
            if old.status(at=now) is UserCredentialStatus.ISSUED:
                self._revoke(old, reason=reason, by=by)
            elif old.is_current:
                self.user_credentials.save(old.superseded(), within=by.reach)
            new = UserCredential.issued(
                UserCredentialId(uuid4()),
                credential=self.credentials.get(old.credential_id, within=by.reach),
                user_id=old.user_id,
                evidence=old.evidence,
                at=now,
                supersedes=old.id,
            )
            self._issue(new, by=by.user_id)
            act = _act(AuditAction.CREDENTIAL_REISSUED, old, reason=reason)
            self.audit_log.record(act.of_changes({}, {"superseded_by": str(new.id)}), by=by)
        return self._held(new)

    def _for_change(self, user_credential_id: UserCredentialId, *, by: Principal) -> UserCredential:
        """The copy, which nobody else changes meanwhile."""
        found = self.user_credentials.get_for_update(user_credential_id, within=by.reach)
        by.require(Right.AWARD_CREDENTIALS, of=found.org_id)
        self.gate.require_open(found.org_id, by=by)
        return found

    def _revoke(self, found: UserCredential, *, reason: str, by: Principal) -> UserCredential:
        revoked = found.revoked(at=self.clock.now(), reason=reason, by=by.user_id)
        self.user_credentials.save(revoked, within=by.reach)
        self._record(EventType.CREDENTIAL_REVOKED, revoked, by=by.user_id)
        return revoked

    def _held(self, copy: UserCredential) -> HeldCredential:
        return HeldCredential(copy=copy, status=copy.status(at=self.clock.now()))

    def _issue(self, user_credential: UserCredential, *, by: UserId | None) -> None:
        within = Reach.into(user_credential.org_id)
        self.user_credentials.add(user_credential, within=within)
        self._record(EventType.CREDENTIAL_ISSUED, user_credential, by=by)

    def _record(
        self, type_: EventType, user_credential: UserCredential, *, by: UserId | None
    ) -> None:
        fact = Fact(
            type=type_,
            entity_id=user_credential.id,
            payload={
                "credential_id": str(user_credential.credential_id),
                "credential_version": user_credential.credential_version,
            },
        )
        stream = StreamId(
            user_id=user_credential.user_id,
            course_id=user_credential.evidence.course_id,
            org_id=user_credential.org_id,
        )
        self.recording.record(fact, stream=stream, by=by)


def _act(action: AuditAction, copy: UserCredential, *, reason: str) -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=SubjectType.USER_CREDENTIAL,
        subject_id=str(copy.id),
        org_id=copy.org_id,
        reason=reason,
    )
