"""Public pages of issued credentials: what strangers are shown, and what the holder allows."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    Organization,
    Principal,
    PublicNames,
    SubjectType,
    TenantAccess,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialId,
    Verification,
)
from credentials.domain.entities.public import PublicCredential, PublicEvidence, PublicVerdict
from credentials.domain.entities.signed import SignedForm
from credentials.domain.errors import IssuedCredentialNotFound, NoCertificate
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.issuing import successor_of
from credentials.domain.services.signed_verification import IssuedVerifier
from credentials.openbadges.errors import OpenBadgesError
from credentials.openbadges.multibase import sha256_in
from credentials.openbadges.securing import Secured


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPages:
    """Shows issued credentials to strangers, and keeps the choice of each holder whether to be named there."""

    verifier: IssuedVerifier
    issued_credentials: IssuedCredentialRepository
    names: PublicNames
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def shown(self, issued_id: IssuedCredentialId) -> PublicCredential:
        """Return what the page of a credential shows, to anybody.

        Raises IssuedCredentialNotFound, IssuerKeyUnreadable.
        """
        verification, form = self.verifier.verify_form(issued_id)
        issued, since = verification.issued, _compromised_from(form)
        verdict = PublicVerdict.of(verification, compromised_from=since)
        organization = None if verdict.is_void else self._organization(issued)
        return PublicCredential(
            verification=verification,
            verdict=verdict,
            checked_at=self.clock.now(),
            evidence=() if form is None or verdict.is_void else _evidence_in(form),
            holder=self.names.active_name_of(issued.user_id) if issued.shows_name else "",
            successor=successor_of(issued, self.issued_credentials) if verdict.is_trusted else None,
            issuer_is_open=verdict.is_void or organization is None or organization.is_open,
            issuer_url="" if organization is None else organization.url,
            issuer_description="" if organization is None else organization.description,
            compromised_from=since,
        )

    def certificate(
        self, issued_id: IssuedCredentialId, *, by: Principal | None
    ) -> PublicCredential:
        """Return what a certificate of the credential shows: to anybody if it names its holder, and to the holder.

        Raises IssuedCredentialNotFound, also if the caller may not see the name, NoCertificate, IssuerKeyUnreadable.
        """
        credential = self.shown(issued_id)
        user_id = credential.issued.user_id
        if not credential.holder and by is not None and by.person == user_id:
            credential = replace(credential, holder=self.names.active_name_of(user_id))
        if not credential.holder:
            raise IssuedCredentialNotFound
        if not credential.verdict.has_certificate:
            raise NoCertificate
        return credential

    def choose_name(
        self, issued_id: IssuedCredentialId, *, is_shown: bool, by: Principal
    ) -> Verification:
        """Show the caller's name on the page of a credential of theirs, or no longer; without a change if it is so.

        Raises IssuedCredentialNotFound, also for credentials of others, and Impersonating.
        """
        by.require_in_person()
        scope = TenantScope.into(self._own(issued_id, by=by).org_id)
        with self.unit_of_work.atomic():
            before = self.issued_credentials.get_for_update(issued_id, scope=scope)
            after = before.naming_holder(is_shown=is_shown)
            if after != before:
                self.issued_credentials.save(after, scope=scope)
                self.audit_log.record(
                    AuditAction.CREDENTIAL_NAME_SHOWN
                    if is_shown
                    else AuditAction.CREDENTIAL_NAME_HIDDEN,
                    AuditSubject.of(SubjectType.USER_CREDENTIAL, before),
                    by=by,
                )
        return after.verified(at=self.clock.now())

    def _own(self, issued_id: IssuedCredentialId, *, by: Principal) -> IssuedCredential:
        """Raises IssuedCredentialNotFound."""
        issued = self.issued_credentials.shown(issued_id)
        if issued.user_id != by.person:
            raise IssuedCredentialNotFound
        return issued

    def _organization(self, issued: IssuedCredential) -> Organization | None:
        """The organization that issued it; None for the platform."""
        return None if issued.org_id is None else self.tenant_access.even_deleted(issued.org_id)


def _compromised_from(form: SignedForm | None) -> datetime | None:
    """Since when the key counts as compromised with which it was signed, unless it was signed before."""
    since = None if form is None else form.key.compromised_from
    if form is None or since is None:
        return None
    try:
        signatures = Secured.read(form.document).signatures()
    except OpenBadgesError:
        return None  # there is nothing that was signed
    return since if any(signature.time >= since for signature in signatures) else None


def _evidence_in(form: SignedForm) -> tuple[PublicEvidence, ...]:
    return tuple(
        PublicEvidence(
            name=record.get("name", ""),
            description=record.get("description", ""),
            sha256=sha256_in(record["digestMultibase"]) if "digestMultibase" in record else "",
        )
        for record in json.loads(form.document).get("evidence", [])
    )
