"""Claims: credentials by e-mail, for people of whom it is not known whether they have an account."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    EmailService,
    EmailVerified,
    MailBudgets,
    MailKind,
    Message,
    OpaqueTokens,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
    UserId,
    VerifiedEmailNeeded,
)
from authsvc.jobs.entities import JobRequest, RetryPolicy
from authsvc.jobs.ports import JobKind, Run
from authsvc.jobs.services.job_queue import JobQueue
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import Conflict
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CourseVersionNotFound
from credentials.domain.entities.claims import CLAIM_LIFETIME, ClaimId, CredentialClaim
from credentials.domain.entities.credentials import IssuedCredentialId, Verification
from credentials.domain.entities.definitions import Credential
from credentials.domain.entities.issuers import Addresses
from credentials.domain.errors import (
    AlreadyIssued,
    AlreadyRevoked,
    ClaimNotFound,
    NotEligible,
    NothingToRecordOn,
)
from credentials.domain.repositories.protocols.claims import ClaimRepository
from credentials.domain.repositories.protocols.credentials import CredentialRepository
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.earning import EarningService
from progress.public import Cause, EventRecorder, StreamId

REDEMPTION: Final = "redeem-claims"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimService:
    """A claim is redeemed once, by whoever has verified its e-mail address.

    It is issued on the terms of when it was made, as long as the credential is offered. It is recorded on what its
    holder has reached; somebody who was never on a course is enrolled on the one of the credential. Whether an address
    has an account shows in no answer.
    """

    claims: ClaimRepository
    credentials: CredentialRepository
    issued_credentials: IssuedCredentialRepository
    earning: EarningService
    recorder: EventRecorder
    tenant_access: TenantAccess
    emails: EmailService
    opaque_tokens: OpaqueTokens
    mail_budgets: MailBudgets
    addresses: Addresses
    jobs: JobQueue
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    @property
    def kind(self) -> JobKind:
        return JobKind(name=REDEMPTION, run=self._redeem_all, policy=RetryPolicy(), is_kept=False)

    def make(
        self,
        credential: Credential,
        emails: Mapping[str, ClaimId],
        *,
        reason: str,
        by: Principal,
    ) -> Mapping[str, CredentialClaim]:
        """Mail claims to these normalized addresses, all or none; return the claims of the addresses as they are now.

        A claim that an address has already is neither replaced nor mailed again, so it has another id than the given
        one. The caller may award the credential. Raises VerifiedEmailNeeded, MailBudgetSpent.
        """
        scope = TenantScope.into(credential.org_id)
        now = self.clock.now()
        with self.unit_of_work.atomic():
            self.emails.require_verified(by)
            # Locked, so that of simultaneous callers the second finds the claims of the first.
            self.credentials.get_for_update(credential.id, scope=scope)
            existing = self.claims.of_credential(credential.id, emails.keys(), scope=scope)
            for claim in existing.values():
                if not claim.is_live(at=now):
                    self.claims.remove(claim, scope=scope)
            live = {email: claim for email, claim in existing.items() if claim.is_live(at=now)}
            tokens = {email: self.opaque_tokens.new() for email in emails if email not in live}
            new = {
                email: self._claim(
                    emails[email], credential, email=email, token=token, reason=reason, by=by
                )
                for email, token in tokens.items()
            }
            self.claims.add_all(list(new.values()), scope=scope)
            self._record(new.values(), credential, reason, by)
            messages = [self._message(credential, email, token) for email, token in tokens.items()]
            self.mail_budgets.queue(messages, by=by, org_id=credential.org_id)
        return live | new

    def page_of(
        self, org_id: OrganizationId, request: PageRequest, *, by: Principal
    ) -> Page[CredentialClaim]:
        """Return the open claims of an organization, oldest first. Raises OrganizationNotFound, NotPermitted."""
        with self.unit_of_work.atomic():
            self.tenant_access.require_to_list(
                org_id, Right.AWARD_CREDENTIALS, of=SubjectType.CLAIM, by=by
            )
            return self.claims.page_of(org_id, request, scope=by.tenant_scope)

    def cancel(self, claim_id: ClaimId, *, org_id: OrganizationId | None, by: Principal) -> None:
        """Cancel a claim of the organization, or of the platform.

        Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, ClaimNotFound.
        """
        if org_id is not None:
            self.tenant_access.organization(org_id, by=by)
        by.require(Right.AWARD_CREDENTIALS, of=org_id)
        with self.unit_of_work.atomic():
            self.tenant_access.require_open(org_id, by=by)
            claim = self.claims.get(claim_id, scope=by.tenant_scope)
            if claim.org_id != org_id or not self.claims.remove(claim, scope=by.tenant_scope):
                raise ClaimNotFound
            self.audit_log.record(
                AuditAction.CLAIM_CANCELLED, AuditSubject.of(SubjectType.CLAIM, claim), by=by
            )

    def offered(self, token: str, *, by: Principal) -> Credential:
        """Return the credential, on the terms that the token offers the caller.

        Raises ClaimNotFound, VerifiedEmailNeeded.
        """
        return self._credential_of(self._pending(token, by))

    def redeem(self, token: str, *, by: Principal) -> Verification:
        """Issue to the caller what the mailed token claims.

        Raises Impersonating, ClaimNotFound, VerifiedEmailNeeded, AlreadyIssued, AlreadyRevoked, NotEligible if it is
        withdrawn, and NothingToRecordOn if it is for a course that was never published.
        """
        by.require_in_person()
        with self.unit_of_work.atomic():
            return self._issue(self._pending(token, by), by.person)

    def on_email_verified(self, event: EmailVerified) -> None:
        """Issue later what the address can claim, in the unit of work that records the verification.

        That has locked the user, and whoever issues locks the stream first.
        """
        if self.claims.for_address(event.email):
            key, arguments = f"{REDEMPTION}:{event.user_id}", {"user_id": str(event.user_id)}
            self.jobs.enqueue(JobRequest(kind=REDEMPTION, arguments=arguments, unique_key=key))

    def remove_expired(self) -> int:
        """Delete expired claims, and those of deleted organizations; return their number."""
        with self.unit_of_work.atomic():
            return self.claims.remove_expired(before=self.clock.now())

    def _redeem_all(self, run: Run) -> Mapping[str, Any]:
        user_id = UserId(UUID(run.job.arguments["user_id"]))
        email, issued = self.emails.verified(user_id), 0
        for claim in () if email is None else self.claims.for_address(email):
            # A claim that cannot be redeemed now stays: its addressee can follow the link later.
            with suppress(Conflict, ClaimNotFound), self.unit_of_work.atomic():
                self._issue(claim, user_id)
                issued += 1
        return {"issued": issued}

    def _issue(self, claim: CredentialClaim, user_id: UserId) -> Verification:
        """Raises the errors of `redeem`."""
        if not claim.is_live(at=self.clock.now()):
            raise ClaimNotFound
        credential = self._credential_of(claim)
        if not credential.is_offered:
            raise NotEligible(missing="it is no longer offered")
        latest = self.issued_credentials.latest_of(user_id, credential.id)
        if latest is not None and latest.is_current:
            raise AlreadyIssued
        if latest is not None and latest.revocation is not None:
            raise AlreadyRevoked
        issued_id, by = IssuedCredentialId(claim.id), claim.made_by
        try:
            issued = self.earning.issue_to(user_id, credential, issued_id=issued_id, by=by)
        except NothingToRecordOn:
            self._enrol(user_id, credential, by=by)
            issued = self.earning.issue_to(user_id, credential, issued_id=issued_id, by=by)
        if not self.claims.remove(claim, scope=TenantScope.into(claim.org_id)):
            raise ClaimNotFound
        return issued

    def _enrol(self, user_id: UserId, credential: Credential, *, by: UserId | None) -> None:
        """Raises NothingToRecordOn."""
        stream = StreamId(
            user_id=user_id, course_id=credential.terms.course_id, org_id=credential.org_id
        )
        try:
            self.recorder.begin(stream, cause=Cause(user_id=by))
        except CourseVersionNotFound:
            raise NothingToRecordOn from None

    def _pending(self, token: str, by: Principal) -> CredentialClaim:
        claim = self.claims.find(self.opaque_tokens.hash(token))
        if claim is None or not claim.is_live(at=self.clock.now()):
            raise ClaimNotFound
        verified = self.emails.verified(by.person)
        if verified is None:
            raise VerifiedEmailNeeded
        if claim.email != verified:
            raise ClaimNotFound
        return claim

    def _credential_of(self, claim: CredentialClaim) -> Credential:
        """The credential on the terms of the claim."""
        scope = TenantScope.into(claim.org_id)
        credential = self.credentials.get(claim.credential_id, scope=scope)
        number = claim.credential_version
        if credential.version == number:
            return credential
        version = self.credentials.shown_version(credential.id, number)
        return replace(credential, version=number, terms=version.terms)

    def _claim(
        self,
        claim_id: ClaimId,
        credential: Credential,
        *,
        email: str,
        token: str,
        reason: str,
        by: Principal,
    ) -> CredentialClaim:
        now = self.clock.now()
        return CredentialClaim(
            id=claim_id,
            credential_id=credential.id,
            credential_version=credential.version,
            org_id=credential.org_id,
            email=email,
            token_hash=self.opaque_tokens.hash(token),
            reason=reason,
            made_by=by.user_id,
            created_at=now,
            expires_at=now + CLAIM_LIFETIME,
        )

    def _record(
        self,
        claims: Collection[CredentialClaim],
        credential: Credential,
        reason: str,
        by: Principal,
    ) -> None:
        after = {"credential_id": str(credential.id), "version": credential.version}
        made = [(AuditSubject.of(SubjectType.CLAIM, claim), after) for claim in claims]
        if made:
            self.audit_log.record_each(
                AuditAction.CLAIM_MADE, made, of=credential.org_id, by=by, because=reason
            )

    def _message(self, credential: Credential, email: str, token: str) -> Message:
        return Message(
            kind=MailKind.CREDENTIAL_CLAIM,
            recipient=email,
            names={"credential": credential.terms.name, "issuer": credential.terms.issuer},
            facts={"link": self.addresses.claim(token)},
            lifetime=CLAIM_LIFETIME,
        )
