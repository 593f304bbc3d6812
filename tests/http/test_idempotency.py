"""Idempotency-Key: a change that is sent again is answered as it was the first time."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.urls import path

from accounts.domain.access import Principal, Role
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.views import ApiView
from authsvc.urls import urlpatterns as application_patterns
from tests.http.keyed import OPERATIONS as POSTS
from tests.http.keyed import Operation, Sent, enroll
from tests.http.keyed_ai import AI
from tests.http.keyed_changes import CHANGES
from tests.http.keyed_webhooks import WEBHOOKS
from tests.support.application import PASSWORD, Answer, Application
from tests.support.documents import page
from tests.support.operations import routes

ELSEWHERE = {
    "POST": "/v1/courses/elsewhere/enroll",
    "PUT": "/v1/courses/elsewhere/draft",
    "PATCH": "/v1/users/00000000-0000-4000-8000-000000000000",
    "DELETE": "/v1/orgs/00000000-0000-4000-8000-000000000000",
}


class FlakyView(ApiView):
    """Fails the first time, and works from then on."""

    failure: Exception | None = None

    @operation(
        name="flake",
        summary="Fail once",
        access=Access(Whose.ONESELF),
        answer={"application/json": {"type": "object"}},
        is_idempotent=True,
    )
    def post(self, *, by: Principal) -> Mapping[str, bool]:
        failure, FlakyView.failure = FlakyView.failure, None
        if failure is not None:
            raise failure
        return {"worked": True}


urlpatterns = [path("v1/flaky", FlakyView.as_view()), *application_patterns]

OPERATIONS = {**POSTS, **CHANGES, **WEBHOOKS, **AI}
every = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


METHODS = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_change_takes_a_key_but_those_that_the_documentation_excepts() -> None:
    section = page("docs/api.md").partition("## Requests that can be sent again")[2]
    rows = re.findall(r"^\| `(\w+) (/v1/\S+)` \| [A-Z]", section, re.MULTILINE)
    changes = {name: route for name, route in routes().items() if route.method in METHODS}
    excepted = {name for name, route in changes.items() if (route.method, route.path) in rows}

    with_key = {name for name, route in changes.items() if route.operation.is_idempotent}

    assert len(excepted) == len(rows)
    assert with_key == changes.keys() - excepted == set(OPERATIONS)


@every
def test_a_request_that_is_sent_again_is_answered_as_before(
    application: Application, operation: Operation
) -> None:
    request = operation(application)
    first = request.sent()

    again = request.sent_by_another_session(application)

    assert first.status in (200, 201, 202, 204)
    assert "Idempotent-Replayed" not in first.headers
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers.get("Content-Type") == first.headers.get("Content-Type")
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert again.headers["Idempotent-Replayed"] == "true"


@every
def test_another_body_or_address_under_the_same_key_is_refused(
    application: Application, operation: Operation
) -> None:
    request = operation(application)
    request.sent()

    answers = {
        "body": request.sent_by_another_session(application, body={"other": True}),
        "address": request.sent_by_another_session(application, path=ELSEWHERE[request.method]),
    }

    outcomes = {name: (answer.status, answer.code) for name, answer in answers.items()}
    assert outcomes == dict.fromkeys(answers, (409, "idempotency-key-reused"))


def test_a_request_that_was_refused_for_its_if_match_is_answered_anew(
    application: Application,
) -> None:
    anna = application.signed_in().caller

    def rename(if_match: str) -> Answer:
        return anna.patch("/v1/me", {"name": "Ann"}, Idempotency_Key="k", If_Match=if_match)

    first = rename('"stale"')
    second = rename(anna.get("/v1/me").headers["ETag"])

    assert (first.code, second.status) == ("precondition-failed", 200)


def test_a_repetition_changes_nothing_more(application: Application) -> None:
    request = OPERATIONS["reissueIssued"](application)
    first = request.sent()

    again = request.sent()
    under_another_key = request.sent(key="another")

    assert again.json["id"] == first.json["id"]
    assert under_another_key.code == "already-issued"


def test_a_repetition_says_what_was_so_then(application: Application) -> None:
    request = enroll(application)
    first = request.sent()
    request.by.caller.post(request.path.replace("enroll", "withdraw"))

    again = request.sent()

    assert again.text == first.text
    assert again.json["status"] == "in_progress"


def test_equal_keys_of_two_people_never_meet(application: Application) -> None:
    annas = enroll(application)
    bos = Sent(by=application.signed_in(name="Bo"), path=annas.path)

    answers = [annas.sent(), bos.sent(), annas.sent(), bos.sent()]

    assert [answer.status for answer in answers] == [201] * 4
    assert [answer.json["user_id"] for answer in answers] == [annas.by.id, bos.by.id] * 2


def test_an_error_is_replayed_even_if_the_request_would_succeed_now(
    application: Application,
) -> None:
    request = enroll(application)
    request.by.caller.post(request.path)
    rejection = request.sent()
    request.by.caller.post(request.path.replace("enroll", "withdraw"))

    again = request.sent()

    assert rejection.code == "already-enrolled"
    assert (again.status, again.text) == (409, rejection.text)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_body_that_was_not_understood_leaves_its_key_free(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root")
    body = {"email": "bo@school.example", "password": PASSWORD}
    request = Sent(by=root, path="/v1/users", body=body)

    rejection = request.sent(body={"email": "bo"})
    answer = request.sent()

    assert rejection.status == 422
    assert answer.status == 201


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("failure", "status"), [(RuntimeError("a defect"), 500), (OperationalError("away"), 503)]
)
def test_an_internal_error_is_not_stored(
    application: Application, failure: Exception, status: int
) -> None:
    request = Sent(by=application.signed_in(), path="/v1/flaky")
    FlakyView.failure = failure

    failed, answer, again = request.sent(), request.sent(), request.sent()

    assert failed.status == status
    assert answer.status == 200
    assert "Idempotent-Replayed" not in answer.headers
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(("hours", "is_replayed"), [(23.9, True), (24.1, False)])
def test_after_a_day_a_key_is_fresh(
    application: Application,
    hours: float,
    is_replayed: bool,  # noqa: FBT001  # parametrized
) -> None:
    request = enroll(application)
    request.sent()

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
        answer = request.sent_by_another_session(application)

    assert answer.status == (201 if is_replayed else 409)
    assert ("Idempotent-Replayed" in answer.headers) is is_replayed


@pytest.mark.parametrize("key", ["", "a key", "k\u00e9y", "\t", "k" * 256], ids=repr)
def test_an_invalid_key_is_rejected(application: Application, key: str) -> None:
    request = enroll(application)

    answer = request.sent(key)

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/Idempotency-Key"]


@pytest.mark.parametrize("key", ["k", "!~", "k" * 255], ids=len)
def test_a_key_is_any_visible_ascii(application: Application, key: str) -> None:
    request = enroll(application)

    answers = [request.sent(key), request.sent(key)]

    assert [answer.status for answer in answers] == [201, 201]


def test_without_a_key_nothing_is_replayed(application: Application) -> None:
    request = enroll(application)

    answers = [request.by.caller.post(request.path) for _ in range(2)]

    assert [answer.status for answer in answers] == [201, 409]


def test_a_key_does_not_open_the_door(application: Application) -> None:
    request = enroll(application)
    request.sent()

    answer = application.stranger.post(request.path, Idempotency_Key="k")

    assert answer.code == "not-authenticated"
