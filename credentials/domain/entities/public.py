"""What strangers are shown of an issued credential."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credentials.domain.entities.credentials import (
    IssuedCredential,
    IssuedCredentialStatus,
    RevocationCause,
    Verification,
)
from credentials.openbadges.verification import Outcome, StepName

CAUSES: Final[Mapping[RevocationCause, str]] = {
    RevocationCause.ISSUED_IN_ERROR: "Issued in error",
    RevocationCause.REQUIREMENTS_NOT_MET: "Requirements not met",
    RevocationCause.REPLACED: "Replaced by another credential",
    RevocationCause.HOLDERS_REQUEST: "At the holder's request",
    RevocationCause.KEY_COMPROMISED: "Key compromised",
}
"""What strangers read of why a credential was revoked."""


class PublicVerdict(StrEnum):
    """The result of a verification in one word; the worst first, if several hold."""

    NOT_AUTHENTIC: Final = "not-authentic"
    COMPROMISED = "compromised"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    VALID = "valid"

    @classmethod
    def of(
        cls, verification: Verification, *, compromised_from: datetime | None
    ) -> "PublicVerdict":
        """The verdict; `compromised_from` is that of the key of a signature that does not count for this reason."""
        if verification.status is IssuedCredentialStatus.ALTERED:
            return cls.NOT_AUTHENTIC
        failed = {step.name for step in verification.steps if step.outcome is Outcome.FAILED}
        if failed & _AUTHENTIC:
            return cls.NOT_AUTHENTIC if compromised_from is None else cls.COMPROMISED
        return _VERDICTS[verification.status]

    @property
    def is_void(self) -> bool:
        """Whether the credential must not be relied on, ever."""
        return self in (self.NOT_AUTHENTIC, self.COMPROMISED, self.REVOKED)

    @property
    def has_certificate(self) -> bool:
        """Whether a certificate is given out: none that could be shown in place of a withdrawn credential."""
        return self in (self.VALID, self.EXPIRED)

    @property
    def is_trusted(self) -> bool:
        """Whether what the credential says may be shown at all."""
        return self not in (self.NOT_AUTHENTIC, self.COMPROMISED)


_AUTHENTIC: Final = frozenset({StepName.SCHEMA, StepName.ISSUER, StepName.PROOF})
"""Steps without which nothing that a credential says can be trusted."""
_VERDICTS: Final = {
    IssuedCredentialStatus.REVOKED: PublicVerdict.REVOKED,
    IssuedCredentialStatus.SUSPENDED: PublicVerdict.SUSPENDED,
    IssuedCredentialStatus.EXPIRED: PublicVerdict.EXPIRED,
    IssuedCredentialStatus.ISSUED: PublicVerdict.VALID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEvidence:
    """A record on which a credential rests, as its signed form states it; `sha256` is hexadecimal, or empty."""

    name: str
    description: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCredential:
    """An issued credential as its page shows it.

    `holder` is empty unless the holder chose to be named and their account is active. `successor` was issued in its
    place. `issuer_is_open` tells whether the issuer still issues, `issuer_url` and `issuer_description` what an
    organization says of itself, unless the credential is void.
    """

    verification: Verification
    verdict: PublicVerdict
    checked_at: datetime
    evidence: tuple[PublicEvidence, ...] = ()
    holder: str = ""
    successor: IssuedCredential | None = None
    issuer_is_open: bool = True
    issuer_url: str = ""
    issuer_description: str = ""
    compromised_from: datetime | None = None

    @property
    def issued(self) -> IssuedCredential:
        return self.verification.issued

    @property
    def since(self) -> datetime | None:
        """Since when it has not counted; None if it counts, or never did."""
        match self.verdict:
            case PublicVerdict.EXPIRED:
                return self.issued.expires_at
            case PublicVerdict.SUSPENDED if self.issued.suspension is not None:
                return self.issued.suspension.at
            case PublicVerdict.REVOKED if self.issued.revocation is not None:
                return self.issued.revocation.at
            case PublicVerdict.COMPROMISED:
                return self.compromised_from
        return None
