"""Users in the database."""

from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts import models as rows
from accounts.domain.entities import Role, User, UserId
from accounts.domain.errors import EmailTaken, UserNotFound
from accounts.domain.repositories.protocols.users import USERS
from authsvc.kernel.pages import Page, PageRequest
from authsvc.storage.inserts import insert
from authsvc.storage.paging import page_of_rows
from authsvc.storage.prepared import PreparedQuery

Values = dict[str, Any]

_USER: Final = PreparedQuery(lambda user_id: rows.User.objects.filter(pk=user_id))


class OrmUserRepository:
    def add(self, user: User) -> None:
        values = _user_values(user) | {"last_login": None}
        if not insert(rows.User, [values], unless_taken=("email",)):
            raise EmailTaken

    def get(self, user_id: UserId) -> User:
        row = _USER.first(user_id)
        if row is None:
            raise UserNotFound
        return _user(row)

    def find_by_email(self, email: str) -> User | None:
        row = rows.User.objects.filter(email=email).first()
        return _user(row) if row else None

    def get_for_update(self, user_id: UserId) -> User:
        try:
            return _user(rows.User.objects.select_for_update().get(pk=user_id))
        except rows.User.DoesNotExist:
            raise UserNotFound from None

    def save(self, user: User) -> None:
        rows.User.objects.filter(pk=user.id).update(**_user_values(user))

    def move(self, user_id: UserId, *, email: str) -> None:
        try:
            with transaction.atomic():
                rows.User.objects.filter(pk=user_id).update(email=email)
        except IntegrityError:
            if rows.User.objects.filter(email=email).exclude(pk=user_id).exists():
                raise EmailTaken from None
            raise

    def page_of(self, request: PageRequest) -> Page[User]:
        return page_of_rows(rows.User.objects.all(), request, USERS, _user)


class OrmVerifiedEmailRepository:
    """On the table of django-allauth, which mails the links that verify an address."""

    def find(self, user_id: UserId) -> str | None:
        row = EmailAddress.objects.filter(user_id=user_id, verified=True).first()
        return row.email if row else None

    def save(self, user_id: UserId, *, email: str) -> None:
        EmailAddress.objects.filter(user_id=user_id).exclude(email=email).delete()
        EmailAddress.objects.update_or_create(
            user_id=user_id, email=email, defaults={"verified": True, "primary": True}
        )


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
    )


def _user_values(user: User) -> Values:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "password": user.password_hash,
        "roles": list(user.roles),
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": Role.ADMIN in user.roles,
        "created_at": user.created_at,
    }
