"""Where users are kept."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.entities import User, UserId
from authsvc.kernel.pages import Keyset, Page, PageRequest

USERS: Final = Keyset("users", {"created_at": datetime, "id": UUID})


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

    def move(self, user_id: UserId, *, email: str) -> None:
        """Keep another address for the user. Raise EmailTaken rather than share it with somebody else."""

    def page_of(self, request: PageRequest) -> Page[User]:
        """Oldest first; the id breaks ties."""


class VerifiedEmailRepository(Protocol):
    def find(self, user_id: UserId) -> str | None:
        """The address that the user has shown to be his."""

    def save(self, user_id: UserId, *, email: str) -> None:
        """Keep that the address is his, in place of any other."""
