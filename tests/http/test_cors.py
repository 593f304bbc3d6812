"""CORS headers of the API and of public documents (Fetch Standard §3.3)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
import time_machine
from pytest_django import Settings

from accounts.domain.access import OPERATOR
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.services.origins import CACHED_FOR
from authsvc.http import cors
from tests.support.application import Answer, Application, Caller
from tests.support.builders import some_client_terms
from tests.support.operations import Route, routes, urls

OURS: Final = "https://app.example"
OTHERS: Final = ["https://evil.example", "null", "https://app.example.evil.example", f"{OURS}/", ""]
ALLOWED: Final = "Access-Control-Allow-Origin"
SAFELISTED: Final = {"Cache-Control", "Content-Length", "Content-Type"}
NOBODY: Final = "00000000-0000-4000-8000-000000000000"
SENT: Final = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"]


def register(application: Application, *origins: str) -> OAuthClient:
    terms = some_client_terms(allowed_origins=origins)
    return application.services.clients.register(terms, by=OPERATOR).client


@pytest.fixture
def page(application: Application) -> OAuthClient:
    """A client that runs in pages of its origin."""
    return register(application, OURS)


def preflight(path: str, origin: str, method: str = "PUT") -> Answer:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return Caller().send("OPTIONS", path, headers=headers)


def is_readable(answer: Answer, origin: str = OURS) -> bool:
    """Whether a page of the origin can read the answer to a request without cookies."""
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer.headers.get(ALLOWED) in {"*", origin}


def is_document(route: Route) -> bool:
    return route.operation.is_public and route.method == "GET"


def place_of(path: str) -> str:
    return path.replace("{issued_id}", NOBODY)


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("path", ["/v1/me", "/v1/courses/knots/draft", "/v1/nothing-here"])
def test_a_preflight_allows_what_clients_send(path: str) -> None:
    answer = preflight(path, OURS)

    assert (answer.status, answer.text, answer.headers[ALLOWED]) == (204, "", OURS)
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= listed(answer, "Methods")
    assert set(SENT) <= listed(answer, "Headers")
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert answer.headers["Vary"] == "Origin"


def listed(answer: Answer, kind: str) -> set[str]:
    return set(answer.headers[f"Access-Control-Allow-{kind}"].split(", "))


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("origin", OTHERS)
def test_other_origins_are_refused(application: Application, origin: str) -> None:
    anna = application.signed_in().caller

    for answer in (preflight("/v1/me", origin), anna.get("/v1/me", Origin=origin)):
        assert not is_readable(answer, origin)
        assert "Access-Control-Allow-Headers" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.usefixtures("page")
def test_a_page_reads_answers_and_problems_alike(application: Application) -> None:
    anna = application.signed_in().caller
    answers = {
        200: anna.get("/v1/me", Origin=OURS),
        401: Caller("a.b.c").get("/v1/me", Origin=OURS),
        404: anna.get("/v1/nothing-here", Origin=OURS),
        405: anna.send("DELETE", "/v1/me", headers={"Origin": OURS}),
        406: anna.get("/v1/courses", Origin=OURS, Accept="image/png"),
        422: anna.post("/v1/orgs", {}, Origin=OURS),
    }

    for status, answer in answers.items():
        assert (answer.status, is_readable(answer)) == (status, True)
        assert answer.headers["Vary"].endswith("Origin")


@pytest.mark.usefixtures("page")
def test_every_header_that_says_something_is_exposed(application: Application) -> None:
    """All but those for browsers and proxies themselves."""
    admin = application.signed_in().caller
    answers = [
        admin.get("/v1/me", Origin=OURS),
        admin.get("/v1/xapi/statements", Origin=OURS),
        admin.send("DELETE", "/v1/me", headers={"Origin": OURS}),
        Caller("a.b.c").get("/v1/me", Origin=OURS),
    ]
    sent = {name for answer in answers for name in answer.headers}
    for_browsers = {"Vary", "X-Content-Type-Options", "Referrer-Policy"}
    own = {
        name
        for name in sent - SAFELISTED - for_browsers
        if not name.startswith(("Access-Control-", "Cross-Origin-"))
    }

    exposed = answers[0].headers["Access-Control-Expose-Headers"].split(", ")
    assert own <= set(exposed)
    assert {"ETag", "Location", "Retry-After", "RateLimit", "WWW-Authenticate"} <= set(exposed)


@pytest.fixture
def _one_read(settings: Settings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, reads_per_minute=1)


@pytest.mark.usefixtures("_one_read", "page")
def test_a_page_can_read_that_its_budget_is_used_up(application: Application) -> None:
    anna = application.signed_in().caller

    with time_machine.travel(datetime.now(UTC), tick=False):
        answers = [anna.get("/v1/me", Origin=OURS) for _ in range(2)]
        preflights = [preflight("/v1/me", OURS) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 429]
    assert all(is_readable(answer) for answer in [*answers, *preflights])
    assert "Retry-After" in answers[1].headers


def test_without_an_origin_nothing_is_allowed(application: Application) -> None:
    answer = application.signed_in().caller.get("/v1/me")

    assert ALLOWED not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_an_origin_is_allowed_for_as_long_as_a_client_has_it(application: Application) -> None:
    anna, clients = application.signed_in().caller, application.services.clients

    def may_read() -> bool:
        return is_readable(anna.get("/v1/me", Origin=OURS))

    assert not may_read()
    client = register(application, OURS)
    assert may_read()
    clients.amend(client.id, some_client_terms(), by=OPERATOR)
    assert not may_read()
    clients.amend(client.id, client.terms, by=OPERATOR)
    assert may_read()
    clients.remove(client.id, by=OPERATOR)
    assert not may_read()


def test_the_origins_are_read_again_after_a_minute(application: Application) -> None:
    """Another process may have changed them."""
    anna = application.signed_in().caller
    client = register(application, OURS)
    moment = datetime.now(UTC)
    with time_machine.travel(moment, tick=False) as clock:
        assert is_readable(anna.get("/v1/me", Origin=OURS))
        client_rows = application.services.repositories.clients
        client_rows.save(replace(client, is_active=False), scope=OPERATOR.tenant_scope)
        assert is_readable(anna.get("/v1/me", Origin=OURS))

        clock.move_to(moment + CACHED_FOR)
        assert not is_readable(anna.get("/v1/me", Origin=OURS))


def test_a_change_that_is_rolled_back_is_not_seen(application: Application) -> None:
    anna, services = application.signed_in().caller, application.services

    def register_in_vain() -> None:
        with services.unit_of_work.atomic():
            register(application, OURS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        register_in_vain()

    assert not is_readable(anna.get("/v1/me", Origin=OURS))


@pytest.mark.parametrize("origin", OTHERS)
def test_public_documents_can_be_read_by_every_page(application: Application, origin: str) -> None:
    documents = [place_of(route.path) for route in routes().values() if is_document(route)]
    for path in [*documents, "/v1/openapi.json"]:
        permission = preflight(path, origin, "GET")
        answer = application.stranger.get(path, Origin=origin)

        assert (permission.status, permission.headers[ALLOWED]) == (204, "*")
        assert answer.headers[ALLOWED] == "*"
        assert is_readable(answer, origin)


def test_the_public_documents_are_the_operations_that_everyone_may_get() -> None:
    paths = {place_of(route.path) for route in routes().values()}
    documents = {place_of(route.path) for route in routes().values() if is_document(route)}

    assert {path for path in paths if cors.PUBLIC.fullmatch(path)} == documents


def test_the_token_endpoints_keep_their_own_rules() -> None:
    """Only the client that a request names says which pages may read their responses."""
    assert not any(cors.PUBLIC.fullmatch(url) for url, _ in urls() if url.startswith("/oauth/"))
