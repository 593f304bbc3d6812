"""Account pages: the overview over all apps, organizations, sign-in, and sessions in browsers."""

import re
from datetime import timedelta
from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from accounts.domain.access import OPERATOR, OrganizationId, OrgRole, UserId
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.models import OrgMembership, Session, User
from tests.accounts.test_browser_sessions import FIREFOX, SAFARI, signed_in
from tests.support.application import PASSWORD, Application
from tests.support.browsing import Visitor, somebody
from tests.support.builders import a_principal
from tests.support.learning import Learner, a_published_course
from tests.support.members import add_organization
from tests.support.staff import a_holder, a_user_of

pytestmark = pytest.mark.database

TABS: Final = {
    "/account": "Overview",
    "/account/courses": "Courses",
    "/account/credentials": "Credentials",
    "/account/organizations": "Organizations",
    "/account/profile": "Profile",
    "/account/sign-in": "Sign-in",
    "/account/sessions": "Devices and apps",
}


def joins(application: Application, user_id: UserId, role: str) -> str:
    """Make the user a member of a new organization; return its name."""
    org = add_organization(application)
    OrgMembership.objects.create(
        org_id=org.id, user_id=user_id, role=role, joined_at=timezone.now()
    )
    return org.name


@pytest.mark.parametrize("path", TABS)
def test_each_tab_is_a_page_that_marks_itself(application: Application, path: str) -> None:
    _, visitor = somebody(application)

    text = visitor.get(path).text

    assert re.findall(r'<a href="([^"]+)" aria-current="page">(.+?)</a>', text) == [
        (path, TABS[path])
    ]
    assert all(f'<a href="{other}"' in text for other in TABS)
    assert Visitor().get(path).leads_to == f"/signin?next={path}"


def test_the_overview_has_courses_credentials_and_organizations(application: Application) -> None:
    anna, course = a_holder(application)
    school = joins(application, anna.id, "instructor")
    visitor = signed_in(anna)

    text = visitor.get("/account").text

    for words in ("My courses", course.title, "Completed on", "My credentials", "Valid", school):
        assert words in text
    assert f"{anna.email}, verified" in text


def test_the_overview_says_what_is_missing(application: Application) -> None:
    _, visitor = somebody(application, is_verified=False)

    text = visitor.get("/account").text

    assert "not verified (<a" in text
    assert "You are enrolled in no course yet." in text
    assert "You have no credentials yet." in text
    assert "My organizations" not in text


def test_an_organization_is_shown_with_what_the_role_permits(application: Application) -> None:
    anna, visitor = somebody(application)
    school = joins(application, anna.id, "admin")
    org_id = OrganizationId(OrgMembership.objects.get().org_id)
    application.services.invitations.invite(
        org_id, email="bo@school.example", role=OrgRole.LEARNER, by=OPERATOR
    )
    assert "<li>1 open invitation</li>" in visitor.get("/account").text
    User.objects.filter(pk=anna.id).update(is_staff=True, is_superuser=True)
    invitations = f"/admin/accounts/invitation/?org__id__exact={org_id}"
    assert f'<a href="{invitations}">1 open invitation<' in visitor.get("/account").text
    assert "bo@school.example" in visitor.get(invitations).text

    application.services.organizations.suspend(org_id, reason="Contract ended", by=OPERATOR)

    text = visitor.get("/account/organizations").text

    assert school in text
    assert "You are an <strong>admin</strong>: manage its members" in text
    assert "Suspended" in text
    assert "open invitation" not in text
    assert "Contract ended" not in text


def test_the_overview_takes_as_many_statements_for_more_rows(application: Application) -> None:
    anna, _ = a_holder(application)
    visitor, counts = signed_in(anna), []
    for _ in range(2):
        joins(application, anna.id, "learner")
        learner = Learner(services=application.services, principal=a_principal(anna))
        learner.enrols(a_published_course(application.services))
        signed_in(anna, SAFARI)
        with CaptureQueriesContext(connection) as statements:
            visitor.get("/account")
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 12


def test_browsers_are_listed_this_one_first_and_without_a_button(application: Application) -> None:
    anna = a_user_of(application)
    here = signed_in(anna, FIREFOX)
    with travel(timezone.now() + timedelta(minutes=2), tick=False):
        signed_in(anna, SAFARI, "198.51.100.7")

    text = here.get("/account/sessions").text

    assert text.index("Firefox on Windows") < text.index("Safari on macOS")
    assert text.count("This browser") == 2, "the mark, and the sentence below the list"
    assert "198.51.100.7" in text
    assert text.count("New network") == 1
    assert text.count('name="end_browser"') == 1


def test_one_browser_is_ended_and_again_is_no_error(application: Application) -> None:
    anna = a_user_of(application)
    here, there = signed_in(anna, FIREFOX), signed_in(anna, SAFARI)
    text = here.get("/account/sessions").text
    match = re.search(r'name="end_browser" value="([^"]+)"', text)
    assert match

    here.post("/account/sessions", end_browser=match[1])
    assert here.get("/account/sessions").notes == ["Ended the session on Safari on macOS."]
    here.post("/account/sessions", end_browser=match[1])

    assert here.get("/account/sessions").notes == ["Ended the session."]
    assert (here.is_signed_in, there.is_signed_in) == (True, False)


def test_browsers_of_others_cannot_be_ended(application: Application) -> None:
    bo = a_user_of(application, "Bo")
    theirs = signed_in(bo)
    here = signed_in(a_user_of(application))
    (browser,) = application.services.user_sessions.of(bo.id).browsers

    here.post("/account/sessions", end_browser=str(browser.id))

    assert theirs.is_signed_in


def test_all_other_sessions_end_after_a_question(application: Application) -> None:
    anna = a_user_of(application)
    here, there = signed_in(anna, FIREFOX), signed_in(anna, SAFARI)
    for _ in range(2):
        application.services.sign_in.log_in(email=anna.email, password=PASSWORD)
    path = "/account/sessions/end-others"

    assert "Ends 1 browser session and 2 app sessions." in here.get("/account/sessions").text
    assert here.get(path).heading == "End all other sessions?"
    here.post(path)

    page = here.get("/account/sessions")
    assert page.notes == ["Ended 1 browser session and 2 app sessions."]
    assert "End all other sessions" not in page.text
    assert (here.is_signed_in, there.is_signed_in) == (True, False)
    reasons = set(Session.objects.filter(user_id=anna.id).values_list("ended_because", flat=True))
    assert reasons == {SessionEnd.REVOKED}


def test_ending_all_other_sessions_needs_a_recent_sign_in(application: Application) -> None:
    anna = a_user_of(application)
    here, there = signed_in(anna, FIREFOX), signed_in(anna, SAFARI)
    path = "/account/sessions/end-others"

    with travel(timezone.now() + timedelta(minutes=6), tick=False):
        for answer in (here.get(path), here.post(path)):
            assert answer.leads_to.startswith("/account/again")

    assert there.is_signed_in


def test_sign_in_says_that_a_factor_needs_a_verified_address(application: Application) -> None:
    _, visitor = somebody(application, is_verified=False)

    text = visitor.get("/account/sign-in").text

    assert "Off. Verify your e-mail address before you set it up." in text
    for path in ("/account/email", "/account/password", "/account/second-factor"):
        assert f'href="{path}"' in text
