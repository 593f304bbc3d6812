"""Admin actions on users."""

import pytest

from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.entities.users import UserChanges
from accounts.models import User as UserRow
from tests.support.application import PASSWORD, Application, Caller
from tests.support.browsing import link_in, mails
from tests.support.staff import (
    USERS,
    StaffBrowser,
    a_user_of,
    log_of,
    root_browser,
    user_manager,
)

pytestmark = pytest.mark.database

NEW = "an even longer walk"


def test_deactivating_asks_for_a_reason_first(application: Application) -> None:
    anna = a_user_of(application)

    page = user_manager(application).act(USERS, "deactivate", anna.id)

    assert "Deactivate Anna" in page.text
    assert anna.email in page.text
    assert application.services.users.get(anna.id, by=OPERATOR).is_active
    assert log_of(anna.id) == []


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 1001])
def test_an_invalid_reason_is_refused(application: Application, reason: str) -> None:
    anna = a_user_of(application)

    page = user_manager(application).act(USERS, "deactivate", anna.id, reason=reason)

    assert "Not saved: 1 field needs attention." in page.text
    assert application.services.users.get(anna.id, by=OPERATOR).is_active


def test_with_a_reason_the_selected_users_are_deactivated(application: Application) -> None:
    anna, cleo, bo = (
        a_user_of(application),
        a_user_of(application, "Cleo"),
        user_manager(application),
    )

    page = bo.act(USERS, "deactivate", anna.id, cleo.id, reason="Left the school.")

    assert page.messages == ("Deactivated Cleo.", "Deactivated Anna.")
    for user in (anna, cleo):
        assert not application.services.users.get(user.id, by=OPERATOR).is_active
        assert log_of(user.id) == ["Deactivated. Reason: Left the school."]


def test_deactivating_ends_sessions(application: Application) -> None:
    anna = application.signed_in()

    user_manager(application).act(USERS, "deactivate", anna.id, reason="Left the school.")

    assert anna.caller.get("/v1/me").code == "invalid-token"


def test_an_error_names_its_row_and_does_not_stop_the_others(application: Application) -> None:
    anna, root = a_user_of(application), a_user_of(application, "Root", roles=[Role.ADMIN])

    page = user_manager(application).act(
        USERS, "deactivate", anna.id, root.id, reason="Spring cleaning."
    )

    error, success = page.messages
    assert error.startswith("Not deactivated: Root. You may not do this.")
    assert success == "Deactivated Anna."
    assert application.services.users.get(root.id, by=OPERATOR).is_active
    assert log_of(root.id) == []


def test_activating_needs_no_reason(application: Application) -> None:
    anna = a_user_of(application)
    application.services.users.edit(anna.id, UserChanges(is_active=False), by=OPERATOR)

    page = user_manager(application).act(USERS, "activate", anna.id)

    assert page.messages == ("Activated Anna.",)
    assert application.services.users.get(anna.id, by=OPERATOR).is_active
    assert log_of(anna.id) == ["Activated."]


def test_unexpected_errors_are_not_caught(application: Application) -> None:
    anna = a_user_of(application)
    UserRow.objects.filter(pk=anna.id).update(roles=["emperor"])

    with pytest.raises(ValueError, match="emperor"):
        user_manager(application).act(USERS, "activate", anna.id)


def test_an_action_accepts_at_most_a_page_of_rows(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authsvc.admin_site.actions.MOST_AT_ONCE", 3)
    bo, learners = (
        user_manager(application),
        [a_user_of(application, f"Anna-{n}") for n in range(3)],
    )

    page = bo.act(USERS, "activate", learners[0].id, select_across="1")

    assert page.messages == ("Select at most 3.",)


def test_a_manager_mails_a_link_to_set_a_password(application: Application) -> None:
    anna = application.signed_in()

    page = user_manager(application).post(f"{USERS}{anna.id}/password/")

    assert page.path == f"{USERS}{anna.id}/change/"
    assert page.messages == (f"A link to set a password was sent to {anna.email}.",)
    assert mails()[-1].to == [anna.email]
    assert link_in(mails()[-1]).startswith("/password/reset/")
    assert anna.caller.get("/v1/me").status == 200
    assert log_of(anna.id) == ["Sent a password link."]


def test_a_manager_mails_no_link_to_staff(application: Application) -> None:
    root = a_user_of(application, "Root", roles=[Role.ADMIN])

    page = user_manager(application).post(f"{USERS}{root.id}/password/")

    assert page.messages[0].startswith("You may not do this.")
    assert mails() == []


def test_nobody_deactivates_their_own_account(application: Application) -> None:
    root = root_browser(application)
    a_user_of(application, "Other", roles=[Role.ADMIN])

    page = root.act(USERS, "deactivate", root.id, reason="Tired.")

    assert "You cannot deactivate or demote your own account." in page.messages[0]


def test_the_password_page_of_an_unknown_user_is_not_found(application: Application) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert root_browser(application).get(f"{USERS}{nobody}/password/").status == 404


def test_ones_own_password_is_changed_and_other_sessions_end(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")
    at_the_desk = StaffBrowser(application.user_with(root.email).id)

    path = at_the_desk.get("password_change/").path

    page = at_the_desk.post(path, current_password=PASSWORD, new_password=NEW)

    assert page.path == "/account"
    assert application.services.sign_in.authenticate(email=root.email, password=NEW)
    assert Caller(root.caller.token).get("/v1/me").code == "invalid-token"
    assert at_the_desk.get(USERS).path == USERS


@pytest.mark.parametrize(
    ("current", "new", "field_error"),
    [
        ("not the password", NEW, "The current password is wrong"),
        (PASSWORD, "short", "This password is too short."),
        ("", NEW, "This field is required."),
    ],
)
def test_ones_own_password_stays_when_something_is_wrong(
    application: Application, current: str, new: str, field_error: str
) -> None:
    root = root_browser(application)

    page = root.post("/account/password", current_password=current, new_password=new)

    assert field_error in page.text
    user = application.services.users.get(root.id, by=OPERATOR)
    assert application.services.sign_in.authenticate(email=user.email, password=PASSWORD)
