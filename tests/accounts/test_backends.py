"""Django's sign-in, through our own."""

import pytest
from django.contrib.auth import authenticate, get_user
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory

from accounts import models as rows
from accounts.backends import AccountsBackend
from accounts.domain.entities import OPERATOR, Role, User, UserChanges
from tests.support.house import PASSWORD, House

pytestmark = pytest.mark.database

EMAIL = "root@school.example"


def has_root(house: House) -> User:
    return house.services.users.create(
        email=EMAIL, name="Root", password=PASSWORD, roles=[Role.ADMIN], by=OPERATOR
    )


def deactivate(house: House, user: User) -> None:
    house.services.users.edit(user.id, UserChanges(is_active=False), by=OPERATOR)


@pytest.mark.parametrize("username", [EMAIL, "Root@School.Example"])
def test_a_right_password_gives_django_the_row(house: House, username: str) -> None:
    root = has_root(house)

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
def test_anything_else_gives_nobody(
    house: House, username: str | None, password: str | None
) -> None:
    has_root(house)

    assert AccountsBackend().authenticate(None, username=username, password=password) is None


def test_an_inactive_user_is_nobody(house: House) -> None:
    deactivate(house, has_root(house))

    assert authenticate(username=EMAIL, password=PASSWORD) is None


def test_a_deactivation_reaches_a_session_of_pages(house: House) -> None:
    root, client = has_root(house), Client()
    assert client.login(username=EMAIL, password=PASSWORD)
    request = RequestFactory().get("/")
    request.session = client.session
    assert get_user(request).pk == root.id

    deactivate(house, root)

    assert get_user(request).is_anonymous


def test_a_changed_password_reaches_a_session_of_pages(house: House) -> None:
    root, client = has_root(house), Client()
    client.login(username=EMAIL, password=PASSWORD)
    request = RequestFactory().get("/")
    request.session = client.session
    assert get_user(request).pk == root.id

    house.services.users.set_password(root.id, password="a short way back", by=OPERATOR)

    assert get_user(request).is_anonymous


def test_permissions_are_djangos(house: House) -> None:
    bo = house.services.users.create(
        email="bo@school.example", name="Bo", password=PASSWORD, roles=[], by=OPERATOR
    )
    row = rows.User.objects.get(pk=bo.id)
    row.user_permissions.add(Permission.objects.get(codename="change_user"))

    assert row.has_perm("accounts.change_user")
    assert not row.has_perm("accounts.delete_user")
