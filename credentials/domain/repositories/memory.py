"""Credentials in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.public import UserId
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of
from authsvc.kernel.reach import Reach
from credentials.domain.entities import (
    Credential,
    CredentialId,
    Trigger,
    UserCredential,
    UserCredentialId,
)
from credentials.domain.errors import AlreadyIssued, CredentialNotFound, UserCredentialNotFound


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
        seen = (one for one in self.store.values() if within.covers(one.org_id))
        found = sorted((one for one in seen if one.is_offered), key=_age)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [credential for credential in found if _age(credential) > after]
        return page_of(found, request, key=_age)

    def earned_by(self, done: Trigger) -> list[Credential]:
        mentioning = (one for one in self.store.values() if done in one.terms.triggers)
        return sorted((one for one in mentioning if one.is_offered), key=_age)


@dataclass(frozen=True, slots=True)
class InMemoryUserCredentialRepository:
    store: MutableMapping[UserCredentialId, UserCredential] = field(default_factory=dict)

    def add(self, user_credential: UserCredential, *, within: Reach) -> None:
        within.require(user_credential.org_id)
        latest = self.latest_of(user_credential.user_id, user_credential.credential_id)
        if user_credential.is_current and latest is not None and latest.is_current:
            raise AlreadyIssued
        self.store[user_credential.id] = user_credential

    def shown(self, user_credential_id: UserCredentialId) -> UserCredential:
        try:
            return self.store[user_credential_id]
        except KeyError:
            raise UserCredentialNotFound from None

    def get_for_update(
        self, user_credential_id: UserCredentialId, *, within: Reach
    ) -> UserCredential:
        found = self.shown(user_credential_id)
        if not within.covers(found.org_id):
            raise UserCredentialNotFound
        return found

    def save(self, user_credential: UserCredential, *, within: Reach) -> None:
        within.require(user_credential.org_id)
        self.store[user_credential.id] = replace(
            self.store[user_credential.id],
            revocation=user_credential.revocation,
            is_current=user_credential.is_current,
        )

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[UserCredential]:
        found = sorted((one for one in self.store.values() if one.user_id == user_id), key=_issue)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [one for one in found if _issue(one) > after]
        return page_of(found, request, key=_issue)

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> UserCredential | None:
        wanted = (user_id, credential_id)
        copies = (one for one in self.store.values() if (one.user_id, one.credential_id) == wanted)
        return max(copies, key=lambda one: (one.is_current, *_issue(one)), default=None)


def _age(credential: Credential) -> tuple[datetime, UUID]:
    return credential.created_at, credential.id


def _issue(user_credential: UserCredential) -> tuple[datetime, UUID]:
    return user_credential.issued_at, user_credential.id
