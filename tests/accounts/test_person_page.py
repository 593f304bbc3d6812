"""The page of a person in the admin site: its tabs, and acts on the account."""

from typing import Final

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR, Role
from accounts.domain.identity.entities.users import RequiredAction, User
from accounts.models import BrowserSession, Invitation, OrgMembership
from accounts.models import User as UserRow
from tests.accounts.test_browser_sessions import FIREFOX, SAFARI, browsers_of, signed_in
from tests.support.application import Application
from tests.support.browsing import Visitor, mails, set_up_app
from tests.support.members import add_organization
from tests.support.staff import (
    USERS,
    a_holder,
    a_user_of,
    an_examined,
    log_of,
    root_browser,
    staff_browser,
    statements_are_repeatable,
    user_manager,
)

pytestmark = pytest.mark.database

REASON: Final = "Shared computer in the library"
TABS: Final = {"overview", "sessions", "courses", "credentials", "organizations", "activity"}
ACTS: Final = ("deactivate", "activate", "sessions/end", "second-factor/reset", "require", "email")


def page_of(user: User, tab: str = "") -> str:
    return f"{USERS}{user.id}/change/{f'?tab={tab}' if tab else ''}"


def act_on(user: User, act: str) -> str:
    return f"{USERS}{user.id}/{act}/"


def test_a_person_is_shown_with_sessions_courses_credentials_and_activity(
    application: Application,
) -> None:
    anna, course = a_holder(application)
    an_examined(application, anna)
    signed_in(anna, SAFARI, "203.0.113.24")
    root = root_browser(application)

    text = root.get(page_of(anna)).text

    for words in ("Safari on macOS", "203.0.113.24", course.title, "Valid", "Completed"):
        assert words in text
    assert "E-mail verified" in text
    assert "Nothing required." in text
    assert f"<code>{anna.id}</code>" in text
    for tab in TABS:
        page = root.get(page_of(anna, tab))
        assert (page.status, 'aria-current="page"' in page.text) == (200, True)


def test_an_unknown_tab_does_not_exist(application: Application) -> None:
    assert root_browser(application).get(page_of(a_user_of(application), "none")).status == 404


def test_the_form_is_a_tab_of_its_own(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)

    assert not root.get(page_of(anna)).may_be_saved
    assert root.get(page_of(anna, "edit")).may_be_saved


def test_user_managers_see_no_tabs_of_other_parts(application: Application) -> None:
    anna, _ = a_holder(application)
    manager = user_manager(application)

    text = manager.get(page_of(anna)).text

    assert "?tab=sessions" in text
    assert "In no organization." in text
    assert "?tab=courses" not in text
    assert "?tab=credentials" not in text
    assert manager.get(page_of(anna, "credentials")).status == 404


def test_auditors_see_the_page_without_buttons(application: Application) -> None:
    anna = a_user_of(application)
    signed_in(anna)
    auditor = staff_browser(application, "Auditors")

    text = auditor.get(page_of(anna)).text

    assert "Firefox on Windows" in text
    assert "Deactivate" not in text
    assert "/sessions/end/" not in text
    for act in ACTS:
        assert auditor.get(act_on(anna, act)).status == 403
        assert auditor.post(act_on(anna, act), reason=REASON).status == 403
    everybody = f"{USERS}sessions/end/"
    assert "may not do this" in " ".join(auditor.post(everybody, reason=REASON).messages)
    assert len(browsers_of(application, anna)) == 1


def test_one_session_is_ended_with_a_reason(application: Application) -> None:
    anna, root = a_user_of(application, name="Anna"), root_browser(application)
    there, here = signed_in(anna, FIREFOX), signed_in(anna, SAFARI)
    chosen = next(row for row in browsers_of(application, anna) if row.user_agent == FIREFOX)
    path = act_on(anna, f"sessions/{chosen.id}/end")

    assert "Not saved" in root.post(path, reason="").text
    assert there.is_signed_in
    page = root.post(path, reason=REASON)

    assert page.path == page_of(anna)
    assert page.messages == (f"Ended 1 session of Anna: Firefox on Windows. Reason: “{REASON}”",)
    assert (there.is_signed_in, here.is_signed_in) == (False, True)
    assert log_of(anna.id)[-1] == f"End a session of Anna. Reason: {REASON}"
    assert f"Reason: “{REASON}”" in root.get(page_of(anna, "activity")).text


