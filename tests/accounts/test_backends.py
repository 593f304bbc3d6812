"""Authentication backend: Django's sign-in through the session service."""

import pytest
from django.contrib.auth import authenticate, get_user
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory

from accounts import models as rows
from accounts.backends import AccountsBackend
from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.entities.users import User, UserChanges
from tests.support.application import PASSWORD, Application
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

EMAIL = "root@school.example"


def has_root(application: Application) -> User:
    return application.services.users.create(
        email=EMAIL, name="Root", password=PASSWORD, roles=[Role.ADMIN], by=OPERATOR
    )


def deactivate(application: Application, user: User) -> None:
    a_user_of(application, "Other", roles=[Role.ADMIN])  # the last admin stays active
    application.services.users.edit(user.id, UserChanges(is_active=False), by=OPERATOR)


@pytest.mark.parametrize("username", [EMAIL, "Root@School.Example"])
def test_the_right_password_returns_the_row(application: Application, username: str) -> None:
    root = has_root(application)

    row = authenticate(RequestFactory().get("/"), username=username, password=PASSWORD)

    assert isinstance(row, rows.User)
    assert (row.pk, row.email, row.is_superuser) == (root.id, EMAIL, True)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (EMAIL, "a wrong password"),
        (EMAIL, ""),
        ("nobody@school.example", PASSWORD),
        ("", PASSWORD),
        (None, PASSWORD),
        (EMAIL, None),
        (None, None),
    ],
)
def test_other_credentials_return_no_user(
    application: Application, username: str | None, password: str | None
) -> None:
    has_root(application)

    assert AccountsBackend().authenticate(None, username=username, password=password) is None


def test_an_inactive_user_is_not_authenticated(application: Application) -> None:
    deactivate(application, has_root(application))

    assert authenticate(username=EMAIL, password=PASSWORD) is None


def test_a_deactivation_ends_browser_sessions(application: Application) -> None:
    root, client = has_root(application), Client()
    assert client.login(username=EMAIL, password=PASSWORD)
    request = RequestFactory().get("/")
    request.session = client.session
    assert get_user(request).pk == root.id

    deactivate(application, root)

    assert get_user(request).is_anonymous


def test_a_changed_password_ends_browser_sessions(application: Application) -> None:
    root, client = has_root(application), Client()
    client.login(username=EMAIL, password=PASSWORD)
    request = RequestFactory().get("/")
    request.session = client.session
    assert get_user(request).pk == root.id

    application.services.users.set_password(root.id, password="a short way back", by=OPERATOR)

    assert get_user(request).is_anonymous


def test_permissions_are_djangos(application: Application) -> None:
    bo = application.services.users.create(
        email="bo@school.example", name="Bo", password=PASSWORD, roles=[], by=OPERATOR
    )
    row = rows.User.objects.get(pk=bo.id)
    row.user_permissions.add(Permission.objects.get(codename="change_user"))

    assert row.has_perm("accounts.change_user")
    assert not row.has_perm("accounts.delete_user")
