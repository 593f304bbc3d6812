"""Where credentials are kept: the promises every store makes.

What is out of view is as if it were not there; what is written must be in view, or OutOfReach is raised.
"""

from typing import Protocol

from accounts.public import UserId
from authsvc.kernel.pages import Page, PageRequest
from authsvc.kernel.reach import Reach
from credentials.domain.entities import (
    Credential,
    CredentialId,
    Trigger,
    UserCredential,
    UserCredentialId,
)


class CredentialRepository(Protocol):
    def add(self, credential: Credential, *, within: Reach) -> None:
        """Keep a new definition."""

    def get(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        """Raise CredentialNotFound when there is none in view."""

    def get_for_update(self, credential_id: CredentialId, *, within: Reach) -> Credential:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, credential: Credential, *, within: Reach) -> None:
        """Replace the kept definition."""

    def page_of(self, request: PageRequest, *, within: Reach) -> Page[Credential]:
        """The definitions in view that are offered, oldest first; the id breaks ties."""

    def earned_by(self, done: Trigger) -> list[Credential]:
        """The offered definitions that doing this may earn, whoever's they are, oldest first; the id breaks ties.

        Whose view they are in is for the one to judge who knows the learner.
        """


class UserCredentialRepository(Protocol):
    def add(self, user_credential: UserCredential, *, within: Reach) -> None:
        """Raise AlreadyIssued rather than keep a second current one of this user and credential."""

    def shown(self, user_credential_id: UserCredentialId) -> UserCredential:
        """The copy, for whoever has been given its id: it is the holder's to show.

        Raise UserCredentialNotFound when there is none.
        """

    def get_for_update(
        self, user_credential_id: UserCredentialId, *, within: Reach
    ) -> UserCredential:
        """Raise UserCredentialNotFound when there is none in view; nobody else may change it meanwhile."""

    def save(self, user_credential: UserCredential, *, within: Reach) -> None:
        """Keep whether it is revoked and whether it is current; the rest was settled when it was issued."""

    def latest_of(self, user_id: UserId, credential_id: CredentialId) -> UserCredential | None:
        """The user's current copy of the credential, or else the one that was issued last, if there was any."""

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[UserCredential]:
        """All that are the user's own, revoked ones too, by the moment of issue; the id breaks ties."""
