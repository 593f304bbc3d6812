"""Repository of credential definitions."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from authsvc.kernel.pages import Keyset, Page, PageRequest
from authsvc.kernel.reach import Reach
from credentials.domain.entities import Credential, CredentialId, Trigger

CREDENTIALS: Final = Keyset("credentials", {"created_at": datetime, "id": UUID})


class CredentialRepository(Protocol):
    def add(self, credential: Credential, *, within: Reach) -> None:
        """Add a new definition."""

    def get(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        """Raise CredentialNotFound if there is none in scope."""

    def get_for_update(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        """Like get, with the definition locked until the unit of work ends."""

    def save(self, credential: Credential, *, within: Reach) -> None:
        """Replace the stored definition."""

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[Credential]:
        """Return the offered definitions in scope, by time of creation, then id."""

    def earned_by(self, done: Trigger) -> list[Credential]:
        """Return the offered definitions that completing this may earn, by time of creation, then id.

        Definitions of all owners are included; the caller, who knows the learner, filters them by scope.
        """
