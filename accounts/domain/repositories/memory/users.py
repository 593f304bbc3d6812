"""Users in a dict."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.entities import User, UserId
from accounts.domain.errors import EmailTaken, UserNotFound
from authsvc.kernel.pages import Page, PageRequest, moment_and_id_in, page_of


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

    def page_of(self, request: PageRequest) -> Page[User]:
        found = sorted(self.store.values(), key=_age)
        if request.cursor is not None:
            after = moment_and_id_in(request.cursor)
            found = [user for user in found if _age(user) > after]
        return page_of(found, request, key=_age)


def _age(user: User) -> tuple[datetime, UserId]:
    return user.created_at, user.id
