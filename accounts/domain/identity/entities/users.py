"""User entities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from accounts.domain.access import Role, UserId
from accounts.domain.identity.entities.profiles import Profile
from authsvc.kernel.text import folded


class RequiredAction(StrEnum):
    """Actions that staff can require of a user before their next sign-in. They are stored, so a value never changes."""

    CHANGE_PASSWORD = "change-password"  # noqa: S105  # a name, not a secret
    SET_UP_SECOND_FACTOR = "set-up-second-factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user. `email` is normalized, because all spellings of an address belong to one person.

    `updated_at` is the time of the last change to name or profile, `changed_at` that of the last change to anything but
    the password; None before the first. `required_actions` are demanded at sign-ins after `actions_required_at`.
    """

    id: UserId
    email: str
    name: str
    password_hash: str = field(repr=False)
    roles: tuple[Role, ...]
    is_active: bool
    is_staff: bool
    created_at: datetime
    profile: Profile = field(default_factory=Profile)
    updated_at: datetime | None = None
    changed_at: datetime | None = None
    required_actions: tuple[RequiredAction, ...] = ()
    actions_required_at: datetime | None = None

    @property
    def updated_or_created_at(self) -> datetime:
        """When the user's name or profile last changed."""
        return self.updated_at or self.created_at

    @property
    def changed_or_created_at(self) -> datetime:
        """When anything about the user but the password last changed."""
        return self.changed_at or self.created_at

    @property
    def is_active_admin(self) -> bool:
        return self.is_active and Role.ADMIN in self.roles

    def loses(self, edited: "User") -> bool:
        """Whether the edited user has fewer roles, is no longer staff, or is no longer active."""
        return (
            not set(self.roles) <= set(edited.roles)
            or (self.is_staff and not edited.is_staff)
            or (self.is_active and not edited.is_active)
        )

    def requiring(self, actions: Collection[RequiredAction], *, at: datetime) -> "User":
        """With these required actions in place of others."""
        required = tuple(action for action in RequiredAction if action in actions)
        return replace(
            self, required_actions=required, actions_required_at=at if required else None
        )

    def having_done(self, action: RequiredAction) -> "User":
        """Without this required action."""
        remaining = tuple(other for other in self.required_actions if other is not action)
        since = self.actions_required_at if remaining else None
        return replace(self, required_actions=remaining, actions_required_at=since)

    def described(
        self, *, name: str | None = None, profile: Mapping[str, str] | None = None, at: datetime
    ) -> "User":
        """With this name and these members of the profile; None leaves it unchanged. Raises UnsuitableProfile."""
        described = replace(
            self,
            name=self.name if name is None else name,
            profile=self.profile if profile is None else self.profile.changed(profile),
        )
        return self if described == self else replace(described, updated_at=at, changed_at=at)

    @classmethod
    def registered(
        cls,
        user_id: UserId,
        *,
        email: str,
        name: str,
        password_hash: str,
        at: datetime,
        roles: Collection[Role] = (),
        is_staff: bool = False,
        required_actions: Collection[RequiredAction] = (),
    ) -> "User":
        """A new user with a normalized address. Every user is a learner, and an admin is staff."""
        user = cls(
            id=user_id,
            email=email,
            name=name,
            password_hash=password_hash,
            roles=_in_order(roles),
            is_active=True,
            is_staff=is_staff or Role.ADMIN in roles,
            created_at=at,
        )
        return user.requiring(required_actions, at=at)


@dataclass(frozen=True, slots=True)
class PersonSearch:
    """Finds people by a part of their name or of their e-mail address, without regard to case.

    White space around the part is ignored, and an empty part finds everyone. Addresses are stored in lower case, and
    not folded: that would make one of two different letters.
    """

    text: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.text.strip()

    @property
    def name_part(self) -> str:
        """What the folded name contains."""
        return folded(self.text.strip())

    @property
    def email_part(self) -> str:
        """What the address contains."""
        return normalize("NFC", self.text.strip()).lower()

    def finds(self, *, name: str, email: str) -> bool:
        return self.name_part in folded(name) or self.email_part in email


EVERYONE: Final = PersonSearch()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """Changes to a user; None leaves a member unchanged."""

    name: str | None = None
    profile: Mapping[str, str] | None = None
    roles: Collection[Role] | None = None
    is_staff: bool | None = None
    is_active: bool | None = None

    @property
    def is_description_only(self) -> bool:
        """Whether at most name and profile change, which people may do themselves."""
        return self == UserChanges(name=self.name, profile=self.profile)

    @property
    def may_remove_admin(self) -> bool:
        """Whether an active admin could be one no longer."""
        return self.is_active is False or (self.roles is not None and Role.ADMIN not in self.roles)

    def applied_to(self, user: User, *, at: datetime) -> User:
        """An admin stays staff, whatever `is_staff` says. Raises UnsuitableProfile."""
        roles = user.roles if self.roles is None else _in_order(self.roles)
        is_staff = user.is_staff if self.is_staff is None else self.is_staff
        changed = replace(
            user.described(name=self.name, profile=self.profile, at=at),
            roles=roles,
            is_staff=is_staff or Role.ADMIN in roles,
            is_active=user.is_active if self.is_active is None else self.is_active,
        )
        return user if changed == user else replace(changed, changed_at=at)


def _in_order(roles: Collection[Role]) -> tuple[Role, ...]:
    """*roles* and learner, without duplicates, in the order of Role."""
    return tuple(role for role in Role if role in roles or role is Role.LEARNER)
