"""Admin pages of users."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.entities.profiles import Profile
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.models import User as UserRow
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, link_in, mails
from tests.support.staff import (
    USERS,
    a_user_of,
    log_of,
    root_browser,
    staff_browser,
    user_manager,
)

pytestmark = pytest.mark.database

NEW = {"email": "Cleo@School.example", "name": "Cleo"}


def now(application: Application, user: User) -> User:
    return application.services.users.get(user.id, by=OPERATOR)


def page_of(user: User) -> str:
    return f"{USERS}{user.id}/change/"


def test_staff_sign_in_with_address_and_password(application: Application) -> None:
    a_user_of(application, "Root", email="root@school.example", roles=[Role.ADMIN])
    root = Visitor()
    landing = root.lands_at("/admin/accounts/user/")

    response = root.sign_in("Root@School.example", next="/admin/accounts/user/")

    assert landing == "/signin?next=/admin/accounts/user/"
    assert response.leads_to == "/admin/accounts/user/"
    assert "<h1>People</h1>" in root.get(response.leads_to).text


def test_users_who_are_not_staff_are_denied_access(application: Application) -> None:
    anna, visitor = a_user_of(application), Visitor()
    visitor.sign_in(anna.email, next="/admin/")

    response = visitor.get(visitor.lands_at("/admin/"))

    assert (response.status, response.heading) == (403, "Access denied")


def test_the_sign_in_form_of_django_signs_nobody_in(application: Application) -> None:
    root = a_user_of(application, "Root", roles=[Role.ADMIN])
    visitor = Visitor()

    response = visitor.post("/admin/login/", username=root.email, password=PASSWORD)

    assert response.leads_to == "/signin?next=/admin/"
    assert not visitor.is_signed_in


def test_the_url_without_a_slash_redirects(application: Application) -> None:
    assert Client().get("/admin")["Location"] == "/admin/"


def test_deactivated_staff_lose_access_at_once(application: Application) -> None:
    bo = user_manager(application)

    application.services.users.edit(bo.id, UserChanges(is_active=False), by=OPERATOR)

    assert unquote(bo.get(USERS).path) == "/signin?next=/admin/accounts/user/"


def test_a_manager_adds_a_user_who_chooses_their_own_password(application: Application) -> None:
    page = user_manager(application).post(f"{USERS}add/", **NEW)

    cleo = application.user_with("cleo@school.example")
    assert page.path == page_of(cleo)
    assert (cleo.name, cleo.is_staff, cleo.roles) == ("Cleo", False, (Role.LEARNER,))
    assert log_of(cleo.id) == ["Added."]
    (mail,) = mails()
    assert (mail.to, mail.subject) == ([cleo.email], "Choose a password for your new account")

    visitor = Visitor()
    link = visitor.get(link_in(mail)).leads_to
    visitor.post(link, password1="a long walk home")

    assert application.services.sign_in.authenticate(email=cleo.email, password="a long walk home")
    assert application.services.emails.verified(cleo.id) == cleo.email


def test_a_manager_gives_no_rights_that_they_do_not_have(application: Application) -> None:
    manager = user_manager(application)

    page = manager.post(f"{USERS}add/", **NEW, roles=["instructor"])

    assert page.path == f"{USERS}add/"
    assert page.messages[0].startswith("You may not do this.")
    assert not UserRow.objects.filter(email="cleo@school.example").exists()


def test_an_admin_adds_staff(application: Application) -> None:
    root_browser(application).post(f"{USERS}add/", **NEW, is_staff="on")

    assert application.user_with("cleo@school.example").is_staff


@pytest.mark.parametrize("wish", [{"is_staff": "on"}, {"roles": ["admin"]}])
def test_a_manager_adds_no_staff(application: Application, wish: dict[str, Any]) -> None:
    page = user_manager(application).post(f"{USERS}add/", **NEW, **wish)

    assert page.path == f"{USERS}add/"
    assert page.messages == (
        "You may not do this. This needs the right appoint-staff, which your roles do not give.",
    )
    assert not UserRow.objects.filter(email="cleo@school.example").exists()


def test_an_admin_renames_a_user_and_assigns_a_role(application: Application) -> None:
    anna = a_user_of(application)

    page = root_browser(application).post(page_of(anna), name="Anna B.", roles=["instructor"])

    assert page.path == USERS
    assert now(application, anna).name == "Anna B."
    assert now(application, anna).roles == (Role.LEARNER, Role.INSTRUCTOR)
    assert log_of(anna.id) == ["Changed Name and roles."]


def test_an_admin_edits_the_profile_of_a_user(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)

    root.post(page_of(anna), name="Anna", nickname="Ann", locale="sv")
    page = root.get(f"{page_of(anna)}?tab=edit")
    root.post(page_of(anna), name="Anna", locale="sv")

    assert 'value="Ann"' in page.text
    assert now(application, anna).profile == Profile(locale="sv")
    assert log_of(anna.id) == ["Changed Nickname and Language.", "Changed Nickname."]


def test_an_invalid_profile_is_shown_on_the_form(application: Application) -> None:
    anna = a_user_of(application)

    page = root_browser(application).post(page_of(anna), name="Ann", locale="?")

    assert "Enter a language tag" in page.text
    assert now(application, anna) == anna


def test_staff_who_may_only_view_see_the_profile(application: Application) -> None:
    anna = a_user_of(application)
    application.services.users.edit(
        anna.id, UserChanges(profile={"nickname": "Annie"}), by=OPERATOR
    )

    page = staff_browser(application, "Auditors").get(f"{page_of(anna)}?tab=edit")

    assert (page.status, page.may_be_saved) == (200, False)
    assert "Annie" in page.text


def test_an_e_mail_address_cannot_be_changed(application: Application) -> None:
    anna = a_user_of(application)

    root_browser(application).post(page_of(anna), name="Anna", email="other@school.example")

    assert now(application, anna).email == anna.email


def test_a_manager_changes_no_staff(application: Application) -> None:
    root = a_user_of(application, "Root", roles=[Role.ADMIN])

    page = user_manager(application).post(page_of(root), name="Robert")

    assert page.path == page_of(root)
    assert page.messages[0].startswith("You may not do this.")
    assert now(application, root) == root
    assert log_of(root.id) == []


def test_a_manager_appoints_no_staff(application: Application) -> None:
    anna = a_user_of(application)

    page = user_manager(application).post(page_of(anna), name="Anna", is_staff="on")

    assert page.messages[0].startswith("You may not do this.")
    assert not now(application, anna).is_staff


def test_a_manager_changes_their_own_name(application: Application) -> None:
    bo = user_manager(application)

    bo.post(f"{USERS}{bo.id}/change/", name="Robert", is_staff="on")

    assert application.services.users.get(bo.id, by=OPERATOR).name == "Robert"


def test_an_admin_adds_a_user_to_a_group(application: Application) -> None:
    bo = staff_browser(application)
    group = Group.objects.get(name="Auditors")

    root_browser(application).post(
        f"{USERS}{bo.id}/change/", name="Bo", is_staff="on", groups=[group.pk]
    )

    assert [group.name for group in UserRow.objects.get(pk=bo.id).groups.all()] == ["Auditors"]


def test_a_manager_cannot_add_users_to_groups(application: Application) -> None:
    anna, bo = a_user_of(application), user_manager(application)
    group = UserRow.objects.get(pk=bo.id).groups.get()

    page = bo.post(page_of(anna), name="Anna B.", groups=[group.pk])

    assert page.status == 200
    assert now(application, anna).name == "Anna B."
    assert not UserRow.objects.get(pk=anna.id).groups.exists()


def test_the_list_finds_a_user_by_e_mail_name_or_id(application: Application) -> None:
    anna, bo = a_user_of(application, "Anna"), user_manager(application)

    for term in (anna.email, "ann", str(anna.id)):
        page = bo.get(f"{USERS}?q={term}")

        assert page.text.count('class="field-person"') == 1
        assert anna.email in page.text


def test_the_list_is_filtered_by_activity(application: Application) -> None:
    anna, bo = a_user_of(application), user_manager(application)
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    page = bo.get(f"{USERS}?is_active__exact=0")

    assert page.text.count('class="field-person"') == 1
    assert anna.email in page.text


@pytest.mark.parametrize("term", ["åSE B", "%C3%85SE B", "ASE@"])
def test_the_list_finds_users_as_the_api_does(application: Application, term: str) -> None:
    ase = a_user_of(application, "Åse Berg", email="ase@school.example")
    cleo = a_user_of(application, "Cleo", email="cleo@school.example")

    page = user_manager(application).get(f"{USERS}?q={term}")

    assert ase.email in page.text
    assert cleo.email not in page.text
