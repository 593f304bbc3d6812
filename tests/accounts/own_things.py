"""Where somebody is signed in, and what he has let clients do, as he sees it over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.domain.entities import (
    OPERATOR,
    OAuthClient,
    Session,
    SessionId,
    UserId,
)
from tests.support.builders import a_session, some_client_terms
from tests.support.house import PASSWORD, Answer, Caller, House, Person

SESSIONS = "/v1/me/sessions"
GRANTS = "/v1/me/grants"
NOBODYS = "00000000-0000-4000-8000-000000000000"


def a_client_in(house: House, name: str = "Notebook") -> OAuthClient:
    return house.services.clients.register(some_client_terms(name=name), by=OPERATOR).client


def a_session_in(house: House, person: Person, client: OAuthClient, **parts: Any) -> Session:
    """A session of the person with the client, that started a minute ago."""
    now = house.services.ports.clock.now()
    given: dict[str, Any] = {
        "started_at": now - timedelta(minutes=1),
        "expires_at": now + timedelta(days=1),
    }
    given |= {"user_id": UUID(person.id), "client_id": client.client_id}
    session = a_session(**given | parts)
    house.services.repositories.sessions.add(session)
    return session


def lets_in(house: House, person: Person, client: OAuthClient, *scopes: str) -> None:
    user_id = UserId(UUID(person.id))
    house.services.authorizations.consent(client, user_id=user_id, scopes=scopes or ["openid"])


def kept(house: House, session_id: object) -> Session:
    return house.services.repositories.sessions.get_for_update(SessionId(UUID(str(session_id))))


def items_at(person: Person, path: str) -> list[Any]:
    answer = person.caller.get(path)
    assert answer.status == 200
    return list(answer.json["items"])


def deleted(caller: Caller, path: str, thing: object) -> Answer:
    return caller.send("DELETE", f"{path}/{thing}")


def logged_in_again(house: House, person: Person) -> Caller:
    session = house.services.sessions.log_in(email=person.email, password=PASSWORD)
    return Caller(session.access_token)


def a_program(house: House) -> Caller:
    """A client that acts for itself, with a token for everything."""
    tokens, now = house.services.ports.access_tokens, house.services.ports.clock.now()
    session = a_session(
        user_id=None, client_id="planner", started_at=now, expires_at=now + timedelta(days=1)
    )
    house.services.repositories.sessions.add(session)
    anna = house.signed_in()
    claims = tokens.verify(anna.caller.token, at=now)
    changed: dict[str, Any] = {"user_id": None, "session_id": session.id, "client_id": "planner"}
    return Caller(tokens.issue(replace(claims, **changed), roles=(), at=now))
