"""Where credentials are kept: the promises every store makes."""

from typing import Protocol

from accounts.public import UserId
from authsvc.kernel.pages import Page, PageRequest
from courses.public import CourseId
from credentials.domain.entities import (
    Credential,
    CredentialId,
    UserCredential,
    UserCredentialId,
)


class CredentialRepository(Protocol):
    def add(self, credential: Credential) -> None:
        """Keep a new definition."""

    def get(self, credential_id: CredentialId) -> Credential:
        """Raise CredentialNotFound when there is none."""

    def get_for_update(self, credential_id: CredentialId) -> Credential:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, credential: Credential) -> None:
        """Replace the kept definition."""

    def page_of(self, request: PageRequest) -> Page[Credential]:
        """The definitions that are offered, oldest first; the id breaks ties."""

    def earned_by(self, course_id: CourseId) -> list[Credential]:
        """The offered definitions that this course earns, oldest first; the id breaks ties."""


class UserCredentialRepository(Protocol):
    def add(self, user_credential: UserCredential) -> None:
        """Raise AlreadyIssued rather than keep a second current one of this user and credential."""

    def get(self, user_credential_id: UserCredentialId) -> UserCredential:
        """Raise UserCredentialNotFound when there is none."""

    def get_for_update(self, user_credential_id: UserCredentialId) -> UserCredential:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, user_credential: UserCredential) -> None:
        """Keep whether it is revoked and whether it is current; the rest was settled when it was issued."""

    def page_for_user(self, user_id: UserId, request: PageRequest) -> Page[UserCredential]:
        """All of the user's, revoked ones too, by the moment of issue; the id breaks ties."""
