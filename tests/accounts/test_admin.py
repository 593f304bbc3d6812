"""Users in the back office."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.domain.entities import OPERATOR, Role, User, UserChanges
from accounts.models import User as UserRow
from tests.support.browsing import Visitor
from tests.support.house import PASSWORD, House
from tests.support.staff import Desk, a_user_of, desk, log_of, root_desk

pytestmark = pytest.mark.database

USERS = "accounts/user/"
NEW = {"email": "Cleo@School.example", "name": "Cleo", "new_password": "a long walk home"}


def manager(house: House) -> Desk:
    return desk(house, "User managers")


def now(house: House, user: User) -> User:
    return house.services.users.get(user.id, by=OPERATOR)


def page_of(user: User) -> str:
    return f"{USERS}{user.id}/change/"


def test_staff_sign_in_with_address_and_password(house: House) -> None:
    a_user_of(house, "Root", email="root@school.example", roles=[Role.ADMIN])
    root = Visitor()
    asked = root.lands_at("/admin/accounts/user/")

    seen = root.sign_in("Root@School.example", next="/admin/accounts/user/")

    assert asked == "/signin?next=/admin/accounts/user/"
    assert seen.leads_to == "/admin/accounts/user/"
    assert "Select user to change" in root.get(seen.leads_to).text


def test_nobody_else_gets_in(house: House) -> None:
    anna, visitor = a_user_of(house), Visitor()
    visitor.sign_in(anna.email, next="/admin/")

    seen = visitor.get(visitor.lands_at("/admin/"))

    assert (seen.status, seen.heading) == (403, "Access denied")


def test_a_form_of_the_old_kind_signs_nobody_in(house: House) -> None:
    root = a_user_of(house, "Root", roles=[Role.ADMIN])
    visitor = Visitor()

    seen = visitor.post("/admin/login/", username=root.email, password=PASSWORD)

    assert seen.leads_to == "/signin?next=/admin/"
    assert not visitor.is_signed_in


def test_the_address_without_its_slash_leads_there(house: House) -> None:
    assert Client().get("/admin")["Location"] == "/admin/"


def test_whoever_is_deactivated_is_out_at_once(house: House) -> None:
    bo = manager(house)

    house.services.users.edit(bo.id, UserChanges(is_active=False), by=OPERATOR)

    assert unquote(bo.get(USERS).path) == "/signin?next=/admin/accounts/user/"


def test_a_manager_adds_a_user(house: House) -> None:
    page = manager(house).post(f"{USERS}add/", **NEW, roles=["instructor"])

    cleo = house.services.users.find("cleo@school.example", by=OPERATOR)
    assert page.path == USERS
    assert (cleo.name, cleo.is_staff) == ("Cleo", False)
    assert cleo.roles == (Role.LEARNER, Role.INSTRUCTOR)
    assert house.services.sessions.authenticate(email=cleo.email, password=NEW["new_password"])
    assert log_of(cleo.id) == ["Added."]


def test_an_admin_adds_staff(house: House) -> None:
    root_desk(house).post(f"{USERS}add/", **NEW, is_staff="on")

    assert house.services.users.find("cleo@school.example", by=OPERATOR).is_staff


@pytest.mark.parametrize("wish", [{"is_staff": "on"}, {"roles": ["admin"]}])
def test_a_manager_adds_no_staff(house: House, wish: dict[str, Any]) -> None:
    page = manager(house).post(f"{USERS}add/", **NEW, **wish)

    assert page.path == f"{USERS}add/"
    assert page.said == (
        "You may not do this. This needs the right appoint-staff, which your roles do not give.",
    )
    assert not UserRow.objects.filter(email="cleo@school.example").exists()


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"email": "anna@school.example"}, "User with this Email already exists."),
        ({"email": "ANNA@school.example"}, "User with this Email already exists."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"new_password": "short"}, "This password is too short."),
        ({"new_password": "password"}, "This password is too common."),
        ({"name": "C" * 201}, "Ensure this value has at most 200 characters"),
        ({"roles": ["emperor"]}, "emperor is not one of the available choices."),
    ],
)
def test_a_form_says_what_is_wrong_with_a_new_user(
    house: House, wish: dict[str, Any], complaint: str
) -> None:
    a_user_of(house, email="anna@school.example")

    page = root_desk(house).post(f"{USERS}add/", **NEW | wish)

    assert complaint in page.text
    assert NEW["new_password"] not in page.text
    assert not UserRow.objects.filter(name__startswith="C").exists()


def test_a_manager_renames_a_user_and_gives_him_a_role(house: House) -> None:
    anna = a_user_of(house)

    page = manager(house).post(page_of(anna), name="Anna B.", roles=["instructor"])

    assert page.path == USERS
    assert now(house, anna).name == "Anna B."
    assert now(house, anna).roles == (Role.LEARNER, Role.INSTRUCTOR)
    assert log_of(anna.id) == ["Changed Name and roles."]


def test_an_address_cannot_be_changed(house: House) -> None:
    anna = a_user_of(house)

    root_desk(house).post(page_of(anna), name="Anna", email="other@school.example")

    assert now(house, anna).email == anna.email


def test_a_manager_changes_no_staff(house: House) -> None:
    root = a_user_of(house, "Root", roles=[Role.ADMIN])

    page = manager(house).post(page_of(root), name="Robert")

    assert page.path == page_of(root)
    assert page.said[0].startswith("You may not do this.")
    assert now(house, root) == root
    assert log_of(root.id) == []


def test_a_manager_appoints_no_staff(house: House) -> None:
    anna = a_user_of(house)

    page = manager(house).post(page_of(anna), name="Anna", is_staff="on")

    assert page.said[0].startswith("You may not do this.")
    assert not now(house, anna).is_staff


def test_a_manager_changes_his_own_name(house: House) -> None:
    bo = manager(house)

    bo.post(f"{USERS}{bo.id}/change/", name="Robert", is_staff="on")

    assert house.services.users.get(bo.id, by=OPERATOR).name == "Robert"


def test_an_admin_puts_somebody_in_a_group(house: House) -> None:
    bo = desk(house)
    group = Group.objects.get(name="Auditors")

    root_desk(house).post(f"{USERS}{bo.id}/change/", name="Bo", is_staff="on", groups=[group.pk])

    assert [one.name for one in UserRow.objects.get(pk=bo.id).groups.all()] == ["Auditors"]


def test_a_manager_puts_nobody_in_a_group(house: House) -> None:
    anna, bo = a_user_of(house), manager(house)
    group = UserRow.objects.get(pk=bo.id).groups.get()

    page = bo.post(page_of(anna), name="Anna B.", groups=[group.pk])

    assert page.status == 200
    assert now(house, anna).name == "Anna B."
    assert not UserRow.objects.get(pk=anna.id).groups.exists()


def test_the_list_finds_a_user_by_address_name_or_id(house: House) -> None:
    anna, bo = a_user_of(house, "Anna"), manager(house)

    for term in (anna.email, "ann", str(anna.id)):
        page = bo.get(f"{USERS}?q={term}")

        assert page.text.count('class="field-email"') == 1
        assert anna.email in page.text


def test_the_list_sorts_out_who_is_active(house: House) -> None:
    anna, bo = a_user_of(house), manager(house)
    house.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    page = bo.get(f"{USERS}?is_active__exact=0")

    assert page.text.count('class="field-email"') == 1
    assert anna.email in page.text


@pytest.mark.parametrize(
    "lookup", ["password__startswith=argon2", "password=x", "groups__name__startswith=A"]
)
def test_no_hidden_column_can_be_asked_about(house: House, lookup: str) -> None:
    assert root_desk(house).get(f"{USERS}?{lookup}").status == 400
