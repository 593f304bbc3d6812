"""Invitation page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.domain.access import OPERATOR, OrgRole
from accounts.domain.identity.entities.users import User
from accounts.domain.organizations.entities import InvitationId, Organization
from accounts.models import Invitation as InvitationRow
from accounts.models import OrgMembership as MembershipRow
from tests.accounts.org_pages import has_member, has_organization, recorded, role_of, suspend
from tests.accounts.test_pages_looks import assert_well_formed
from tests.accounts.test_pages_next import link_to, next_in
from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Visitor, link_in, mails, somebody

pytestmark = pytest.mark.database

A_WEEK = 7 * 24 * 60 * 60


@dataclass(frozen=True)
class Invited:
    """An invitation, and the path of its mailed link."""

    organization: Organization
    link: str
    mail: EmailMessage


@pytest.fixture
def invite(application: Application, django_capture_on_commit_callbacks: Callable[..., Any]) -> Any:
    def inviting(email: str = EMAIL, role: OrgRole = OrgRole.INSTRUCTOR, **parts: Any) -> Invited:
        organization = has_organization(application, **parts)
        with django_capture_on_commit_callbacks(execute=True):
            application.services.invitations.invite(
                organization.id, email=email, role=role, by=OPERATOR
            )
        return Invited(organization, link_in(mails()[-1]), mails()[-1])

    return inviting


@pytest.fixture
def anna(application: Application) -> tuple[User, Visitor]:
    return somebody(application)


def test_the_mail_names_the_organization_and_has_the_link(invite: Any) -> None:
    invited = invite(name="Kühn & Söhne")

    assert invited.mail.to == [EMAIL]
    assert invited.mail.subject == "Join “Kühn & Söhne” at http://localhost:8000"
    assert "you are invited to join “Kühn & Söhne”" in invited.mail.body
    assert invited.mail.body.startswith("Hello,\n\n")


def test_the_page_asks_before_it_accepts(anna: tuple[User, Visitor], invite: Any) -> None:
    user, visitor = anna
    invited = invite()

    response = visitor.get(invited.link)

    assert (response.status, response.heading) == (200, "Join School of Knots as an instructor")
    assert f"Invitation for <strong>{EMAIL}</strong>" in response.text
    assert "<li>Grade submissions</li>" in response.text
    assert_well_formed(response.text)
    assert role_of(invited.organization, user) is None


def test_accepting_makes_the_user_a_member(anna: tuple[User, Visitor], invite: Any) -> None:
    user, visitor = anna
    invited = invite()

    answer = visitor.post(invited.link)

    assert (answer.status, answer.leads_to) == (302, "/account")
    assert visitor.get("/account").notes == ["You joined School of Knots."]
    assert role_of(invited.organization, user) == "instructor"
    assert recorded(invited.organization.id)[-1][:2] == ("invitation-accepted", str(user.id))


def test_a_link_works_once(anna: tuple[User, Visitor], invite: Any) -> None:
    _, visitor = anna
    invited = invite()
    visitor.post(invited.link)

    answers = [visitor.get(invited.link), visitor.post(invited.link)]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].heading == "This link does not work"


def test_a_link_works_for_a_week(anna: tuple[User, Visitor], invite: Any) -> None:
    user, visitor = anna
    invited = invite()

    with time_machine.travel(timezone.now().timestamp() + A_WEEK + 1):
        visitor.sign_in()
        answers = [visitor.get(invited.link), visitor.post(invited.link)]

    assert [answer.status for answer in answers] == [410, 410]
    assert answers[0].heading == "This invitation has ended"
    assert role_of(invited.organization, user) is None


def test_a_link_works_for_its_addressee_alone(anna: tuple[User, Visitor], invite: Any) -> None:
    user, visitor = anna
    invited = invite("cleo@school.example")

    answers = [visitor.get(invited.link), visitor.post(invited.link)]

    for answer in answers:
        assert answer.status == 200
        assert f"You are signed in as <strong>{EMAIL}</strong>" in answer.text
        assert "Sign out and use cleo@school.example" in answer.text
        assert_well_formed(answer.text)
    assert role_of(invited.organization, user) is None
    assert visitor.post("/signout", next=invited.link).leads_to == invited.link
    assert InvitationRow.objects.exists()


def test_an_invented_link_does_not_work(anna: tuple[User, Visitor]) -> None:
    _, visitor = anna

    for token in ("none", "%00", "%ED%A0%80", "x" * 5000):
        response = visitor.get(f"/account/invitations/{token}/")

        assert response.status == 404


def test_a_revoked_link_does_not_work(
    application: Application, anna: tuple[User, Visitor], invite: Any
) -> None:
    _, visitor = anna
    invited = invite()
    invitation_id = InvitationId(InvitationRow.objects.get().pk)
    application.services.invitations.cancel(invited.organization.id, invitation_id, by=OPERATOR)

    assert visitor.get(invited.link).status == 404


@pytest.mark.parametrize(("how", "status"), [("suspended", 409), ("deleted", 404)])
def test_a_closed_organization_cannot_be_joined(
    application: Application, anna: tuple[User, Visitor], invite: Any, how: str, status: int
) -> None:
    user, visitor = anna
    invited = invite()
    if how == "suspended":
        suspend(application, invited.organization)
    else:
        application.services.organizations.delete(invited.organization.id, by=OPERATOR)

    answers = [visitor.get(invited.link), visitor.post(invited.link)]

    assert [answer.status for answer in answers] == [status, status]
    assert role_of(invited.organization, user) is None


def test_a_member_is_told_that_they_already_are_one(
    application: Application, anna: tuple[User, Visitor], invite: Any
) -> None:
    user, visitor = anna
    invited = invite()
    has_member(application, invited.organization, user)

    answer = visitor.post(invited.link)

    assert (answer.status, answer.heading) == (409, "You are already a member")
    assert_well_formed(answer.text)
    assert role_of(invited.organization, user) == "learner"


def test_a_visitor_reads_the_invitation_and_signs_in_to_accept(invite: Any) -> None:
    invited, visitor = invite(), Visitor()

    for page in (visitor.get(invited.link), visitor.post(invited.link)):
        assert page.heading == "Join School of Knots as an instructor"
        assert f'href="/signin?next={quote(invited.link)}"' in page.text
        assert '<meta name="robots" content="noindex">' in page.text
        assert_well_formed(page.text)
    for path in ("/signin", "/signup"):
        assert f'value="{EMAIL}"' in visitor.get(path).text
    assert MembershipRow.objects.count() == 1


def test_a_visitor_declines_once(anna: tuple[User, Visitor], invite: Any) -> None:
    invited, visitor = invite(name="Kühn & Söhne"), Visitor()

    answers = [visitor.post(f"{invited.link}decline") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 404]
    assert answers[0].heading == "Invitation declined"
    assert "You did not join Kühn & Söhne" in answers[0].text
    assert_well_formed(answers[0].text)
    assert anna[1].get(invited.link).status == 404
    assert recorded(invited.organization.id)[-1][0] == "invitation-declined"


def test_the_page_takes_few_statements(anna: tuple[User, Visitor], invite: Any) -> None:
    _, visitor = anna
    invited = invite()

    with CaptureQueriesContext(connection) as statements:
        visitor.get(invited.link)

    assert len(statements) <= 9


def test_signing_in_returns_to_the_invitation(
    application: Application, anna: tuple[User, Visitor], invite: Any
) -> None:
    invited, visitor = invite(), Visitor()
    page = visitor.client.get(link_to("/signin", visitor.client.get(invited.link)))

    response = visitor.sign_in(next=next_in(page))

    assert response.leads_to == invited.link


def test_signing_up_returns_to_the_invitation(invite: Any) -> None:
    invited, visitor = invite(), Visitor()
    sign_up = visitor.client.get(link_to("/signup", visitor.client.get(invited.link)))
    visitor.post("/signup", name="Anna", email=EMAIL, password1=PASSWORD, next=next_in(sign_up))

    response = visitor.post(link_in(mails()[-1]))

    assert response.leads_to == invited.link
    assert visitor.get(invited.link).heading == "Join School of Knots as an instructor"


def test_the_link_is_not_disclosed_to_others(anna: tuple[User, Visitor], invite: Any) -> None:
    _, visitor = anna

    headers = visitor.get(invite().link).headers

    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_accepting_needs_a_csrf_token(anna: tuple[User, Visitor], invite: Any) -> None:
    user, visitor = anna
    invited = invite()
    visitor.client.handler = Client(enforce_csrf_checks=True).handler

    answer = visitor.post(invited.link)

    assert answer.status == 403
    assert role_of(invited.organization, user) is None


def test_the_name_of_an_organization_is_escaped(anna: tuple[User, Visitor], invite: Any) -> None:
    _, visitor = anna
    invited = invite(name="<b>Knots</b>")

    page = visitor.client.get(invited.link).content.decode()

    assert "<b>" not in page
    assert "&lt;b&gt;Knots" in page
