"""Password reset, password change and e-mail address change."""

import pytest
import time_machine

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import UserChanges
from accounts.domain.identity.errors import InvalidCredentials
from tests.support.application import PASSWORD, Application, Caller
from tests.support.browsing import EMAIL, Visitor, link_in, mails, set_up_app, somebody
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

NEW = "an even longer walk"


def ask_for_link(email: str = EMAIL) -> str:
    Visitor().post("/password/reset", email=email)
    return link_in(mails()[-1])


def set_password(visitor: Visitor, link: str, password: str = NEW) -> str:
    """Follow the link and set the password. Return where that leads."""
    return visitor.post(visitor.lands_at(link), password1=password).leads_to


def test_the_mailed_link_resets_the_password(application: Application, visitor: Visitor) -> None:
    anna = a_user_of(application, email=EMAIL)

    led_to = set_password(visitor, ask_for_link())

    assert led_to == "/password/reset/done"
    assert application.services.sign_in.authenticate(email=EMAIL, password=NEW).id == anna.id
    with pytest.raises(InvalidCredentials):
        application.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


def test_a_password_reset_ends_all_sessions(application: Application, visitor: Visitor) -> None:
    person = application.signed_in()
    at_home = Visitor()
    at_home.sign_in(person.email)

    set_password(visitor, ask_for_link(person.email))

    assert Caller(person.caller.token).get("/v1/me").code == "invalid-token"
    assert not at_home.is_signed_in
    assert not visitor.is_signed_in


def test_the_owner_is_notified_of_a_password_reset(
    application: Application, visitor: Visitor
) -> None:
    a_user_of(application, email=EMAIL)

    set_password(visitor, ask_for_link())

    assert mails()[-1].to == [EMAIL]
    assert "reset with a link that was sent to this address" in str(mails()[-1].body)


def test_known_and_unknown_addresses_get_the_same_response(application: Application) -> None:
    a_user_of(application, email=EMAIL)
    bo = a_user_of(application, "Bo", email="bo@school.example")
    application.services.users.edit(bo.id, UserChanges(is_active=False), by=OPERATOR)
    visitors = [Visitor() for _ in range(3)]

    pages = [
        visitor.post("/password/reset", email=email)
        for visitor, email in zip(visitors, [EMAIL, bo.email, "nobody@x.example"], strict=True)
    ]

    assert {(page.status, page.leads_to, page.text) for page in pages} == {
        (302, "/password/reset/sent", "")
    }
    assert len({tuple(visitor.client.cookies) for visitor in visitors}) == 1


def test_an_unknown_address_is_mailed_that_it_has_no_account(
    application: Application, visitor: Visitor
) -> None:
    visitor.post("/password/reset", email="nobody@x.example")

    (mail,) = mails()
    assert (mail.to, mail.subject) == (["nobody@x.example"], "No account with this e-mail address")


def test_the_link_works_once(application: Application, visitor: Visitor) -> None:
    a_user_of(application, email=EMAIL)
    link = ask_for_link()
    set_password(visitor, link)

    response = visitor.get(link)

    assert (response.status, response.heading) == (200, "This link does not work")


def test_the_link_works_for_an_hour(application: Application) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        a_user_of(application, email=EMAIL)
        link = ask_for_link()
        clock.shift(3601)
        late = Visitor().get(link)
        clock.shift(-1)
        led_to = set_password(Visitor(), link)

    assert late.heading == "This link does not work"
    assert led_to == "/password/reset/done"


def test_the_link_does_not_work_after_the_password_was_changed(application: Application) -> None:
    _, anna = somebody(application)
    link = ask_for_link()
    anna.post("/account/password", current_password=PASSWORD, new_password=NEW)

    assert Visitor().get(link).heading == "This link does not work"


@pytest.mark.parametrize(
    "path",
    [
        f"/password/reset/{'0' * 32}-none",
        f"/password/reset/{'f' * 32}-set-password",
        f"/password/reset/{'0' * 32}-a-b-c",
    ],
)
def test_an_invented_link_does_not_work(
    application: Application, visitor: Visitor, path: str
) -> None:
    assert visitor.get(path).heading == "This link does not work"


def test_the_url_of_the_form_does_not_disclose_the_link(
    application: Application, visitor: Visitor
) -> None:
    a_user_of(application, email=EMAIL)
    link = ask_for_link()

    place = visitor.lands_at(link)

    assert link.rpartition("-")[2] not in place
    assert place.endswith("-set-password")


