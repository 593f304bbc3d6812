"""Defining credentials."""

from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.public import Principal, Right
from authsvc.kernel.clock import Clock
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork
from credentials.domain.entities import Credential, CredentialId, CredentialTerms
from credentials.domain.repositories.protocols import CredentialRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialService:
    """Defining needs the right to award credentials, and raises NotPermitted without it."""

    credentials: CredentialRepository
    unit_of_work: UnitOfWork
    clock: Clock

    def define(self, terms: CredentialTerms, *, by: Principal) -> Credential:
        """Offer a new credential from now on. Raises ImpossibleValidity."""
        by.require(Right.AWARD_CREDENTIALS)
        credential = Credential(
            id=CredentialId(uuid4()),
            version=1,
            terms=terms.checked(),
            is_offered=True,
            created_at=self.clock.now(),
        )
        with self.unit_of_work.atomic():
            self.credentials.add(credential)
        return credential

    def amend(
        self, credential_id: CredentialId, terms: CredentialTerms, *, by: Principal
    ) -> Credential:
        """Issue it on other terms from now on; what was issued stays.

        Raises CredentialNotFound, ImpossibleValidity.
        """
        by.require(Right.AWARD_CREDENTIALS)
        with self.unit_of_work.atomic():
            credential = self.credentials.get_for_update(credential_id).amended(terms)
            self.credentials.save(credential)
        return credential

    def offer(self, credential_id: CredentialId, *, is_offered: bool, by: Principal) -> Credential:
        """Issue it to whoever earns it from now on, or to nobody more. Raises CredentialNotFound."""
        by.require(Right.AWARD_CREDENTIALS)
        with self.unit_of_work.atomic():
            credential = replace(
                self.credentials.get_for_update(credential_id), is_offered=is_offered
            )
            self.credentials.save(credential)
        return credential

    def page_of(self, request: PageRequest) -> Page[Credential]:
        """What can be earned, oldest first; the id breaks ties."""
        return self.credentials.page_of(request)
