"""The caller's own sessions, over HTTP."""

import pytest

from accounts.domain.access import Scope
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT, SessionEnd
from accounts.domain.identity.errors import SessionNotFound
from tests.accounts.own_things import (
    SESSIONS,
    UNKNOWN_ID,
    a_client_in,
    a_session_in,
    deleted,
    items_at,
    logged_in_again,
    stored_session,
)
from tests.accounts.signing_in import principal, registered, session_of
from tests.support.application import PASSWORD, Application, Caller
from tests.support.worlds import World


def test_users_list_their_sessions(application: Application) -> None:
    anna, notebook = application.signed_in(), a_client_in(application)
    with_notebook = a_session_in(
        application, anna, notebook, scopes=frozenset({"profile", "openid"})
    )

    answer = anna.caller.get(SESSIONS)

    own, of_notebook = answer.json["items"]
    assert answer.json["next"] is None
    assert of_notebook == {
        "id": str(with_notebook.id),
        "client": {"client_id": notebook.client_id, "name": "Notebook"},
        "scopes": ["openid", "profile"],
        "started_at": with_notebook.started_at.isoformat().replace("+00:00", "Z"),
        "expires_at": with_notebook.expires_at.isoformat().replace("+00:00", "Z"),
        "is_current": False,
        "auth_time": None,
        "acr": None,
        "amr": [],
    }
    assert (own["acr"], own["amr"], own["auth_time"]) == ("pwd", ["pwd"], own["started_at"])
    assert own["client"] == {"client_id": FIRST_PARTY_CLIENT, "name": None}
    assert own["scopes"] == sorted(Scope)
    assert own["is_current"] is True


def test_the_session_of_the_token_is_the_current_one(application: Application) -> None:
    anna = application.signed_in()
    again = logged_in_again(application, anna)

    lists = [caller.get(SESSIONS).json["items"] for caller in (anna.caller, again)]

    assert [[item["id"] for item in items] for items in lists] == [
        [item["id"] for item in lists[0]]
    ] * 2
    assert [[item["is_current"] for item in items] for items in lists] == [
        [False, True],
        [True, False],
    ]


def test_sessions_of_others_are_not_listed(application: Application) -> None:
    anna, bo = application.signed_in(), application.signed_in(name="Bo")
    theirs = a_session_in(application, bo, a_client_in(application))

    assert str(theirs.id) not in anna.caller.get(SESSIONS).text


def test_an_ended_session_is_not_listed(application: Application) -> None:
    anna, notebook = application.signed_in(), a_client_in(application)
    now = application.services.ports.clock.now()
    over = {"ended_at": now, "ended_because": SessionEnd.LOGGED_OUT}
    a_session_in(application, anna, notebook, **over)
    a_session_in(application, anna, notebook, expires_at=now)

    assert len(items_at(anna, SESSIONS)) == 1


def test_an_ended_session_revokes_its_tokens(application: Application) -> None:
    anna = application.signed_in()
    lost = logged_in_again(application, anna)
    (ended,) = [item["id"] for item in items_at(anna, SESSIONS) if not item["is_current"]]

    answer = deleted(anna.caller, SESSIONS, ended)

    assert (answer.status, answer.text) == (204, "")
    assert lost.get("/v1/me").code == "invalid-token"
    assert anna.caller.get("/v1/me").status == 200
    assert stored_session(application, ended).ended_because is SessionEnd.REVOKED


def test_the_current_session_can_be_ended(application: Application) -> None:
    anna = application.signed_in()
    (own,) = items_at(anna, SESSIONS)

    assert deleted(anna.caller, SESSIONS, own["id"]).status == 204
    assert anna.caller.get(SESSIONS).code == "invalid-token"


def test_a_session_ends_once(application: Application) -> None:
    anna = application.signed_in()
    session = a_session_in(application, anna, a_client_in(application))
    deleted(anna.caller, SESSIONS, session.id)
    first = stored_session(application, session.id)

    answer = deleted(anna.caller, SESSIONS, session.id)

    assert (answer.status, answer.code) == (404, "session-not-found")
    assert stored_session(application, session.id) == first


def test_sessions_of_others_cannot_be_ended(application: Application) -> None:
    anna, bo = application.signed_in(), application.signed_in(name="Bo")
    (theirs,) = items_at(bo, SESSIONS)

    answers = [
        deleted(anna.caller, SESSIONS, session_id) for session_id in (theirs["id"], UNKNOWN_ID)
    ]

    assert [(answer.status, answer.code) for answer in answers] == [(404, "session-not-found")] * 2
    assert {answer.text for answer in answers} == {answers[0].text}
    assert bo.caller.get("/v1/me").status == 200


def test_the_end_of_a_session_is_recorded_and_a_refused_one_is_not(memory: World) -> None:
    anna, bo = registered(memory), registered(memory, "bo@school.example")
    session = session_of(memory, anna)

    with pytest.raises(SessionNotFound):
        memory.services.sessions.end(session.id, by=principal(memory, bo))
    memory.services.sessions.end(session.id, by=principal(memory, anna))

    assert memory.trail.facts_of(SecurityEvent.SESSION_ENDED) == [
        {
            "user_id": session.user_id,
            "client_id": FIRST_PARTY_CLIENT,
            "session_id": session.id,
            "reason": SessionEnd.REVOKED,
        }
    ]


def test_sessions_are_paged_and_fit_on_one_page_by_default(application: Application) -> None:
    anna = signed_in_twice(application)

    first = anna.get(f"{SESSIONS}?limit=1").json
    second = anna.get(f"{SESSIONS}?limit=1&cursor={first['next']}").json
    whole = anna.get(SESSIONS).json

    assert whole == {"items": first["items"] + second["items"], "next": None}
    assert second["next"] is None


def signed_in_twice(application: Application) -> Caller:
    anna = application.signed_in()
    application.services.sign_in.log_in(email=anna.email, password=PASSWORD)
    return anna.caller
