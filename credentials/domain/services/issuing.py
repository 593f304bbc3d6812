"""Issuing credentials, taking them back, and vouching for them."""

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
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities import (
    HeldCredential,
    UserCredential,
    UserCredentialId,
    UserCredentialStatus,
    Verification,
)
from credentials.domain.repositories.protocols import CredentialRepository, UserCredentialRepository
from credentials.domain.services.issuer import Issuer
from progress.public import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingService:
    credentials: CredentialRepository
    user_credentials: UserCredentialRepository
    issuer: Issuer
    gate: Gate
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

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
            self.issuer.issue(new, by=by.user_id)
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
        self.issuer.record(EventType.CREDENTIAL_REVOKED, revoked, by=by.user_id)
        return revoked

    def _held(self, copy: UserCredential) -> HeldCredential:
        return HeldCredential(copy=copy, status=copy.status(at=self.clock.now()))


def _act(action: AuditAction, copy: UserCredential, *, reason: str) -> AuditAct:
    return AuditAct(
        action=action,
        subject_type=SubjectType.USER_CREDENTIAL,
        subject_id=str(copy.id),
        org_id=copy.org_id,
        reason=reason,
    )