def test_the_link_has_our_host_whatever_the_request_names(application: Application) -> None:
    a_user_of(application, email=EMAIL)

    Visitor().client.post("/password/reset", {"email": EMAIL}, headers={"Host": "localhost"})

    assert "http://localhost:8000/password/reset/" in str(mails()[-1].body)


def test_a_weak_password_is_not_set(application: Application, visitor: Visitor) -> None:
    a_user_of(application, email=EMAIL)
    place = visitor.lands_at(ask_for_link())

    response = visitor.post(place, password1="short")

    (field_error,) = response.field_errors
    assert field_error.startswith("New password: This password is too short.")
    assert application.services.sign_in.authenticate(email=EMAIL, password=PASSWORD)


def test_the_link_does_not_get_past_the_second_factor(
    application: Application, visitor: Visitor
) -> None:
    _, anna = somebody(application)
    set_up_app(anna)

    set_password(visitor, ask_for_link())

    assert visitor.sign_in(EMAIL, NEW).leads_to == "/signin/code"
    assert not visitor.is_signed_in


def test_reset_mails_are_limited(application: Application) -> None:
    a_user_of(application, email=EMAIL)
    for _ in range(5):
        ask_for_link()

    response = Visitor().post("/password/reset", email=EMAIL)

    assert (response.status, response.heading) == (429, "Too many attempts")
    assert len(mails()) == 5
    assert Visitor().post("/password/reset", email="bo@school.example").status == 302


def test_changing_the_password_ends_all_other_sessions(application: Application) -> None:
    person = application.signed_in()
    here, elsewhere = Visitor(), Visitor()
    here.sign_in(person.email)
    elsewhere.sign_in(person.email)
    before = here.session_id

    response = here.post("/account/password", current_password=PASSWORD, new_password=NEW)

    assert response.leads_to == "/account"
    assert here.is_signed_in
    assert here.session_id != before
    assert not elsewhere.is_signed_in
    assert Caller(person.caller.token).get("/v1/me").code == "invalid-token"
    assert "Your password was changed." in str(mails()[-1].body)


def test_the_well_known_url_redirects_to_the_password_page(
    application: Application, visitor: Visitor
) -> None:
    assert visitor.get("/.well-known/change-password").leads_to == "/account/password"


def test_the_address_changes_when_the_link_is_followed(application: Application) -> None:
    anna, visitor = somebody(application)
    visitor.post("/account/email", email="Other@School.example")
    before = application.services.users.get(anna.id, by=OPERATOR).email
    (mail,) = mails()

    page = visitor.get(link_in(mail))
    visitor.post(link_in(mail))

    assert (mail.to, before) == (["other@school.example"], EMAIL)
    assert page.heading == "Change your e-mail address?"
    assert application.services.users.get(anna.id, by=OPERATOR).email == "other@school.example"
    assert application.services.emails.verified(anna.id) == "other@school.example"
    assert visitor.is_signed_in
    assert mails()[-1].to == [EMAIL], "and the old address is notified"


def test_a_change_link_works_once_and_not_after_a_password_change(application: Application) -> None:
    anna, visitor = somebody(application)
    visitor.post("/account/email", email="one@school.example")
    visitor.post("/account/email", email="two@school.example")
    first, two = (link_in(mail) for mail in mails())
    visitor.post(first)

    assert visitor.get(first).heading == "This link does not work"
    assert visitor.get(two).heading == "This link does not work"
    visitor.post(two)
    assert application.services.users.get(anna.id, by=OPERATOR).email == "one@school.example"


def test_a_taken_address_is_an_error_when_the_link_is_followed(application: Application) -> None:
    anna, visitor = somebody(application)
    a_user_of(application, "Bo", email="bo@school.example")
    page = visitor.post("/account/email", email="bo@school.example")

    visitor.post(link_in(mails()[-1]))

    assert page.leads_to == "/account/email", "and says nothing of Bo"
    assert "The e-mail address is already registered" in visitor.get("/account").text
    assert application.services.users.get(anna.id, by=OPERATOR).email == EMAIL


def test_change_mails_are_limited(application: Application) -> None:
    _, visitor = somebody(application)
    for number in range(10):
        visitor.post("/account/email", email=f"nobody-{number}@school.example")

    response = visitor.post("/account/email", email="nobody@school.example")

    assert response.status == 429
    assert len(mails()) == 10
