"""Request budgets: headers on every answer of the API, and what happens when a budget is used up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
import time_machine
from pytest_django import Settings

from accounts.domain.access import Role
from authsvc.http.operations import operations_of
from authsvc.kernel.request_budgets import Cost
from tests.support.application import PASSWORD, Answer, Application, Caller
from tests.support.operations import routes

SCHOOL, ELSEWHERE = "192.0.2.1", "198.51.100.1"
FORM: Final = {"Content-Type": "multipart/form-data; boundary=x"}
SEVERAL_HOSTS: Final = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"]


@pytest.fixture(autouse=True)
def _budgets(settings: Settings) -> Iterator[None]:
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT,
        reads_per_minute=5,
        writes_per_minute=3,
        expensive_per_minute=2,
        is_behind_proxy=True,
    )
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def budget_in(answer: Answer) -> tuple[str, str]:
    return answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]


def test_every_answer_states_the_budget(application: Application) -> None:
    anna = application.signed_in().caller
    unscoped = Caller("not a token")

    answers = {
        "ok": anna.get("/v1/me"),
        "unknown resource": anna.get("/v1/courses/nothing-here"),
        "unknown URL": application.stranger.get("/v1/nothing-here"),
        "invalid token": unscoped.get("/v1/me"),
        "no token": application.stranger.get("/v1/progress"),
        "wrong method": anna.send("DELETE", "/v1/me"),
        "not acceptable": anna.get("/v1/courses", Accept="image/png"),
        "malformed": anna.post("/v1/orgs", b"{"),
        "invalid": anna.patch("/v1/me", {"name": 5}),
        "not permitted": anna.get("/v1/users"),
        "options": anna.send("OPTIONS", "/v1/me"),
        "head": anna.send("HEAD", "/v1/courses"),
        "description": application.stranger.get("/v1/openapi.json"),
    }

    for name, answer in answers.items():
        policy, budget = budget_in(answer)
        cost = policy.split(";")[0]
        assert policy in {'"read";q=5;w=60', '"write";q=3;w=60'}, name
        assert budget.startswith(f"{cost};r="), name
        assert budget.endswith(";t=60"), name


def test_an_exact_limit_is_stated_alone(application: Application) -> None:
    answer = application.stranger.post("/v1/auth/login", {"email": "a@b.example", "password": "x"})

    assert answer.headers["RateLimit-Policy"].startswith('"log-in";')


def test_answers_outside_of_the_api_state_no_budget(application: Application) -> None:
    assert "RateLimit" not in application.stranger.get("/health").headers


def test_the_budget_decreases_and_then_requests_are_rejected(application: Application) -> None:
    anna = application.signed_in().caller

    answers = [anna.get("/v1/me") for _ in range(6)]

    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [budget_in(answer)[1] for answer in answers] == [
        f'"read";r={left};t=60' for left in [4, 3, 2, 1, 0, 0]
    ]
    rejection = answers[-1]
    assert (rejection.code, rejection.json["retry_after"]) == ("too-many-attempts", 60)
    assert rejection.headers["Retry-After"] == "60"


def test_a_budget_starts_anew_after_a_minute(application: Application) -> None:
    anna = application.signed_in().caller
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(6):
            rejection = anna.get("/v1/me")
        clock.shift(60)
        answer = anna.get("/v1/me")

    assert (rejection.status, answer.status) == (429, 200)


def test_each_class_of_operations_has_a_budget_of_its_own(application: Application) -> None:
    author = application.signed_in(Role.ADMIN).caller

    writes = [author.patch("/v1/me", {"name": "Anna"}).status for _ in range(4)]
    imports = [author.post("/v1/courses", {}).status for _ in range(4)]

    assert writes == [200, 200, 200, 429]
    assert imports == [422, 422, 429, 429]
    assert author.get("/v1/me").status == 200


def test_a_rejected_request_is_not_processed(application: Application) -> None:
    anna = application.signed_in()
    for name in ["a", "b", "c", "d"]:
        anna.caller.patch("/v1/me", {"name": name})

    assert anna.caller.get("/v1/me").json["name"] == "c"


def test_users_behind_one_address_have_a_budget_each(application: Application) -> None:
    anna, bo = application.signed_in().caller, application.signed_in(name="Bo").caller
    for _ in range(6):
        rejection = anna.get("/v1/me", X_Forwarded_For=SCHOOL)

    assert rejection.status == 429
    assert bo.get("/v1/me", X_Forwarded_For=SCHOOL).status == 200


def test_a_user_has_one_budget_wherever_they_are(application: Application) -> None:
    anna = application.signed_in().caller
    for number in range(6):
        rejection = anna.get("/v1/me", X_Forwarded_For=f"192.0.2.{number}")

    assert rejection.status == 429


@pytest.mark.parametrize("path", ["/v1/nothing-here", "/v1/me", "/v1/openapi.json"])
def test_callers_without_a_token_have_a_budget_by_address(
    application: Application, path: str
) -> None:
    for _ in range(6):
        rejection = application.stranger.get(path, X_Forwarded_For=SCHOOL)

    assert (rejection.status, rejection.code) == (429, "too-many-attempts")
    assert rejection.headers["Retry-After"] == "60"
    assert application.stranger.get(path, X_Forwarded_For=ELSEWHERE).status != 429


def test_invalid_tokens_are_charged_to_the_address_and_not_to_who_they_name(
    application: Application,
) -> None:
    anna = application.signed_in().caller
    forged = Caller(f"{anna.token}x")
    for _ in range(6):
        rejection = forged.get("/v1/me", X_Forwarded_For=SCHOOL)

    assert rejection.status == 429
    assert anna.get("/v1/me", X_Forwarded_For=SCHOOL).status == 200


def test_addresses_of_one_ipv6_network_share_a_budget(application: Application) -> None:
    for number in range(6):
        rejection = application.stranger.get(
            "/v1/nothing-here", X_Forwarded_For=SEVERAL_HOSTS[number % 2]
        )

    assert rejection.status == 429
    other = application.stranger.get("/v1/nothing-here", X_Forwarded_For="2001:db8:1:3::1")
    assert other.status == 404


def test_signing_in_is_not_charged_to_the_budget_of_the_address(application: Application) -> None:
    anna = application.signed_in()
    for _ in range(9):
        application.stranger.send("DELETE", "/v1/nothing-here", headers={"X-Forwarded-For": SCHOOL})

    body = {"email": anna.email, "password": PASSWORD}
    assert application.stranger.post("/v1/auth/login", body, X_Forwarded_For=SCHOOL).status == 200


def test_verifying_on_the_page_and_over_the_api_is_one_budget(application: Application) -> None:
    stranger = application.stranger

    over_the_api = stranger.post("/v1/verify", {})
    on_the_page = [stranger.send("POST", "/verify", b"", headers=FORM) for _ in range(2)]

    assert over_the_api.status == 200
    assert [answer.status for answer in on_the_page] == [200, 429]
    assert int(on_the_page[1].headers["Retry-After"]) > 0
    assert "There were too many attempts." in on_the_page[1].text
    assert stranger.post("/v1/verify", {}).code == "too-many-attempts"
    assert stranger.get("/verify").status == 200


def test_every_operation_has_one_class() -> None:
    classes = {
        name: operations_of(route.view)[route.method].cost(route.method)
        for name, route in routes().items()
    }

    expensive = {name for name, cost in classes.items() if cost is Cost.EXPENSIVE}
    exact = {name for name, cost in classes.items() if cost is None}
    assert exact == {"register", "logIn", "verifyLogIn", "changeMyPassword"}
    assert expensive == {
        "awardCredentialToList",
        "createCourse",
        "createPathway",
        "exportAuditLog",
        "exportStatements",
        "getAIOutcomesOfCourse",
        "getAIUsageOfCourse",
        "getAIUsageOfOrganization",
        "getCourseReport",
        "getMyAIUsage",
        "getMyTranscript",
        "getOrganizationReport",
        "importMembers",
        "listStatements",
        "pingPlatformWebhook",
        "pingWebhook",
        "proposeGrades",
        "replayPlatformWebhook",
        "replayWebhook",
        "rebuildProgress",
        "reviseCourse",
        "revisePathway",
        "verifyBadge",
        "verifyRecords",
    }
    reads = {name for name, cost in classes.items() if cost is Cost.READ}
    assert {routes()[name].method for name in reads} == {"GET"}
    assert "GET" not in {
        routes()[name].method for name, cost in classes.items() if cost is Cost.WRITE
    }
