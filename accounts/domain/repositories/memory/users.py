"""Users in a dict."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace

from accounts.domain.entities import User, UserId
from accounts.domain.errors import EmailTaken, UserNotFound
from accounts.domain.repositories.protocols.users import USERS
from authsvc.kernel.pages import Page, PageRequest, page_in_memory


@dataclass(frozen=True, slots=True)
class InMemoryUserRepository:
    store: MutableMapping[UserId, User] = field(default_factory=dict)

    def add(self, user: User) -> None:
        if self.find_by_email(user.email):
            raise EmailTaken
        self.store[user.id] = user

    def get(self, user_id: UserId) -> User:
        try:
            return self.store[user_id]
        except KeyError:
            raise UserNotFound from None

    def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.store.values() if user.email == email), None)

    def get_for_update(self, user_id: UserId) -> User:
        return self.get(user_id)

    def save(self, user: User) -> None:
        self.get(user.id)
        self.store[user.id] = user

    def move(self, user_id: UserId, *, email: str) -> None:
        holder = self.find_by_email(email)
        if holder is not None and holder.id != user_id:
            raise EmailTaken
        self.store[user_id] = replace(self.get(user_id), email=email)

    def page_of(self, request: PageRequest) -> Page[User]:
        return page_in_memory(self.store.values(), request, USERS)


@dataclass(frozen=True, slots=True)
class InMemoryVerifiedEmailRepository:
    store: MutableMapping[UserId, str] = field(default_factory=dict)

    def find(self, user_id: UserId) -> str | None:
        return self.store.get(user_id)

    def save(self, user_id: UserId, *, email: str) -> None:
        self.store[user_id] = email
