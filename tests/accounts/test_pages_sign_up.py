"""Sign-up page."""

import pytest
import time_machine

from tests.support.application import PASSWORD, Application
from tests.support.browsing import EMAIL, Response, Visitor, link_in, mails, somebody
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database


def sign_up(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD) -> Response:
    return visitor.post("/signup", name="Anna", email=email, password1=password)


def test_a_new_user_is_signed_in_after_following_the_link(
    application: Application, visitor: Visitor
) -> None:
    sent = sign_up(visitor)
    before = visitor.is_signed_in
    (mail,) = mails()

    page = visitor.get(link_in(mail))
    response = visitor.post(link_in(mail))

    assert (sent.leads_to, before) == ("/email/sent", False)
    assert page.heading == "Verify your e-mail address"
    assert response.leads_to == "/account"
    assert visitor.is_signed_in


def test_the_account_is_created_by_our_service(application: Application, visitor: Visitor) -> None:
    sign_up(visitor, "Anna@School.example")

    anna = application.user_with(EMAIL)
    assert (anna.name, anna.is_staff) == ("Anna", False)
    assert application.services.sign_in.authenticate(email=EMAIL, password=PASSWORD) == anna
    assert application.services.emails.verified(anna.id) is None


def test_an_unverified_user_can_sign_in_by_default(
    application: Application, visitor: Visitor
) -> None:
    sign_up(visitor)

    response = Visitor().sign_in()

    assert response.leads_to == "/account"


def test_a_setting_makes_verification_mandatory(
    application: Application, visitor: Visitor, verified_email: None
) -> None:
    anna = a_user_of(application, email=EMAIL, is_verified=False)

    response = visitor.sign_in()

    assert response.leads_to == "/email/sent"
    assert not visitor.is_signed_in
    (rejection,) = application.services.sign_in_records.latest_of(anna.id)
    assert (rejection.way, rejection.failure) == ("password", "unverified-email")
    visitor.post(link_in(mails()[-1]))
    assert visitor.is_signed_in


def test_a_taken_address_gets_the_same_response_as_a_new_one(application: Application) -> None:
    a_user_of(application, email="bo@school.example")
    visitors = [Visitor(), Visitor()]

    pages = [
        sign_up(visitor, email)
        for visitor, email in zip(visitors, [EMAIL, "bo@school.example"], strict=True)
    ]

    first, other = ((page.status, page.leads_to, page.text) for page in pages)
    assert first == other
    one_jar, other_jar = (sorted(visitor.client.cookies) for visitor in visitors)
    assert one_jar == other_jar
    one_next, other_next = (visitor.get("/email/sent").text for visitor in visitors)
    assert one_next == other_next


def test_the_owner_of_a_taken_address_is_notified(
    application: Application, visitor: Visitor
) -> None:
    a_user_of(application, email=EMAIL)

    sign_up(visitor, password="an even longer walk")

    (mail,) = mails()
    assert (mail.to, mail.subject) == ([EMAIL], "You already have an account")
    assert application.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


@pytest.mark.parametrize(
    ("fields", "field_error"),
    [
        ({"password1": "short"}, "Password: This password is too short."),
        ({"password1": "password"}, "Password: This password is too common."),
        ({"password1": ""}, "Password: This field is required."),
        ({"email": "nobody"}, "E-mail address: Enter a valid email address."),
        ({"email": f"{'a' * 250}@b.example"}, "E-mail address: Ensure this value has at most"),
        ({"email": ""}, "E-mail address: This field is required."),
        ({"name": "A" * 201}, "Name: Ensure this value has at most 200 characters"),
        ({"name": "A\nB"}, "Name: A name must be one line"),
    ],
)
def test_the_page_says_what_is_wrong(
    application: Application, visitor: Visitor, fields: dict[str, str], field_error: str
) -> None:
    given = {"name": "Anna", "email": EMAIL, "password1": PASSWORD} | fields

    response = visitor.post("/signup", **given)

    (shown,) = response.field_errors
    assert shown.startswith(field_error)
    assert PASSWORD not in response.text
    assert mails() == []


def test_a_password_keeps_its_spaces(application: Application, visitor: Visitor) -> None:
    sign_up(visitor, password="  a long walk  ")

    assert application.services.sign_in.authenticate(email=EMAIL, password="  a long walk  ")


def test_the_link_works_once_and_for_an_hour(application: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        visitor = Visitor()
        sign_up(visitor)
        link = link_in(mails()[-1])
        clock.shift(3601)
        late = visitor.get(link)
        clock.shift(-2)
        in_time = visitor.post(link)
        again = visitor.get(link)

    assert late.heading == "This link does not work"
    assert in_time.leads_to == "/signin", "after so long the password is asked for again"
    assert again.heading == "This link does not work"


def test_the_link_alone_does_not_sign_in(application: Application, visitor: Visitor) -> None:
    sign_up(visitor)
    finder = Visitor()

    finder.post(link_in(mails()[-1]))

    assert not finder.is_signed_in


def test_opening_the_link_does_not_verify_the_address(
    application: Application, visitor: Visitor
) -> None:
    sign_up(visitor)

    visitor.get(link_in(mails()[-1]))

    anna = application.user_with(EMAIL)
    assert application.services.emails.verified(anna.id) is None


@pytest.mark.parametrize("key", ["none", "MQ:1abc:forged", "%00", "a" * 500])
def test_an_invented_link_does_not_work(
    application: Application, visitor: Visitor, key: str
) -> None:
    assert visitor.get(f"/email/verify/{key}").heading == "This link does not work"
    assert visitor.get(f"/email/move/{key}").heading == "This link does not work"


def test_an_expired_link_can_be_sent_again(application: Application) -> None:
    anna, visitor = somebody(application, is_verified=False)

    response = visitor.post("/account/email", send="")
    visitor.post(link_in(mails()[-1]))

    assert response.leads_to == "/account/email"
    assert application.services.emails.verified(anna.id) == EMAIL


def test_verification_mails_are_limited(application: Application) -> None:
    _, visitor = somebody(application, is_verified=False)
    for _ in range(5):
        visitor.post("/account/email", send="")

    visitor.post("/account/email", send="")

    assert len(mails()) == 5
    assert "We have already sent you several links." in visitor.get("/account/email").text
