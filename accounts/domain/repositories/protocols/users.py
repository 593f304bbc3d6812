"""Where users are kept."""

from typing import Protocol

from accounts.domain.entities import User, UserId
from authsvc.kernel.pages import Page, PageRequest


class UserRepository(Protocol):
    def add(self, user: User) -> None:
        """Raise EmailTaken rather than keep a second user with this address."""

    def get(self, user_id: UserId) -> User:
        """Raise UserNotFound when there is none."""

    def find_by_email(self, email: str) -> User | None:
        """The user with this lower-case address."""

    def get_for_update(self, user_id: UserId) -> User:
        """Like get, and nobody else may change it until the unit of work ends."""

    def save(self, user: User) -> None:
        """Replace the kept user."""

    def page_of(self, request: PageRequest) -> Page[User]:
        """Oldest first; the id breaks ties."""
