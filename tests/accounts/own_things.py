"""A user's own sessions and grants, over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.domain.access import OPERATOR, SessionId, UserId
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.oauth.entities.clients import OAuthClient
from tests.support.application import PASSWORD, Answer, Application, Caller, Person
from tests.support.builders import a_session, some_client_terms

SESSIONS = "/v1/me/sessions"
GRANTS = "/v1/me/grants"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


def a_client_in(application: Application, name: str = "Notebook") -> OAuthClient:
    return application.services.clients.register(some_client_terms(name=name), by=OPERATOR).client


def a_session_in(
    application: Application, person: Person, client: OAuthClient, **parts: Any
) -> Session:
    """A session of the person with the client that started a minute ago."""
    now = application.services.ports.clock.now()
    members: dict[str, Any] = {
        "started_at": now - timedelta(minutes=1),
        "expires_at": now + timedelta(days=1),
    }
    members |= {"user_id": UUID(person.id), "client_id": client.client_id}
    session = a_session(**members | parts)
    application.services.repositories.sessions.add(session)
    return session


def consents(application: Application, person: Person, client: OAuthClient, *scopes: str) -> None:
    user_id = UserId(UUID(person.id))
    application.services.authorizations.consent(
        client, user_id=user_id, scopes=scopes or ["openid"]
    )


def stored_session(application: Application, session_id: object) -> Session:
    return application.services.repositories.sessions.get_for_update(
        SessionId(UUID(str(session_id)))
    )


def items_at(person: Person, path: str) -> list[Any]:
    answer = person.caller.get(path)
    assert answer.status == 200
    return list(answer.json["items"])


def deleted(caller: Caller, path: str, resource_id: object) -> Answer:
    return caller.send("DELETE", f"{path}/{resource_id}")


def logged_in_again(application: Application, person: Person) -> Caller:
    session = application.services.sign_in.log_in(email=person.email, password=PASSWORD)
    return Caller(session.access_token)


def a_machine_client(application: Application) -> Caller:
    """A client that acts for itself, with a token for all scopes."""
    tokens, now = application.services.ports.access_tokens, application.services.ports.clock.now()
    session = a_session(
        user_id=None, client_id="planner", started_at=now, expires_at=now + timedelta(days=1)
    )
    application.services.repositories.sessions.add(session)
    anna = application.signed_in()
    claims = tokens.verify(anna.caller.token, at=now)
    changed: dict[str, Any] = {"user_id": None, "session_id": session.id, "client_id": "planner"}
    return Caller(tokens.issue(replace(claims, **changed), roles=(), at=now))
