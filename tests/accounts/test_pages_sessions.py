"""Sessions page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.models import User as UserRow
from tests.support.application import Application
from tests.support.browsing import EMAIL, Visitor
from tests.support.builders import a_session, some_client_terms
from tests.support.staff import a_user_of

pytestmark = pytest.mark.database

PAGE = "/account/sessions"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def anna(application: Application) -> User:
    return a_user_of(application, email=EMAIL)


@pytest.fixture
def visitor(anna: User) -> Visitor:
    """Anna, signed in at a browser."""
    visitor = Visitor()
    visitor.client.force_login(UserRow.objects.get(pk=anna.id))
    return visitor


def a_client_in(application: Application, name: str = "Notebook") -> OAuthClient:
    return application.services.clients.register(some_client_terms(name=name), by=OPERATOR).client


def has_session(application: Application, user: User, client: OAuthClient | None = None) -> Session:
    now = application.services.ports.clock.now()
    parts: dict[str, Any] = {"client_id": client.client_id} if client else {}
    session = a_session(
        user_id=user.id, started_at=now, expires_at=now + timedelta(days=1), **parts
    )
    application.services.repositories.sessions.add(session)
    return session


def end_of(application: Application, session: Session) -> SessionEnd | None:
    return application.services.repositories.sessions.get_for_update(session.id).ended_because


def test_the_page_lists_sessions(application: Application, anna: User, visitor: Visitor) -> None:
    notebook = a_client_in(application)
    sessions = [has_session(application, anna, notebook), has_session(application, anna)]
    theirs = has_session(application, a_user_of(application, name="Bo"), notebook)

    response = visitor.get(PAGE)

    assert response.status == 200
    assert "<h3>Notebook</h3>" in response.text
    assert "<h3>authsvc</h3>" in response.text
    assert all(f'name="end" value="{session.id}"' in response.text for session in sessions)
    assert str(theirs.id) not in response.text


def test_the_page_lists_clients_and_their_permissions(
    application: Application, anna: User, visitor: Visitor
) -> None:
    notebook = a_client_in(application)
    application.services.authorizations.consent(
        notebook, user_id=anna.id, scopes=["openid", "courses:read"]
    )

    response = visitor.get(PAGE)

    assert "<li>recognise you when you sign in</li>" in response.text
    assert "<li>see the courses available to you</li>" in response.text
    assert "courses:read" not in response.text
    assert f'name="take_back" value="{notebook.id}"' in response.text


def test_the_page_says_when_there_are_no_other_sessions(visitor: Visitor) -> None:
    response = visitor.get(PAGE)

    assert "You have no other sessions." in response.text
    assert "No app has access to your account." in response.text
    assert "<button" not in response.text.partition("<main ")[2]


def test_a_name_is_escaped(application: Application, anna: User, visitor: Visitor) -> None:
    has_session(application, anna, a_client_in(application, name="<b>Notes</b>"))

    assert b"&lt;b&gt;Notes&lt;/b&gt;" in visitor.client.get(PAGE).content


def test_a_session_can_be_ended(application: Application, anna: User, visitor: Visitor) -> None:
    ending, staying = has_session(application, anna), has_session(application, anna)

    answer = visitor.post(PAGE, end=str(ending.id))

    response = visitor.get(PAGE)
    assert (answer.status, answer.leads_to) == (302, PAGE)
    assert response.notes == ["Session ended."]
    assert end_of(application, ending) is SessionEnd.REVOKED
    assert end_of(application, staying) is None
    assert str(ending.id) not in response.text


def test_the_access_of_a_client_can_be_revoked(
    application: Application, anna: User, visitor: Visitor
) -> None:
    notebook = a_client_in(application)
    application.services.authorizations.consent(notebook, user_id=anna.id, scopes=["openid"])
    session = has_session(application, anna, notebook)

    answer = visitor.post(PAGE, take_back=str(notebook.id))

    response = visitor.get(PAGE)
    assert answer.leads_to == PAGE
    assert response.notes == ["Access revoked."]
    assert "Notebook" not in response.text
    assert end_of(application, session) is SessionEnd.REVOKED


@pytest.mark.parametrize(
    ("button", "message"),
    [
        ("end", "There is no such session."),
        ("take_back", "You have not granted this client access."),
    ],
)
def test_ending_what_no_longer_exists_shows_a_message(
    visitor: Visitor, button: str, message: str
) -> None:
    visitor.post(PAGE, **{button: NOBODYS})

    assert visitor.get(PAGE).notes == [message]


def test_sessions_of_others_cannot_be_ended(application: Application, visitor: Visitor) -> None:
    theirs = has_session(application, a_user_of(application, name="Bo"))

    visitor.post(PAGE, end=str(theirs.id))

    assert end_of(application, theirs) is None


@pytest.mark.parametrize("fields", [{}, {"end": "x"}, {"take_back": "1"}, {"other": NOBODYS}])
def test_invalid_values_do_nothing(
    application: Application, anna: User, visitor: Visitor, fields: dict[str, str]
) -> None:
    session = has_session(application, anna)

    answer = visitor.post(PAGE, **fields)

    assert answer.leads_to == PAGE
    assert end_of(application, session) is None
    assert visitor.get(PAGE).notes == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_anonymous_user_signs_in_first(application: Application, method: str) -> None:
    response = Visitor().client.generic(method, PAGE)

    assert response.headers["Location"] == f"/signin?next={PAGE}"


def test_ending_a_session_needs_a_csrf_token(
    application: Application, anna: User, visitor: Visitor
) -> None:
    session = has_session(application, anna)
    visitor.client.handler = Client(enforce_csrf_checks=True).handler

    answer = visitor.post(PAGE, end=str(session.id))

    assert answer.status == 403
    assert end_of(application, session) is None


def test_the_page_has_no_inline_scripts_or_styles(
    application: Application, anna: User, visitor: Visitor
) -> None:
    has_session(application, anna)

    text = visitor.get(PAGE).text

    assert "<script" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert ' onclick="' not in text


def test_the_account_page_links_to_the_sessions_page(visitor: Visitor) -> None:
    assert f'href="{PAGE}"' in visitor.get("/account").text
