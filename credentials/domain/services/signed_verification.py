"""Verification of issued credentials in their signed form, step by step."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from authsvc.kernel.caches import BoundedCache
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.clock import Clock
from credentials.domain.entities.credentials import (
    Binding,
    IssuedCredential,
    IssuedCredentialId,
    Verification,
)
from credentials.domain.entities.issuers import Addresses, key_id_in
from credentials.domain.entities.signed import SignedForm
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.repositories.protocols.signed import SignedCredentialRepository
from credentials.domain.services.issuing import successor_of
from credentials.domain.services.signing import CredentialSigner
from credentials.openbadges.errors import InvalidKey
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.verification import Outcome, Step, StepName, Unresolved, verify
from progress.public import EntityType, RecordedFacts

MOST_CACHED: Final = 4096
TIMELESS: Final = frozenset({StepName.SCHEMA, StepName.ISSUER, StepName.PROOF})
"""Steps whose outcome follows from the document and the key alone."""
_Timeless = BoundedCache[tuple[str, ...], dict[StepName, Step]]


class OwnKeys:
    """Resolver of the keys that signed a credential of this service; its status is read from its record."""

    def __init__(self, *own: IssuerKey) -> None:
        self._own = {key.id: key for key in own}

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        if url not in self._own:
            raise InvalidKey(self._difference(url))
        return self._own[url]

    def status_list(self, url: str) -> str:
        raise Unresolved(f"The status list {url} is not read.")

    def revocation_list(self, url: str) -> bytes:
        raise Unresolved(f"The revocation list {url} is not read.")

    def _difference(self, url: str) -> str:
        """How the key at this URL differs from those of this service."""
        if any(url.endswith(f"/{key_id_in(own)}") for own in self._own):
            return "The credential names its key at another address than that of this service."
        return "The credential names another key than the one that signed it."


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedVerifier:
    """Verifies what this service issued: its record by the event log, and its signed form step by step."""

    signed_credentials: SignedCredentialRepository
    issued_credentials: IssuedCredentialRepository
    signer: CredentialSigner
    recorded_facts: RecordedFacts
    addresses: Addresses
    clock: Clock
    cached: _Timeless = field(default_factory=lambda: BoundedCache(MOST_CACHED))

    def verify(self, issued_id: IssuedCredentialId) -> Verification:
        """Return the issued credential, its status and the steps, to anybody.

        Raises IssuedCredentialNotFound, IssuerKeyUnreadable.
        """
        verification, _ = self.verify_form(issued_id)
        successor = successor_of(verification.issued, self.issued_credentials)
        return verification.superseded(successor)

    def verify_form(self, issued_id: IssuedCredentialId) -> tuple[Verification, SignedForm | None]:
        """Like verify, with the signed form that was verified.

        One that is older than signatures is signed first, unless its record was altered. Raises
        IssuedCredentialNotFound, IssuerKeyUnreadable.
        """
        issued, signed = self.signed_credentials.shown(issued_id)
        event = self.recorded_facts.last_about(issued.stream, EntityType.CREDENTIAL, issued.id)
        now = self.clock.now()
        verification = issued.verified(at=now, binding=Binding.of(event, issued))
        if signed is None:
            if verification.binding in (Binding.ALTERED, Binding.UNRECORDED):
                return verification, None
            self.signer.shown(issued_id)
            issued, signed = self.signed_credentials.shown(issued_id)
        if signed is None:
            return verification, None
        return replace(verification, steps=self._steps(issued, signed, now)), signed

    def _steps(
        self, issued: IssuedCredential, signed: SignedForm, now: datetime
    ) -> tuple[Step, ...]:
        steps = self._timeless(issued, signed, now) | {
            StepName.VALIDITY: _validity(issued, now),
            StepName.STATUS: _status(issued),
            StepName.REFRESH: Step(
                name=StepName.REFRESH,
                outcome=Outcome.SKIPPED,
                message="There is no refresh service.",
            ),
            StepName.SUBJECT: Step(
                name=StepName.SUBJECT,
                outcome=Outcome.SKIPPED,
                message="The credential does not name its holder.",
            ),
        }
        return tuple(steps[name] for name in StepName)

    def _timeless(
        self, issued: IssuedCredential, signed: SignedForm, now: datetime
    ) -> dict[StepName, Step]:
        """Cached: verifying a proof is expensive, and its result follows from what was compared."""
        key = signed.key.public(self.addresses)
        compared = (signed.document, key.id, key.public_multikey, repr(key))

        def verified() -> dict[StepName, Step]:
            verification = verify(signed.document, OwnKeys(key), now)
            return {step.name: step for step in verification.steps if step.name in TIMELESS}

        steps = dict(self.cached.get(compared, verified))
        if not _is_of(issued, signed, self.addresses):
            steps[StepName.PROOF] = Step(
                name=StepName.PROOF,
                outcome=Outcome.FAILED,
                message="The signed document is that of another credential.",
            )
        return steps


def _is_of(issued: IssuedCredential, signed: SignedForm, addresses: Addresses) -> bool:
    try:
        return bool(json.loads(signed.document)["id"] == addresses.issued(issued.id))
    except (ValueError, TypeError, KeyError):
        return False


def _validity(issued: IssuedCredential, now: datetime) -> Step:
    if issued.expires_at is not None and issued.expires_at <= now:
        message = f"The credential expired on {utc_text(issued.expires_at)}."
        return Step(name=StepName.VALIDITY, outcome=Outcome.FAILED, message=message)
    return Step(
        name=StepName.VALIDITY,
        outcome=Outcome.PASSED,
        message="The credential is valid at this time.",
    )


def _status(issued: IssuedCredential) -> Step:
    if issued.revocation is not None:
        message = f"The issuer revoked the credential on {utc_text(issued.revocation.at)}."
    elif issued.suspension is not None:
        message = f"The issuer suspended the credential on {utc_text(issued.suspension.at)}."
    else:
        return Step(
            name=StepName.STATUS,
            outcome=Outcome.PASSED,
            message="The credential is neither revoked nor suspended.",
        )
    return Step(name=StepName.STATUS, outcome=Outcome.FAILED, message=message)
