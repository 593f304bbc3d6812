"""Keys of issuers: made at first need, rotated, marked as compromised, and published."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
    TenantAccess,
)
from authsvc.kernel.caches import BoundedCache
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities.credentials import require_reason
from credentials.domain.entities.issuers import (
    Addresses,
    IssuerKeyId,
    Platform,
    PublishedIssuer,
    SigningKeys,
    StoredKey,
)
from credentials.domain.errors import (
    ImpossibleCompromise,
    IssuerKeyNotFound,
    IssuerKeyUnreadable,
    IssuerNotFound,
)
from credentials.domain.ports import KeyProtection
from credentials.domain.repositories.protocols.issuer_keys import IssuerKeyRepository
from credentials.openbadges.keys import IssuerKey, KeyKind

MOST_LOADED: Final = 256
"""Private halves that a process holds ready: to decrypt and read one takes longer than to sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKeys:
    """The keys with which the platform and each organization sign what they issue.

    Changes need the right to award credentials for the issuer and a reason, and raise NotPermitted and ReasonMissing.
    They are possible for a suspended organization, too: what it issued must not be forged in the meantime.
    """

    keys: IssuerKeyRepository
    protection: KeyProtection
    addresses: Addresses
    platform: Platform
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock
    loaded: BoundedCache[IssuerKeyId, Any] = field(
        default_factory=lambda: BoundedCache(MOST_LOADED)
    )

    def signing_keys(self, org_id: OrganizationId | None) -> SigningKeys:
        """Return the keys that sign now, made now if they are missing, inside the unit of work of the caller.

        They come with the home page of the issuer, that of this service if an organization has none. Raises
        IssuerKeyUnreadable.
        """
        scope = TenantScope.into(org_id)
        keys, url = self.keys.current_with_url(org_id, scope=scope)
        current = {key.kind: key for key in keys}
        if missing := [kind for kind in KeyKind if kind not in current]:
            # Of simultaneous callers one adds the key. The others wait for that one, and read its key.
            for kind in missing:
                self._add(org_id, kind)
            keys, url = self.keys.current_with_url(org_id, scope=scope)
            current = {key.kind: key for key in keys}
        return SigningKeys(
            proof=self._with_private(current[KeyKind.ED25519]),
            token=self._with_private(current[KeyKind.RSA]),
            url=self.platform.url if org_id is None else url or self.addresses.home,
        )

    def proof_key(self, org_id: OrganizationId | None) -> IssuerKey:
        """Return the key that signs embedded proofs now, made now if there is none. Raises IssuerKeyUnreadable."""
        for key in self.keys.current_of(org_id, scope=TenantScope.into(org_id)):
            if key.kind is KeyKind.ED25519:
                return self._with_private(key)
        with self.unit_of_work.atomic():
            return self.signing_keys(org_id).proof

    def issuer(self, org_id: OrganizationId | None) -> PublishedIssuer:
        """Return an issuer with all its keys, to anybody. Raises IssuerNotFound if it never had a key."""
        keys = self.keys.all_of(org_id, scope=TenantScope.into(org_id))
        if not keys:
            raise IssuerNotFound
        if org_id is None:
            return PublishedIssuer(
                org_id=None,
                name=self.platform.name,
                url=self.platform.url,
                email=self.platform.email,
                is_open=True,
                keys=keys,
            )
        organization = self.tenant_access.even_deleted(org_id)
        return PublishedIssuer(
            org_id=org_id,
            name=organization.name,
            url=organization.url or self.addresses.home,
            description=organization.description,
            image_url=organization.image_url,
            is_open=organization.is_open,
            keys=keys,
        )

    def key(self, org_id: OrganizationId | None, key_id: IssuerKeyId) -> IssuerKey:
        """Return the public half of a key, to anybody. Raises IssuerKeyNotFound."""
        for key in self.keys.all_of(org_id, scope=TenantScope.into(org_id)):
            if key.id == key_id:
                return key.public(self.addresses)
        raise IssuerKeyNotFound

    def rotate(
        self, org_id: OrganizationId | None, *, reason: str, by: Principal
    ) -> list[StoredKey]:
        """Retire the current keys of an issuer, and return new ones. What the old ones signed verifies as before.

        Raises OrganizationNotFound.
        """
        if org_id is not None:
            self.tenant_access.organization(org_id, by=by)
        by.require(Right.AWARD_CREDENTIALS, of=org_id)
        require_reason(reason)
        with self.unit_of_work.atomic():
            before = self.keys.current_for_update(org_id, scope=by.tenant_scope)
            for key in before:
                self.keys.save(key.retired(at=self.clock.now()), scope=by.tenant_scope)
            for kind in KeyKind:
                self._add(org_id, kind)
            after = self.keys.current_of(org_id, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.ISSUER_KEYS_ROTATED,
                AuditSubject(SubjectType.ISSUER_KEY, "all", org_id),
                by=by,
                because=reason,
                before={"keys": _ids_of(before)},
                after={"keys": _ids_of(after)},
            )
        return after

    def mark_compromised(
        self, key_id: IssuerKeyId, *, since: datetime, reason: str, by: Principal
    ) -> StoredKey:
        """State that signatures of the key from *since* on do not count. A current key is replaced at the next issue.

        Raises IssuerKeyNotFound, AlreadyCompromised, and ImpossibleCompromise for a time in the future.
        """
        require_reason(reason)
        now = self.clock.now()
        if since > now:
            raise ImpossibleCompromise(FieldError(path="since", detail=ImpossibleCompromise.title))
        with self.unit_of_work.atomic():
            before = self.keys.get_for_update(key_id, scope=by.tenant_scope)
            by.require(Right.AWARD_CREDENTIALS, of=before.org_id)
            after = before.compromised(since, at=now)
            self.keys.save(after, scope=by.tenant_scope)
            self.audit_log.record(
                AuditAction.ISSUER_KEY_COMPROMISED,
                AuditSubject.of(SubjectType.ISSUER_KEY, before),
                by=by,
                because=reason,
                before=_members_of(before),
                after=_members_of(after),
            )
        return after

    def _add(self, org_id: OrganizationId | None, kind: KeyKind) -> None:
        """Add a current key unless the issuer has one by now."""
        key_id = IssuerKeyId(uuid4())
        # Proofs state the second in which they were made.
        valid_from = self.clock.now().replace(microsecond=0)
        key = IssuerKey.generated(
            kind,
            url=self.addresses.key(org_id, key_id),
            controller=self.addresses.issuer(org_id),
            valid_from=valid_from,
        )
        stored = StoredKey(
            id=key_id,
            org_id=org_id,
            kind=kind,
            public_jwk=key.public_jwk,
            encrypted_private=self.protection.encrypt(key.private_pem),
            valid_from=valid_from,
        )
        if self.keys.add(stored, scope=TenantScope.into(org_id)):
            self.loaded.put(key_id, key.private)

    def _with_private(self, stored: StoredKey) -> IssuerKey:
        public = stored.public(self.addresses)
        private = self.loaded.get(stored.id, lambda: self._decrypted(stored).private)
        return replace(public, private=private)

    def _decrypted(self, stored: StoredKey) -> IssuerKey:
        """Raises IssuerKeyUnreadable."""
        try:
            return stored.with_private(
                self.protection.decrypt(stored.encrypted_private), self.addresses
            )
        except ValueError:
            raise IssuerKeyUnreadable(key_id=str(stored.id)) from None


def _ids_of(keys: list[StoredKey]) -> list[str]:
    return sorted(str(key.id) for key in keys)


def _members_of(key: StoredKey) -> dict[str, object]:
    times = {"retired_at": key.retired_at, "compromised_from": key.compromised_from}
    return {
        "is_current": key.is_current,
        **{name: None if time is None else time.isoformat() for name, time in times.items()},
    }
