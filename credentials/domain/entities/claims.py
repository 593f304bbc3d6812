"""Claims: credentials that wait for the person with an e-mail address."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from credentials.domain.entities.definitions import CredentialId

ClaimId = NewType("ClaimId", UUID)

CLAIM_LIFETIME: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialClaim:
    """A credential, on one version of its terms, for whoever verifies that the e-mail address is theirs.

    Of the mailed token only a keyed hash is stored. What is issued for the claim has its id.
    """

    id: ClaimId
    credential_id: CredentialId
    credential_version: int
    org_id: OrganizationId | None
    email: str
    token_hash: str = field(repr=False)
    reason: str
    made_by: UserId | None
    created_at: datetime
    expires_at: datetime

    def is_live(self, *, at: datetime) -> bool:
        return at < self.expires_at
