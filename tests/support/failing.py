"""Repositories that fail at a chosen moment."""

from dataclasses import dataclass

from accounts.domain.entities import UserId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from credentials.domain.entities import CredentialId, UserCredential, UserCredentialId
from credentials.domain.repositories.protocols import UserCredentialRepository
from tests.support.blocks import Oops


@dataclass(frozen=True, slots=True)
class FailingUserCredentialRepository:
    """Delegates to another repository, and fails after each addition."""

    kept: UserCredentialRepository

    def add(self, user_credential: UserCredential, *, within: Reach) -> None:
        self.kept.add(user_credential, within=within)
        raise Oops

    def shown(self, user_credential_id: UserCredentialId) -> UserCredential:
        return self.kept.shown(user_credential_id)

    def get_for_update(
        self, user_credential_id: UserCredentialId, *, within: Reach
    ) -> UserCredential:
        return self.kept.get_for_update(user_credential_id, within=within)

    def save(self, user_credential: UserCredential, *, within: Reach) -> None:
        self.kept.save(user_credential, within=within)

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> UserCredential | None:
        return self.kept.latest_of(user_id, credential_id)

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[UserCredential]:
        return self.kept.page_for_user(user_id, request)
