"""Verification of signed credentials: what third parties were given, compared with the rows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from authsvc.kernel.canonical import utc_text
from authsvc.kernel.clock import Clock
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import UNREADABLE, Finding, FindingKind, Tally
from credentials.domain.entities.issuers import Addresses, StoredKey
from credentials.domain.entities.signed import SignedRecord
from credentials.domain.repositories.protocols.signed import SignedCredentialRepository
from credentials.domain.services.signed_verification import TIMELESS, OwnKeys
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.verification import Outcome, verify

SIGNED: Final = "credentials_signedcredential"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCredentialCheck:
    """Verifies that both signed forms have their signatures, and state the dates, the terms and the place of the row.

    A key that was retired or compromised since is no defect: what it signed is what was given out.
    """

    name: ClassVar[str] = "signed-credentials"

    signed_credentials: SignedCredentialRepository
    addresses: Addresses
    clock: Clock

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        for row in self.signed_credentials.by_id(scope=scope):
            tally.count(SIGNED)
            if row.item is None:
                yield _finding(row.id, FindingKind.UNREADABLE, row.fault)
                continue
            record = row.item
            if fault := self._signature_fault(record):
                yield _finding(row.id, FindingKind.SIGNATURE_INVALID, fault)
            elif differing := self._differing(record):
                detail = f"it differs from the issued credential in {', '.join(differing)}"
                yield _finding(row.id, FindingKind.CHANGED, detail)

    def _signature_fault(self, record: SignedRecord) -> str:
        signed, now = record.signed, self.clock.now()
        keys = (self._as_when_it_signed(key) for key in (record.proof_key, record.token_key))
        resolver = OwnKeys(*keys)
        token = verify(signed.token, resolver, now)
        # A token contains the document with its proof, which is usually verified with it.
        contains_it = _is_json_of(signed.document, token.document)
        forms = [token] if contains_it else [verify(signed.document, resolver, now), token]
        for step in (step for form in forms for step in form.steps):
            if step.name in TIMELESS and step.outcome is not Outcome.PASSED:
                return f"{step.name.value}: {step.message}"
        return "" if contains_it else "the token contains another document"

    def _as_when_it_signed(self, key: StoredKey) -> IssuerKey:
        return replace(key, retired_at=None, compromised_from=None).public(self.addresses)

    def _differing(self, record: SignedRecord) -> list[str]:
        try:
            stated, expected = _stated(record), self._expected(record)
        except UNREADABLE:
            return ["its shape"]
        return [name for name, value in expected.items() if stated[name] != value]

    def _expected(self, record: SignedRecord) -> dict[str, object]:
        issued, signed, addresses = record.issued, record.signed, self.addresses
        expires_at = issued.expires_at
        return {
            "id": addresses.issued(issued.id),
            "issuer": addresses.issuer(issued.org_id),
            "validFrom": utc_text(issued.issued_at),
            "validUntil": None if expires_at is None else utc_text(expires_at),
            "achievement": addresses.achievement(issued.credential_id, issued.credential_version),
            "name": issued.terms.name,
            "statusListCredential": addresses.status_list(issued.org_id, record.list_number),
            "statusListIndex": str(signed.status_index),
        }


def _is_json_of(text: str, document: Mapping[str, Any] | None) -> bool:
    try:
        return document is not None and document == json.loads(text)
    except UNREADABLE:
        return False


def _stated(record: SignedRecord) -> dict[str, object]:
    """Raises one of UNREADABLE."""
    document = json.loads(record.signed.document)
    achievement, status = document["credentialSubject"]["achievement"], document["credentialStatus"]
    return {
        "id": document["id"],
        "issuer": document["issuer"]["id"],
        "validFrom": document["validFrom"],
        "validUntil": document.get("validUntil"),
        "achievement": achievement["id"],
        "name": achievement["name"],
        "statusListCredential": status["statusListCredential"],
        "statusListIndex": status["statusListIndex"],
    }


def _finding(row_id: object, kind: FindingKind, detail: str) -> Finding:
    return Finding(kind=kind, table=SIGNED, id=str(row_id), detail=detail)
