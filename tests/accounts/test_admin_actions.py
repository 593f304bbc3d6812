"""What the back office does to users beside their forms."""

import pytest

from accounts.domain.entities import OPERATOR, Role, UserChanges
from accounts.domain.errors import InvalidCredentials
from accounts.models import User as UserRow
from tests.support.house import PASSWORD, Caller, House
from tests.support.staff import Desk, a_user_of, desk, log_of, root_desk

pytestmark = pytest.mark.database

USERS = "accounts/user/"
NEW = "an even longer walk"


def manager(house: House) -> Desk:
    return desk(house, "User managers")


def test_deactivating_asks_for_a_reason_first(house: House) -> None:
    anna = a_user_of(house)

    page = manager(house).act(USERS, "deactivate", anna.id)

    assert "Deactivate 1 user" in page.text
    assert anna.email in page.text
    assert house.services.users.get(anna.id, by=OPERATOR).is_active
    assert log_of(anna.id) == []


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 1001])
def test_a_reason_must_be_one(house: House, reason: str) -> None:
    anna = a_user_of(house)

    page = manager(house).act(USERS, "deactivate", anna.id, reason=reason)

    assert "Please correct the error below." in page.text
    assert house.services.users.get(anna.id, by=OPERATOR).is_active


def test_the_answer_to_the_question_deactivates_those_who_were_chosen(house: House) -> None:
    anna, cleo, bo = a_user_of(house), a_user_of(house, "Cleo"), manager(house)

    page = bo.act(USERS, "deactivate", anna.id, cleo.id, reason="Left the school.")

    assert page.said == ("2 users deactivated.",)
    for user in (anna, cleo):
        assert not house.services.users.get(user.id, by=OPERATOR).is_active
        assert log_of(user.id) == ["Deactivated. Reason: Left the school."]


def test_deactivating_ends_sessions(house: House) -> None:
    anna = house.signed_in()

    manager(house).act(USERS, "deactivate", anna.id, reason="Left the school.")

    assert anna.caller.get("/v1/me").code == "invalid-token"


def test_a_refusal_names_whom_it_is_about_and_spares_the_others(house: House) -> None:
    anna, root = a_user_of(house), a_user_of(house, "Root", roles=[Role.ADMIN])

    page = manager(house).act(USERS, "deactivate", anna.id, root.id, reason="Spring cleaning.")

    refusal, success = page.said
    assert refusal.startswith(f"Not deactivated: {root.email}. You may not do this.")
    assert success == "1 user deactivated."
    assert house.services.users.get(root.id, by=OPERATOR).is_active
    assert log_of(root.id) == []


def test_activating_needs_no_reason(house: House) -> None:
    anna = a_user_of(house)
    house.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    page = manager(house).act(USERS, "activate", anna.id)

    assert page.said == ("1 user activated.",)
    assert house.services.users.get(anna.id, by=OPERATOR).is_active
    assert log_of(anna.id) == ["Activated."]


def test_what_nobody_foresaw_is_no_refusal(house: House) -> None:
    anna = a_user_of(house)
    UserRow.objects.filter(pk=anna.id).update(roles=["emperor"])

    with pytest.raises(ValueError, match="emperor"):
        manager(house).act(USERS, "activate", anna.id)


def test_an_action_takes_no_more_than_a_page_of_rows(house: House) -> None:
    bo, learners = manager(house), [a_user_of(house, f"Anna-{n}") for n in range(100)]

    page = bo.act(USERS, "activate", learners[0].id, select_across="1")

    assert page.said == ("Choose at most 100.",)


def test_a_manager_sets_a_password(house: House) -> None:
    anna = house.signed_in()

    page = manager(house).post(f"{USERS}{anna.id}/password/", password=NEW)

    assert page.path == f"{USERS}{anna.id}/change/"
    assert page.said == (f"The password of {anna.email} is set.",)
    assert house.services.sessions.authenticate(email=anna.email, password=NEW)
    assert anna.caller.get("/v1/me").code == "invalid-token"
    assert log_of(anna.id) == ["Set a new password."]


def test_an_unsuitable_password_is_not_set(house: House) -> None:
    anna = a_user_of(house)

    page = manager(house).post(f"{USERS}{anna.id}/password/", password="short")

    assert "This password is too short." in page.text
    assert house.services.sessions.authenticate(email=anna.email, password=PASSWORD)
    assert log_of(anna.id) == []


def test_a_manager_sets_no_password_of_staff(house: House) -> None:
    root = a_user_of(house, "Root", roles=[Role.ADMIN])

    page = manager(house).post(f"{USERS}{root.id}/password/", password=NEW)

    assert page.said[0].startswith("You may not do this.")
    with pytest.raises(InvalidCredentials):
        house.services.sessions.authenticate(email=root.email, password=NEW)


def test_nobody_has_no_password_to_set(house: House) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert root_desk(house).get(f"{USERS}{nobody}/password/").status == 404


def test_ones_own_password_is_changed_and_other_sessions_end(house: House) -> None:
    root = house.signed_in(Role.ADMIN, name="Root")
    at_the_desk = Desk(house.services.users.find(root.email, by=OPERATOR).id)

    asked = at_the_desk.get("password_change/").path

    page = at_the_desk.post(asked, current_password=PASSWORD, new_password=NEW)

    assert page.path == "/account"
    assert house.services.sessions.authenticate(email=root.email, password=NEW)
    assert Caller(root.caller.token).get("/v1/me").code == "invalid-token"
    assert at_the_desk.get(USERS).path == USERS


@pytest.mark.parametrize(
    ("current", "new", "complaint"),
    [
        ("not the password", NEW, "The current password is wrong"),
        (PASSWORD, "short", "This password is too short."),
        ("", NEW, "This field is required."),
    ],
)
def test_ones_own_password_stays_when_something_is_wrong(
    house: House, current: str, new: str, complaint: str
) -> None:
    root = root_desk(house)

    page = root.post("/account/password", current_password=current, new_password=new)

    assert complaint in page.text
    user = house.services.users.get(root.id, by=OPERATOR)
    assert house.services.sessions.authenticate(email=user.email, password=PASSWORD)
