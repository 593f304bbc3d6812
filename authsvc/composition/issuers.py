"""Issuer services: addresses, keys, status lists and revocation lists of those who issue credentials."""

from functools import cached_property

from authsvc.composition.tasks import TaskServices
from credentials.domain.entities.issuers import Addresses
from credentials.domain.services.issuer_keys import IssuerKeys
from credentials.domain.services.revocation_lists import RevocationLists
from credentials.domain.services.status_lists import StatusLists


class IssuerServices(TaskServices):
    @cached_property
    def addresses(self) -> Addresses:
        return Addresses(self.ports.public_url)

    @cached_property
    def issuer_keys(self) -> IssuerKeys:
        return IssuerKeys(
            keys=self.repositories.issuer_keys,
            protection=self.ports.key_protection,
            addresses=self.addresses,
            platform=self.ports.platform,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def status_lists(self) -> StatusLists:
        return StatusLists(
            status_lists=self.repositories.status_lists,
            issuer_keys=self.issuer_keys,
            addresses=self.addresses,
        )

    @cached_property
    def revocation_lists(self) -> RevocationLists:
        return RevocationLists(
            status_lists=self.repositories.status_lists,
            addresses=self.addresses,
        )
