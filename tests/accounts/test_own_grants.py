"""The caller's own grants, over HTTP, and rules that they share with sessions."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import Scope
from accounts.domain.identity.entities.sessions import SessionEnd
from tests.accounts.callers import narrowed
from tests.accounts.own_things import (
    GRANTS,
    SESSIONS,
    UNKNOWN_ID,
    a_client_in,
    a_machine_client,
    a_session_in,
    consents,
    deleted,
    items_at,
    stored_session,
)
from tests.support.application import Application


def test_users_list_their_grants(application: Application) -> None:
    anna, notebook, planner = (
        application.signed_in(),
        a_client_in(application),
        a_client_in(application, name="Planner"),
    )
    consents(application, anna, notebook, "openid", "email")
    consents(application, anna, planner)

    answer = anna.caller.get(GRANTS)

    first, second = answer.json["items"]
    assert answer.json["next"] is None
    assert first.pop("given_at").endswith("Z")
    assert first == {
        "id": str(notebook.id),
        "client_id": notebook.client_id,
        "name": "Notebook",
        "scopes": ["email", "openid"],
    }
    assert second["name"] == "Planner"


def test_revoking_a_grant_ends_the_sessions_with_that_client(application: Application) -> None:
    anna, bo = application.signed_in(), application.signed_in(name="Bo")
    notebook, planner = a_client_in(application), a_client_in(application, name="Planner")
    consents(application, anna, notebook)
    ending = a_session_in(application, anna, notebook)
    staying = [a_session_in(application, anna, planner), a_session_in(application, bo, notebook)]

    answer = deleted(anna.caller, GRANTS, notebook.id)

    assert (answer.status, answer.text) == (204, "")
    assert items_at(anna, GRANTS) == []
    assert stored_session(application, ending.id).ended_because is SessionEnd.REVOKED
    assert [stored_session(application, session.id) for session in staying] == staying
    assert anna.caller.get("/v1/me").status == 200


def test_grants_of_others_cannot_be_revoked(application: Application) -> None:
    anna, bo, notebook = (
        application.signed_in(),
        application.signed_in(name="Bo"),
        a_client_in(application),
    )
    consents(application, bo, notebook)

    answers = [deleted(anna.caller, GRANTS, grant_id) for grant_id in (notebook.id, uuid4())]

    assert [(answer.status, answer.code) for answer in answers] == [(404, "grant-not-found")] * 2
    assert len(items_at(bo, GRANTS)) == 1


def test_a_grant_is_revoked_once(application: Application) -> None:
    anna, notebook = application.signed_in(), a_client_in(application)
    consents(application, anna, notebook)
    deleted(anna.caller, GRANTS, notebook.id)

    assert deleted(anna.caller, GRANTS, notebook.id).code == "grant-not-found"


OPERATIONS = [
    ("GET", SESSIONS, Scope.ACCOUNTS_READ),
    ("DELETE", f"{SESSIONS}/{UNKNOWN_ID}", Scope.ACCOUNTS_WRITE),
    ("GET", GRANTS, Scope.ACCOUNTS_READ),
    ("DELETE", f"{GRANTS}/{UNKNOWN_ID}", Scope.ACCOUNTS_WRITE),
]


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_a_token_is_required(
    application: Application, method: str, path: str, scope: Scope
) -> None:
    answer = application.stranger.send(method, path)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_the_scope_is_required(
    application: Application, method: str, path: str, scope: Scope
) -> None:
    anna = application.signed_in()
    others = set(Scope) - {scope}

    assert narrowed(application, anna, scope).send(method, path).status in (200, 404)
    assert narrowed(application, anna, *others).send(method, path).status == 403


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_a_client_that_acts_for_itself_has_no_sessions_or_grants(
    application: Application, method: str, path: str, scope: Scope
) -> None:
    assert a_machine_client(application).send(method, path).code == "person-needed"


def test_a_client_that_acts_for_itself_does_not_sign_out(application: Application) -> None:
    assert a_machine_client(application).post("/v1/auth/logout").code == "person-needed"


@pytest.mark.parametrize("path", [SESSIONS, GRANTS])
@pytest.mark.parametrize("malformed", ["1", "not-an-id", f"{UNKNOWN_ID}0"])
def test_a_malformed_id_is_not_found(application: Application, path: str, malformed: str) -> None:
    assert deleted(application.signed_in().caller, path, malformed).status == 404


@pytest.mark.parametrize(
    ("path", "method"), [(SESSIONS, "POST"), (f"{GRANTS}/{UNKNOWN_ID}", "GET")]
)
def test_other_methods_are_refused(application: Application, path: str, method: str) -> None:
    assert application.signed_in().caller.send(method, path).status == 405


@pytest.mark.database
@pytest.mark.parametrize("path", [SESSIONS, GRANTS])
def test_a_long_list_takes_three_statements_at_most(application: Application, path: str) -> None:
    anna = application.signed_in()
    for number in range(4):
        client = a_client_in(application, name=f"Notebook {number}")
        consents(application, anna, client)
        a_session_in(application, anna, client)
    items_at(anna, path)

    with CaptureQueriesContext(connection) as queries:
        assert len(items_at(anna, path)) >= 4

    assert len(queries) <= 3