def test_all_sessions_end_and_the_result_says_how_many(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    visitors = [signed_in(anna), signed_in(anna, SAFARI)]
    application.services.sign_in.log_in(email=anna.email, password="correct horse battery staple")

    assert "3 sessions will end" in root.get(act_on(anna, "sessions/end")).text
    page = root.post(act_on(anna, "sessions/end"), reason=REASON)

    assert page.messages == (f"Ended 3 sessions of Anna. Reason: “{REASON}”",)
    assert not any(visitor.is_signed_in for visitor in visitors)
    assert application.services.users.get(anna.id, by=OPERATOR).is_active


def test_deactivation_says_how_many_sessions_ended(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    signed_in(anna)

    page = root.post(act_on(anna, "deactivate"), reason=REASON)

    assert page.messages == (f"Deactivated Anna and ended 1 session. Reason: “{REASON}”",)
    assert "Deactivated" in page.text
    page = root.post(act_on(anna, "activate"), reason="Back again")
    assert page.messages == ("Activated Anna. Reason: “Back again”",)


def test_everybodys_sessions_end_but_that_of_the_caller(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    visitor = signed_in(anna)
    BrowserSession.objects.exclude(user_id__in=[anna.id, root.id]).delete()

    page = root.post(f"{USERS}sessions/end/", reason="Keys were published.")

    assert page.status == 200
    assert not visitor.is_signed_in
    assert "This browser stays signed in." in page.messages[0]
    assert root.get("").status == 200


def test_user_managers_do_not_end_everybodys_sessions(application: Application) -> None:
    anna, manager = a_user_of(application), user_manager(application)
    visitor = signed_in(anna)

    page = manager.post(f"{USERS}sessions/end/", reason=REASON)

    assert "may not do this" in " ".join(page.messages)
    assert visitor.is_signed_in


def test_the_only_active_admin_and_ones_own_account_are_not_deactivated(
    application: Application,
) -> None:
    root, other = root_browser(application), root_browser(application)
    UserRow.objects.filter(is_superuser=True).exclude(pk__in=[root.id, other.id]).update(
        is_active=False
    )
    own = application.services.users.get(root.id, by=OPERATOR)

    assert "This is your own account." in root.get(page_of(own)).text
    UserRow.objects.filter(pk=other.id).update(is_active=False)
    assert "This is the only active admin." in root.get(page_of(own)).text
    page = root.post(act_on(own, "deactivate"), reason=REASON)
    assert "You cannot deactivate or demote your own account" in page.messages[0]

    manager = user_manager(application)
    text = manager.get(page_of(own)).text
    assert "Deactivate" not in text
    assert application.services.users.get(root.id, by=OPERATOR).is_active_admin


def test_actions_are_required_and_shown(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    actions = ["change-password", "set-up-second-factor"]

    page = root.post(act_on(anna, "require"), required_actions=actions, reason=REASON)

    assert page.messages[0].startswith("At the next sign-in of Anna: choose a new password")
    assert "Choose a new password, Set up a second factor." in page.text
    stored = application.services.users.get(anna.id, by=OPERATOR)
    assert stored.required_actions == tuple(RequiredAction)
    assert root.get(act_on(anna, "require")).text.count("checked") == 2


def test_a_lost_second_factor_is_reset(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    visitor = Visitor()
    visitor.sign_in(anna.email)
    set_up_app(visitor)

    assert "Second factor on" in root.get(page_of(anna)).text
    page = root.post(act_on(anna, "second-factor/reset"), reason=REASON)

    assert page.messages == (
        f"Removed the second factor of Anna: recovery codes, authenticator app. Reason: “{REASON}”",
    )
    assert "Second factor on" not in page.text


def test_a_wrong_address_is_corrected_by_a_link(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    new = "anna.keller@school.example"

    page = root.post(act_on(anna, "email"), email=new, reason=REASON)

    assert page.messages[0].startswith(f"Sent a link to {new}. Until it is followed, {anna.email}")
    assert mails()[-1].to == [new]
    taken = root.post(act_on(anna, "email"), email=a_user_of(application, "Bo").email, reason="x")
    assert "already registered" in " ".join(taken.messages)


def test_organizations_are_shown_to_those_who_see_organizations(application: Application) -> None:
    anna, root = a_user_of(application), root_browser(application)
    org = add_organization(application)
    OrgMembership.objects.create(
        org_id=org.id, user_id=anna.id, role="learner", joined_at=anna.created_at
    )

    assert org.name in root.get(page_of(anna, "organizations")).text


def test_no_tab_takes_more_statements_for_more_rows(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements_are_repeatable(monkeypatch)
    anna, root = a_user_of(application), root_browser(application)
    counts: dict[str, list[int]] = {}
    for _ in range(2):
        for _ in range(3):
            signed_in(anna, SAFARI)
        for tab in sorted(TABS):
            root.get(page_of(anna, tab))
            with CaptureQueriesContext(connection) as statements:
                root.get(page_of(anna, tab))
            counts.setdefault(tab, []).append(len(statements))

    assert all(few == many for few, many in counts.values())
    assert max(few for few, _ in counts.values()) <= 25, counts


def test_an_invitation_has_roles_groups_an_organization_and_what_is_required(
    application: Application,
) -> None:
    staff_browser(application)
    root, org = root_browser(application), add_organization(application)
    managers = Group.objects.get(name="User managers")
    email = "sam@school.example"

    page = root.post(
        f"{USERS}add/",
        email=email,
        name="Sam Okafor",
        roles=["instructor"],
        is_staff="on",
        groups=[managers.pk],
        organization=org.id,
        organization_role="instructor",
        needs_second_factor="on",
    )

    sam = application.user_with(email)
    assert page.messages == (
        f"Invited Sam Okafor. A link to choose a password was sent to {email}.",
    )
    assert page.path == page_of(sam)
    assert sam.required_actions == (RequiredAction.SET_UP_SECOND_FACTOR,)
    assert (sam.is_staff, set(sam.roles)) == (True, {Role.LEARNER, Role.INSTRUCTOR})
    assert [group.name for group in UserRow.objects.get(pk=sam.id).groups.all()] == [managers.name]
    assert [letter.to for letter in mails()] == [[email], [email]]
    assert Invitation.objects.get(email=email).role == "instructor"


def test_staff_without_a_group_are_pointed_out(application: Application) -> None:
    root = root_browser(application)

    page = root.post(f"{USERS}add/", email="sam@school.example", name="Sam", is_staff="on")

    assert page.messages[1] == "Sam can sign in to the admin site but sees no page. Choose a group."


def test_user_managers_invite_nobody_to_organizations(application: Application) -> None:
    manager, org = user_manager(application), add_organization(application)

    page = manager.post(f"{USERS}add/", email="sam@school.example", name="Sam", organization=org.id)

    assert page.messages == (
        "Invited Sam. A link to choose a password was sent to sam@school.example.",
    )
    assert not Invitation.objects.exists()
