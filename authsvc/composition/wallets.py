"""Services for wallets of holders of credentials."""

from functools import cached_property

from authsvc.composition.credential_pages import CredentialPageServices
from authsvc.composition.oauth import OAuthServices
from credentials.domain.services.wallets import WalletService


class WalletServices(OAuthServices, CredentialPageServices):
    @cached_property
    def wallets(self) -> WalletService:
        return WalletService(
            issued_credentials=self.repositories.issued_credentials,
            codes=self.pre_authorized_codes,
            verifier=self.issued_verification,
            signer=self.signing,
            clock=self.ports.clock,
        )
