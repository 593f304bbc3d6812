"""Races for refresh tokens and e-mail addresses, and sessions that several workers know."""

from collections import Counter
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from accounts.models import AuditEntry
from tests.support.application import PASSWORD
from tests.support.school import School
from tests.support.server import Server
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.database


def verified_in(school: School) -> int:
    """The number of its audit entries, which are verified."""
    with school.inside() as services:
        report = services.verifier.verify(by=OPERATOR, only=["audit-log"])
    assert report.is_clean
    return report.results[0].rows["accounts_auditentry"]


def audited_in(school: School) -> int:
    """The number of its audit entries."""
    with school.inside():
        return AuditEntry.objects.count()


def test_of_eight_registrations_of_an_address_at_once_one_succeeds(school: School) -> None:
    body = {"email": f"{uuid4()}@school.example", "password": PASSWORD}
    stranger = school.stranger()

    answers = at_once(*[lambda: stranger.post("/v1/auth/register", body)] * 8)

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 7}
    assert {answer.code for answer in answers if answer.status == 409} == {"email-taken"}


def test_of_many_spellings_of_a_mailbox_registered_at_once_one_succeeds(school: School) -> None:
    name, stranger = uuid4(), school.stranger()
    spellings = [
        f"{local}{name}@{domain}.example"
        for local in ("\u00e5se", "\u00c5SE", "a\u030ase", "\u212bSE")
        for domain in ("skolan-\u00e5", "SKOLAN-\u00c5", "xn--skolan--kxa", "skolan-a\u030a")
    ]
    bodies = [{"email": spelling, "password": PASSWORD} for spelling in spellings]

    answers = at_once(
        *[lambda body=body: stranger.post("/v1/auth/register", body) for body in bodies]
    )

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 15}


def test_refreshes_at_once_give_everybody_the_same_pair(school: School) -> None:
    stranger = school.stranger()
    body = {"email": f"{uuid4()}@school.example", "password": PASSWORD}
    token = stranger.post("/v1/auth/register", body).json["refresh_token"]

    for _ in range(4):
        refresh = {"refresh_token": token}
        answers = at_once(*[lambda sent=refresh: stranger.post("/v1/auth/refresh", sent)] * 4)

        assert {answer.status for answer in answers} == {200}
        (pair,) = {
            (answer.json["access_token"], answer.json["refresh_token"]) for answer in answers
        }
        access_token, token = pair
        assert stranger.get("/v1/me", Authorization=f"Bearer {access_token}").status == 200


def test_a_log_out_on_one_server_is_seen_by_the_other_at_the_next_request(
    school: School, neighbour: Server
) -> None:
    anna = school.learner()
    elsewhere = WireCaller(neighbour.port, anna.token)
    before = elsewhere.get("/v1/me")

    logged_out = anna.post("/v1/auth/logout")

    after = elsewhere.get("/v1/me")
    assert before.status == 200
    assert logged_out.status == 204
    assert after.code == "invalid-token"


def test_of_eight_log_outs_at_once_none_fails(school: School) -> None:
    anna = school.learner()

    answers = at_once(*[lambda: anna.post("/v1/auth/logout")] * 8)

    assert {answer.status for answer in answers} <= {204, 401}
    assert 204 in {answer.status for answer in answers}


@pytest.mark.parametrize(
    ("changes", "path", "outcomes"),
    [
        ({"is_active": False}, "/v1/me", [(200, None), (401, "invalid-token")]),
        (
            {"roles": ["instructor"]},
            "/v1/courses?status=draft",
            [(403, "not-permitted"), (200, None)],
        ),
    ],
    ids=["deactivation", "role"],
)
def test_a_change_on_one_server_counts_on_the_other_at_the_next_request(
    school: School,
    neighbour: Server,
    changes: dict[str, object],
    path: str,
    outcomes: list[tuple[int, str | None]],
) -> None:
    anna, root = school.learner(), school.staff()
    elsewhere = WireCaller(neighbour.port, anna.token)
    user_id = elsewhere.get("/v1/me").json["id"]

    answers = [elsewhere.get(path)]
    changed = root.patch(f"/v1/users/{user_id}", changes)
    answers.append(elsewhere.get(path))

    assert changed.status == 200
    assert [(answer.status, answer.json.get("code")) for answer in answers] == outcomes


def test_of_eight_acts_at_once_each_has_its_place_in_the_audit_log(school: School) -> None:
    root = school.staff()
    before = audited_in(school)
    users = [{"email": f"{uuid4()}@school.example", "password": PASSWORD} for _ in range(8)]

    answers = at_once(*[lambda body=body: root.post("/v1/users", body) for body in users])

    counts = Counter(answer.status for answer in answers)
    after = verified_in(school)
    assert counts[201] > 1
    assert after == before + counts[201]
