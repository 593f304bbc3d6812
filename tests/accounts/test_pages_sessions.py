"""The page on which one sees who acts for one, and puts an end to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.domain.entities import OPERATOR, OAuthClient, Session, SessionEnd, User
from accounts.models import User as UserRow
from tests.support.browsing import EMAIL, Visitor
from tests.support.builders import a_session, some_client_terms
from tests.support.house import House
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

PAGE = "/account/sessions"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def anna(house: House) -> User:
    return a_user_of(house, email=EMAIL)


@pytest.fixture
def visitor(anna: User) -> Visitor:
    """Anna, signed in at a browser."""
    visitor = Visitor()
    visitor.client.force_login(UserRow.objects.get(pk=anna.id))
    return visitor


def a_client_in(house: House, name: str = "Notebook") -> OAuthClient:
    return house.services.clients.register(some_client_terms(name=name), by=OPERATOR).client


def has_session(house: House, user: User, client: OAuthClient | None = None) -> Session:
    now = house.services.ports.clock.now()
    parts: dict[str, Any] = {"client_id": client.client_id} if client else {}
    session = a_session(
        user_id=user.id, started_at=now, expires_at=now + timedelta(days=1), **parts
    )
    house.services.repositories.sessions.add(session)
    return session


def end_of(house: House, session: Session) -> SessionEnd | None:
    return house.services.repositories.sessions.get_for_update(session.id).ended_because


def test_one_sees_where_one_is_signed_in(house: House, anna: User, visitor: Visitor) -> None:
    notebook = a_client_in(house)
    sessions = [has_session(house, anna, notebook), has_session(house, anna)]
    theirs = has_session(house, a_user_of(house, name="Bo"), notebook)

    seen = visitor.get(PAGE)

    assert seen.status == 200
    assert "<dt>Notebook</dt>" in seen.text
    assert "<dt>authsvc</dt>" in seen.text
    assert all(f'name="end" value="{session.id}"' in seen.text for session in sessions)
    assert str(theirs.id) not in seen.text


def test_one_sees_who_may_do_what_in_plain_words(
    house: House, anna: User, visitor: Visitor
) -> None:
    notebook = a_client_in(house)
    house.services.authorizations.consent(
        notebook, user_id=anna.id, scopes=["openid", "courses:read"]
    )

    seen = visitor.get(PAGE)

    assert "<li>recognise you when you sign in</li>" in seen.text
    assert "<li>see the courses available to you</li>" in seen.text
    assert "courses:read" not in seen.text
    assert f'name="take_back" value="{notebook.id}"' in seen.text


def test_whoever_is_signed_in_nowhere_else_is_told_so(visitor: Visitor) -> None:
    seen = visitor.get(PAGE)

    assert "You have no other sessions." in seen.text
    assert "No app has access to your account." in seen.text
    assert "<button" not in seen.text.partition("<main>")[2]


def test_a_name_is_shown_as_it_is(house: House, anna: User, visitor: Visitor) -> None:
    has_session(house, anna, a_client_in(house, name="<b>Notes</b>"))

    assert b"&lt;b&gt;Notes&lt;/b&gt;" in visitor.client.get(PAGE).content


def test_one_ends_a_session(house: House, anna: User, visitor: Visitor) -> None:
    ending, staying = has_session(house, anna), has_session(house, anna)

    answer = visitor.post(PAGE, end=str(ending.id))

    seen = visitor.get(PAGE)
    assert (answer.status, answer.leads_to) == (302, PAGE)
    assert seen.notes == ["Session ended."]
    assert end_of(house, ending) is SessionEnd.REVOKED
    assert end_of(house, staying) is None
    assert str(ending.id) not in seen.text


def test_one_takes_back_what_a_client_may_do(house: House, anna: User, visitor: Visitor) -> None:
    notebook = a_client_in(house)
    house.services.authorizations.consent(notebook, user_id=anna.id, scopes=["openid"])
    session = has_session(house, anna, notebook)

    answer = visitor.post(PAGE, take_back=str(notebook.id))

    seen = visitor.get(PAGE)
    assert answer.leads_to == PAGE
    assert seen.notes == ["Access revoked."]
    assert "Notebook" not in seen.text
    assert end_of(house, session) is SessionEnd.REVOKED


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("end", "There is no such session."),
        ("take_back", "You have not granted this client access."),
    ],
)
def test_what_is_gone_already_is_said_to_be(visitor: Visitor, button: str, told: str) -> None:
    visitor.post(PAGE, **{button: NOBODYS})

    assert visitor.get(PAGE).notes == [told]


def test_nobody_elses_session_ends(house: House, visitor: Visitor) -> None:
    theirs = has_session(house, a_user_of(house, name="Bo"))

    visitor.post(PAGE, end=str(theirs.id))

    assert end_of(house, theirs) is None


@pytest.mark.parametrize("fields", [{}, {"end": "x"}, {"take_back": "1"}, {"other": NOBODYS}])
def test_what_is_no_button_does_nothing(
    house: House, anna: User, visitor: Visitor, fields: dict[str, str]
) -> None:
    session = has_session(house, anna)

    answer = visitor.post(PAGE, **fields)

    assert answer.leads_to == PAGE
    assert end_of(house, session) is None
    assert visitor.get(PAGE).notes == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_signs_in_first(house: House, method: str) -> None:
    response = Visitor().client.generic(method, PAGE)

    assert response.headers["Location"] == f"/signin?next={PAGE}"


def test_no_button_can_be_pressed_from_elsewhere(
    house: House, anna: User, visitor: Visitor
) -> None:
    session = has_session(house, anna)
    visitor.client.handler = Client(enforce_csrf_checks=True).handler

    answer = visitor.post(PAGE, end=str(session.id))

    assert answer.status == 403
    assert end_of(house, session) is None


def test_nothing_in_the_page_runs_or_dresses_itself(
    house: House, anna: User, visitor: Visitor
) -> None:
    has_session(house, anna)

    text = visitor.get(PAGE).text

    assert "<script" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert ' onclick="' not in text


def test_the_account_leads_there(visitor: Visitor) -> None:
    assert f'href="{PAGE}"' in visitor.get("/account").text
