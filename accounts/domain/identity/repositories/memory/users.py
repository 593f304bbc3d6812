"""In-memory repositories of users."""

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from accounts.domain.access import UserId
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch, User
from accounts.domain.identity.errors import EmailTaken, UserNotFound
from accounts.domain.identity.repositories.protocols import USERS
from authsvc.kernel.paging import Page, PageRequest, page_in_memory


@dataclass(frozen=True, slots=True)
class InMemoryUserRepository:
    store: MutableMapping[UserId, User] = field(default_factory=dict)

    def add(self, user: User) -> None:
        if self.find_by_email(user.email):
            raise EmailTaken
        self.store[user.id] = user

    def add_all(self, users: Sequence[User]) -> None:
        for user in users:
            self.add(user)

    def get(self, user_id: UserId) -> User:
        try:
            return self.store[user_id]
        except KeyError:
            raise UserNotFound from None

    def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.store.values() if user.email == email), None)

    def with_emails(self, emails: Collection[str]) -> list[User]:
        wanted = set(emails)
        return [user for user in self.store.values() if user.email in wanted]

    def with_emails_for_update(self, emails: Collection[str]) -> list[User]:
        return self.with_emails(emails)

    def with_ids(self, user_ids: Collection[UserId]) -> list[User]:
        return [self.store[user_id] for user_id in set(user_ids) if user_id in self.store]

    def get_for_update(self, user_id: UserId) -> User:
        return self.get(user_id)

    def admins_for_update(self) -> frozenset[UserId]:
        return frozenset(user.id for user in self.store.values() if user.is_active_admin)

    def save(self, user: User) -> None:
        self.get(user.id)
        self.store[user.id] = user

    def change_email(self, user_id: UserId, *, email: str, at: datetime) -> None:
        holder = self.find_by_email(email)
        if holder is not None and holder.id != user_id:
            raise EmailTaken
        self.store[user_id] = replace(self.get(user_id), email=email, changed_at=at)

    def page_of(
        self,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
    ) -> Page[User]:
        matching = (
            user
            for user in self.store.values()
            if search.finds(name=user.name, email=user.email)
            and (changed_since is None or user.changed_or_created_at >= changed_since)
        )
        return page_in_memory(matching, request, USERS)


@dataclass(frozen=True, slots=True)
class InMemoryVerifiedEmailRepository:
    store: MutableMapping[UserId, str] = field(default_factory=dict)

    def find(self, user_id: UserId) -> str | None:
        return self.store.get(user_id)

    def of_users(self, user_ids: Collection[UserId]) -> dict[UserId, str]:
        return {user_id: self.store[user_id] for user_id in user_ids if user_id in self.store}

    def save(self, user_id: UserId, *, email: str) -> None:
        self.store[user_id] = email


class NoLastSeen:
    """Without a database there is no list of people that shows it."""

    def latest(self, *, limit: int, at: datetime) -> dict[UserId, datetime]:
        return {}

    def save(self, times: Mapping[UserId, datetime]) -> None:
        return None


class NoPasswordLinks:
    """Without a database there are no account pages; the link leads to the problem that says so."""

    def path_for(self, user_id: UserId) -> str:
        return "/password/reset"

    def paths_for(self, user_ids: Collection[UserId]) -> Mapping[UserId, str]:
        return {user_id: self.path_for(user_id) for user_id in user_ids}


class NoEmailLinks:
    """Without a database there are no account pages; the link leads to the problem that says so."""

    def path_for(self, user_id: UserId, *, email: str) -> str:
        return "/email/move"
