"""Services of the public pages of issued credentials, and of transcripts."""

from functools import cached_property

from accounts.public import PublicNames
from authsvc.composition.awards import AwardServices
from credentials.domain.services.public_pages import PublicPages
from credentials.domain.services.transcripts import Transcripts


class CredentialPageServices(AwardServices):
    @cached_property
    def public_pages(self) -> PublicPages:
        return PublicPages(
            verifier=self.issued_verification,
            issued_credentials=self.repositories.issued_credentials,
            names=PublicNames(users=self.repositories.users),
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def transcripts(self) -> Transcripts:
        return Transcripts(
            issued_credentials=self.repositories.issued_credentials,
            signed_credentials=self.repositories.signed_credentials,
            signer=self.signing,
            issuer_keys=self.issuer_keys,
            addresses=self.addresses,
            platform=self.ports.platform,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )
