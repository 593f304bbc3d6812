"""Wallets: offers of issued credentials to their holders, and their collection."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts.public import (
    PreAuthorizedCodeService,
    Principal,
    UserId,
    WalletScope,
    scope_of_credential,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import MOST_ON_A_PAGE, PageRequest
from credentials.domain.entities.credentials import (
    IssuedCredentialId,
    IssuedCredentialStatus,
)
from credentials.domain.entities.wallets import WalletOffer, configuration_of
from credentials.domain.errors import (
    CollectionNotCovered,
    IssuedCredentialNotFound,
    NotCollectable,
)
from credentials.domain.repositories.protocols.issued_credentials import IssuedCredentialRepository
from credentials.domain.services.signed_verification import IssuedVerifier
from credentials.domain.services.signing import CredentialSigner

_PREFIX: Final = f"{WalletScope.COLLECT}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletService:
    """Hands out the stored VC-JWT of an issued credential to wallets of its holder, while the credential is valid."""

    issued_credentials: IssuedCredentialRepository
    codes: PreAuthorizedCodeService
    verifier: IssuedVerifier
    signer: CredentialSigner
    clock: Clock

    def offer(self, issued_id: IssuedCredentialId, *, by: Principal) -> WalletOffer:
        """Offer a credential of the caller to whoever has the code and the PIN; an earlier offer of it ends.

        Raises IssuedCredentialNotFound, also for credentials of others, NotCollectable, Impersonating.
        """
        by.require_in_person()
        issued = self.issued_credentials.shown(issued_id)
        if issued.user_id != by.person:
            raise IssuedCredentialNotFound
        status = issued.status(at=self.clock.now())
        if status is not IssuedCredentialStatus.ISSUED:
            raise NotCollectable(status=status.value)
        code = self.codes.issue(issued.id, configuration_id=configuration_of(issued), by=by)
        return WalletOffer(issued=issued, code=code.code, pin=code.pin, expires_at=code.expires_at)

    def configuration_offered(self, code: str) -> str | None:
        """The configuration of the credential that is offered with this code; None if it cannot be redeemed now."""
        stored = self.codes.find(code)
        return None if stored is None else stored.configuration_id

    def collect(
        self, issued_id: IssuedCredentialId, *, configuration_id: str | None = None, by: Principal
    ) -> str:
        """Return the VC-JWT as it was signed, of this configuration if one is named.

        Raises CollectionNotCovered if the token is not for it, IssuedCredentialNotFound, also for credentials of
        others, NotCollectable unless it verifies and is valid, and IssuerKeyUnreadable, IssuedCredentialAltered.
        """
        if not {WalletScope.COLLECT, scope_of_credential(issued_id)} & by.scopes:
            raise CollectionNotCovered
        verification, _ = self.verifier.verify_form(issued_id)
        issued = verification.issued
        if issued.user_id != by.person:
            raise IssuedCredentialNotFound
        if configuration_id not in (None, configuration_of(issued)):
            raise CollectionNotCovered
        if not verification.valid:
            raise NotCollectable(status=verification.status.value)
        return self.signer.shown(issued_id).token

    def identifiers_of(self, user_id: UserId) -> dict[str, list[str]]:
        """The identifiers of what the user can collect, by configuration: of the first hundred issued to them."""
        request, now = PageRequest(limit=MOST_ON_A_PAGE), self.clock.now()
        identifiers: dict[str, list[str]] = {}
        for issued in self.issued_credentials.page_for_user(user_id, request).items:
            if issued.status(at=now) is IssuedCredentialStatus.ISSUED:
                identifiers.setdefault(configuration_of(issued), []).append(str(issued.id))
        return identifiers


def credential_of(by: Principal) -> IssuedCredentialId | None:
    """The only credential that the caller's token is for; None if it is for all of the holder's, or for none."""
    ids = [scope.removeprefix(_PREFIX) for scope in by.scopes if scope.startswith(_PREFIX)]
    return IssuedCredentialId(UUID(ids[0])) if ids else None
