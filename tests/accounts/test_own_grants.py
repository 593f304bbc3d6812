"""What one has let clients do, over HTTP; and what holds for this and for one's sessions."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import Scope
from accounts.domain.identity.entities.sessions import SessionEnd
from tests.accounts.callers import narrowed
from tests.accounts.own_things import (
    GRANTS,
    NOBODYS,
    SESSIONS,
    a_client_in,
    a_program,
    a_session_in,
    deleted,
    items_at,
    kept,
    lets_in,
)
from tests.support.application import Application


def test_i_see_what_i_have_let_clients_do(application: Application) -> None:
    anna, notebook, planner = (
        application.signed_in(),
        a_client_in(application),
        a_client_in(application, name="Planner"),
    )
    lets_in(application, anna, notebook, "openid", "email")
    lets_in(application, anna, planner)

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


def test_what_i_take_back_ends_my_sessions_with_that_client(application: Application) -> None:
    anna, bo = application.signed_in(), application.signed_in(name="Bo")
    notebook, planner = a_client_in(application), a_client_in(application, name="Planner")
    lets_in(application, anna, notebook)
    ending = a_session_in(application, anna, notebook)
    staying = [a_session_in(application, anna, planner), a_session_in(application, bo, notebook)]

    answer = deleted(anna.caller, GRANTS, notebook.id)

    assert (answer.status, answer.text) == (204, "")
    assert items_at(anna, GRANTS) == []
    assert kept(application, ending.id).ended_because is SessionEnd.REVOKED
    assert [kept(application, session.id) for session in staying] == staying
    assert anna.caller.get("/v1/me").status == 200


def test_nobody_elses_grant_is_taken_back(application: Application) -> None:
    anna, bo, notebook = (
        application.signed_in(),
        application.signed_in(name="Bo"),
        a_client_in(application),
    )
    lets_in(application, bo, notebook)

    answers = [deleted(anna.caller, GRANTS, one) for one in (notebook.id, uuid4())]

    assert [(answer.status, answer.code) for answer in answers] == [(404, "grant-not-found")] * 2
    assert len(items_at(bo, GRANTS)) == 1


def test_a_grant_is_taken_back_once(application: Application) -> None:
    anna, notebook = application.signed_in(), a_client_in(application)
    lets_in(application, anna, notebook)
    deleted(anna.caller, GRANTS, notebook.id)

    assert deleted(anna.caller, GRANTS, notebook.id).code == "grant-not-found"


OPERATIONS = [
    ("GET", SESSIONS, Scope.ACCOUNTS_READ),
    ("DELETE", f"{SESSIONS}/{NOBODYS}", Scope.ACCOUNTS_WRITE),
    ("GET", GRANTS, Scope.ACCOUNTS_READ),
    ("DELETE", f"{GRANTS}/{NOBODYS}", Scope.ACCOUNTS_WRITE),
]


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_it_takes_a_token(application: Application, method: str, path: str, scope: Scope) -> None:
    answer = application.stranger.send(method, path)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_it_takes_its_scope_and_no_other(
    application: Application, method: str, path: str, scope: Scope
) -> None:
    anna = application.signed_in()
    others = set(Scope) - {scope}

    assert narrowed(application, anna, scope).send(method, path).status in (200, 404)
    assert narrowed(application, anna, *others).send(method, path).status == 403


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_a_program_that_acts_for_nobody_has_neither(
    application: Application, method: str, path: str, scope: Scope
) -> None:
    assert a_program(application).send(method, path).code == "person-needed"


@pytest.mark.parametrize("path", [SESSIONS, GRANTS])
@pytest.mark.parametrize("thing", ["1", "not-an-id", f"{NOBODYS}0"])
def test_what_is_no_id_is_nowhere(application: Application, path: str, thing: str) -> None:
    assert deleted(application.signed_in().caller, path, thing).status == 404


@pytest.mark.parametrize(("path", "method"), [(SESSIONS, "POST"), (f"{GRANTS}/{NOBODYS}", "GET")])
def test_another_method_will_not_do(application: Application, path: str, method: str) -> None:
    assert application.signed_in().caller.send(method, path).status == 405


@pytest.mark.database
@pytest.mark.parametrize("path", [SESSIONS, GRANTS])
def test_a_long_list_takes_three_statements_at_most(application: Application, path: str) -> None:
    anna = application.signed_in()
    for number in range(4):
        client = a_client_in(application, name=f"Notebook {number}")
        lets_in(application, anna, client)
        a_session_in(application, anna, client)
    items_at(anna, path)

    with CaptureQueriesContext(connection) as queries:
        assert len(items_at(anna, path)) >= 4

    assert len(queries) <= 3
