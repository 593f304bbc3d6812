"""Credential definitions in memory."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from authsvc.kernel.pages import Page, PageRequest, page_in_memory
from authsvc.kernel.reach import Reach
from credentials.domain.entities import Credential, CredentialId, Trigger
from credentials.domain.errors import CredentialNotFound
from credentials.domain.repositories.protocols.credentials import CREDENTIALS


@dataclass(frozen=True, slots=True)
class InMemoryCredentialRepository:
    store: MutableMapping[CredentialId, Credential] = field(default_factory=dict)

    def add(self, credential: Credential, *, within: Reach) -> None:
        within.require(credential.org_id)
        self.store[credential.id] = credential

    def get(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        credential = self.store.get(credential_id)
        if credential is None or not within.covers(credential.org_id):
            raise CredentialNotFound
        return credential

    def get_for_update(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        return self.get(credential_id, within=within)

    def save(self, credential: Credential, *, within: Reach) -> None:
        within.require(credential.org_id)
        self.store[credential.id] = credential

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[Credential]:
        visible = (one for one in self.store.values() if within.covers(one.org_id))
        offered = (credential for credential in visible if credential.is_offered)
        return page_in_memory(offered, request, CREDENTIALS)

    def earned_by(self, done: Trigger) -> list[Credential]:
        mentioning = (one for one in self.store.values() if done in one.terms.triggers)
        return sorted((one for one in mentioning if one.is_offered), key=_age)


def _age(credential: Credential) -> tuple[datetime, UUID]:
    return credential.created_at, credential.id
