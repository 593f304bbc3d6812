"""ORM repositories of users: the users, their verified addresses, and links to set a password."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from accounts import models as rows
from accounts.domain.access import Role, UserId
from accounts.domain.identity.entities.profiles import Profile
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch, RequiredAction, User
from accounts.domain.identity.errors import EmailTaken, UserNotFound
from accounts.domain.identity.repositories.protocols import USERS
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.text import folded
from authsvc.storage.changes import since
from authsvc.storage.inserts import insert, parts_of
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery

_USER: Final = PreparedQuery(lambda user_id: rows.User.objects.filter(pk=user_id))


class OrmUserRepository:
    def add(self, user: User) -> None:
        self.add_all([user])

    def add_all(self, users: Sequence[User]) -> None:
        values = [_user_values(user) | {"last_login": None, "seen_at": None} for user in users]
        if insert(rows.User, values, unless_taken=("email",)) < len(users):
            raise EmailTaken

    def get(self, user_id: UserId) -> User:
        row = _USER.first(user_id)
        if row is None:
            raise UserNotFound
        return _user(row)

    def find_by_email(self, email: str) -> User | None:
        row = rows.User.objects.filter(email=email).first()
        return _user(row) if row else None

    def with_emails(self, emails: Collection[str]) -> list[User]:
        return [
            _user(row)
            for part in parts_of(emails)
            for row in rows.User.objects.filter(email__in=part)
        ]

    def with_emails_for_update(self, emails: Collection[str]) -> list[User]:
        return [
            _user(row)
            for part in parts_of(sorted(emails))
            for row in rows.User.objects.select_for_update().filter(email__in=part).order_by("id")
        ]

    def with_ids(self, user_ids: Collection[UserId]) -> list[User]:
        return [
            _user(row)
            for part in parts_of(user_ids)
            for row in rows.User.objects.filter(pk__in=part)
        ]

    def get_for_update(self, user_id: UserId) -> User:
        try:
            return _user(rows.User.objects.select_for_update().get(pk=user_id))
        except rows.User.DoesNotExist:
            raise UserNotFound from None

    def admins_for_update(self) -> frozenset[UserId]:
        admins = rows.User.objects.select_for_update().filter(is_superuser=True, is_active=True)
        # Everyone locks them in the same order, so nobody waits for each other.
        return frozenset(UserId(pk) for pk in admins.order_by("id").values_list("id", flat=True))

    def save(self, user: User) -> None:
        rows.User.objects.filter(pk=user.id).update(**_user_values(user))

    def change_email(self, user_id: UserId, *, email: str, at: datetime) -> None:
        try:
            with transaction.atomic():
                rows.User.objects.filter(pk=user_id).update(email=email, changed_at=at)
        except IntegrityError:
            if rows.User.objects.filter(email=email).exclude(pk=user_id).exists():
                raise EmailTaken from None
            raise

    def page_of(
        self,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
    ) -> Page[User]:
        conditions = found_by(search), since(changed_since, "changed_at", "created_at")
        return page_of_rows(rows.User.objects.filter(*conditions), request, USERS, _user)


class OrmVerifiedEmailRepository:
    """Uses the table of django-allauth, which sends the links that verify an address."""

    def find(self, user_id: UserId) -> str | None:
        row = EmailAddress.objects.filter(user_id=user_id, verified=True).first()
        return row.email if row else None

    def of_users(self, user_ids: Collection[UserId]) -> dict[UserId, str]:
        verified = EmailAddress.objects.filter(verified=True)
        return {
            UserId(user_id): email
            for part in parts_of(user_ids)
            for user_id, email in verified.filter(user_id__in=part).values_list("user_id", "email")
        }

    def save(self, user_id: UserId, *, email: str) -> None:
        EmailAddress.objects.filter(user_id=user_id).exclude(email=email).delete()
        verified = EmailAddress(user_id=user_id, email=email, verified=True, primary=True)
        EmailAddress.objects.bulk_create(
            [verified],
            update_conflicts=True,
            unique_fields=["user", "email"],
            update_fields=["verified", "primary"],
        )


class OrmPasswordLinks:
    """Uses the tokens of django-allauth, which has the page that they lead to."""

    def path_for(self, user_id: UserId) -> str:
        return self.paths_for([user_id])[user_id]

    def paths_for(self, user_ids: Collection[UserId]) -> Mapping[UserId, str]:
        return {
            UserId(user.pk): _password_path(user)
            for part in parts_of(user_ids)
            for user in rows.User.objects.filter(pk__in=part)
        }


def _password_path(user: rows.User) -> str:
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    place = {"uidb36": user_pk_to_url_str(user), "key": key}
    return reverse("account_reset_password_from_key", kwargs=place)


def found_by(search: PersonSearch, *, user: str = "") -> Q:
    """Condition: the search finds the user. *user* is the path to their row, such as `user__`.

    It is one LIKE for each column, which no B-tree serves: rows are read in the order of the list until a page is full.
    """
    if search.is_empty:
        return Q()
    name, email = f"{user}folded_name__contains", f"{user}email__contains"
    return Q(**{name: search.name_part}) | Q(**{email: search.email_part})


def _user(row: rows.User) -> User:
    return User(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        password_hash=row.password,
        roles=tuple(Role(role) for role in row.roles),
        is_active=row.is_active,
        is_staff=row.is_staff,
        created_at=row.created_at,
        profile=Profile(**row.profile_members),
        updated_at=row.updated_at,
        changed_at=row.changed_at,
        required_actions=tuple(RequiredAction(action) for action in row.required_actions),
        actions_required_at=row.actions_required_at,
    )


def _user_values(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "folded_name": folded(user.name),
        "password": user.password_hash,
        "roles": list(user.roles),
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": Role.ADMIN in user.roles,
        "created_at": user.created_at,
        "profile_members": user.profile.members,
        "updated_at": user.updated_at,
        "changed_at": user.changed_at,
        "required_actions": list(user.required_actions),
        "actions_required_at": user.actions_required_at,
    }
