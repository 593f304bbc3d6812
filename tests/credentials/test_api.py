"""Credentials API."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, Role
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.definitions import CredentialType
from tests.credentials.holding import Holding, a_holding, enrol_and_complete
from tests.support.application import Answer, Application, Person
from tests.support.builders import a_definition_of

REASON: Final = {"reason": "Issued in error."}
HELD: Final = [
    "id",
    "credential",
    "issued_at",
    "expires_at",
    "status",
    "shows_name",
    "supersedes",
    "verify_url",
]


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application, valid_for_days=30)


@pytest.fixture
def root(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


def awarded(root: Person, copy_id: str, act: str, **headers: str) -> Answer:
    return root.caller.post(f"/v1/issued/{copy_id}/{act}", REASON, **headers)


def test_what_can_be_earned_is_listed_as_it_is_defined(application: Application) -> None:
    course = application.published()
    credential = application.earns(course, type=CredentialType.CERTIFICATE, valid_for_days=365)

    answer = application.signed_in().caller.get("/v1/credentials")

    assert answer.status == 200
    assert answer.json == {
        "items": [
            {
                "id": str(credential.id),
                "name": "Knot Basics",
                "type": "certificate",
                "version": 1,
                "description": "Can tie a knot.",
                "criteria": "Tied every knot of the course.",
                "issuer": "School of Knots",
                "image_url": "",
                "course_id": str(course.id),
                "valid_for_days": 365,
                "tags": [],
                "alignments": [],
                "achievement_type": "Certificate",
            }
        ],
        "next": None,
    }


def test_what_is_no_longer_offered_is_not_listed(application: Application) -> None:
    credential = application.earns(application.published())
    application.services.credentials.offer(
        credential.id, is_offered=False, reason="Too easy.", by=OPERATOR
    )

    answer = application.signed_in().caller.get("/v1/credentials")

    assert answer.json == {"items": [], "next": None}


def test_a_walk_through_what_can_be_earned_meets_each_once(application: Application) -> None:
    names = [f"Badge {number}" for number in range(5)]
    for name in names:
        application.earns(application.published(), name=name)
    anna, pages, cursor = application.signed_in().caller, [], ""

    while cursor is not None:
        answer = anna.get(f"/v1/credentials?limit=2{cursor and f'&cursor={cursor}'}")
        pages.append([credential["name"] for credential in answer.json["items"]])
        cursor = answer.json["next"]

    assert pages == [names[:2], names[2:4], names[4:]]


@pytest.mark.parametrize("list_", ["/v1/credentials", "/v1/me/credentials"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "invalid-request"),
        ("limit=101", "invalid-request"),
        ("limit=x", "invalid-request"),
        ("cursor=bowline", "invalid-cursor"),
        ("cursor=WyIxIl0", "invalid-cursor"),
    ],
)
def test_a_page_that_there_cannot_be_is_refused(
    application: Application, list_: str, query: str, code: str
) -> None:
    answer = application.signed_in().caller.get(f"{list_}?{query}")

    assert (answer.status, answer.code) == (422, code)


def test_the_holder_sees_their_credential(holding: Holding) -> None:
    (issued,) = holding.listed()

    assert list(issued) == HELD
    assert issued["credential"] == {
        "id": str(holding.credential.id),
        "name": "Knot Basics",
        "type": "badge",
        "version": 1,
    }
    assert issued["status"] == "issued"
    assert issued["verify_url"] == f"http://localhost:8000/v1/issued/{holding.id}/verify"
    issued_at, expires_at = (datetime.fromisoformat(issued[n]) for n in ("issued_at", "expires_at"))
    assert issued["issued_at"].endswith("Z")
    assert expires_at - issued_at == timedelta(days=30)


def test_an_issued_credential_that_never_expires_says_so(application: Application) -> None:
    holding = a_holding(application, valid_for_days=None)

    assert holding.listed()[0]["expires_at"] is None
    assert holding.verified()["expires_at"] is None


def test_nobody_is_shown_the_issued_credentials_of_another(
    application: Application, holding: Holding
) -> None:
    ben = application.signed_in(name="Ben").caller

    assert ben.get("/v1/me/credentials").json == {"items": [], "next": None}
    assert len(holding.listed()) == 1


def test_who_has_the_id_sees_the_issued_credential_and_nothing_of_its_holder(
    application: Application, holding: Holding
) -> None:
    answer = application.stranger.get(f"/v1/issued/{holding.id}")

    assert (answer.status, answer.json) == (200, holding.listed()[0] | {"superseded_by": None})
    assert holding.anna.id not in answer.text
    assert "anna" not in answer.text.lower()


def test_who_was_shown_a_credential_can_verify_it(
    application: Application, holding: Holding
) -> None:
    (issued,) = holding.listed()
    path = issued["verify_url"].removeprefix("http://localhost:8000")

    answer = application.stranger.get(path)

    assert answer.status == 200
    verified = answer.json
    assert all(step["outcome"] != "failed" for step in verified.pop("steps"))
    assert verified == {
        "id": holding.id,
        "credential_name": "Knot Basics",
        "issuer": "School of Knots",
        "issued_at": issued["issued_at"],
        "expires_at": issued["expires_at"],
        "status": "issued",
        "valid": True,
        "binding": "bound",
        "detail": "It was issued and is valid.",
        "supersedes": None,
        "superseded_by": None,
    }
    assert holding.anna.id not in answer.text


def test_two_credentials_for_one_course_are_two_issued_credentials(
    application: Application,
) -> None:
    course, anna = application.published(a_definition_of(required=1)), application.signed_in()
    for name in ("Badge", "Paper"):
        application.earns(course, name=name)

    enrol_and_complete(application, anna, course)

    items = anna.caller.get("/v1/me/credentials").json["items"]
    assert {issued["credential"]["name"] for issued in items} == {"Badge", "Paper"}
    assert len({issued["id"] for issued in items}) == 2


def test_a_revoked_credential_is_answered_for_and_is_not_valid(
    holding: Holding, root: Person
) -> None:
    before = holding.verified()

    answer = awarded(root, holding.id, "revoke")

    assert (answer.status, answer.json["status"]) == (200, "revoked")
    assert list(answer.json) == HELD
    after = holding.verified()
    assert after == before | {
        "status": "revoked",
        "valid": False,
        "detail": "It was revoked.",
        "steps": after["steps"],
    }
    assert [step["outcome"] for step in after["steps"]].count("failed") == 1
    assert holding.listed() == [answer.json]


def test_the_reason_is_stored_and_not_shown(
    application: Application, holding: Holding, root: Person
) -> None:
    answer = awarded(root, holding.id, "revoke")

    copy_id = IssuedCredentialId(UUID(holding.id))
    revocation = application.services.repositories.issued_credentials.shown(copy_id).revocation
    assert revocation is not None
    assert (revocation.reason, str(revocation.by)) == ("Issued in error.", root.id)
    assert "error" not in answer.text
    assert "error" not in application.stranger.get(f"/v1/issued/{holding.id}/verify").text


def test_a_second_revocation_is_refused(holding: Holding, root: Person) -> None:
    awarded(root, holding.id, "revoke")

    answer = awarded(root, holding.id, "revoke")

    assert (answer.status, answer.code) == (409, "already-revoked")


def test_in_place_of_an_issued_credential_comes_a_new_one(holding: Holding, root: Person) -> None:
    (first,) = holding.listed()

    answer = awarded(root, holding.id, "reissue")

    assert (answer.status, answer.json["status"]) == (201, "issued")
    assert list(answer.json) == HELD
    assert answer.json["id"] != holding.id
    assert holding.listed() == [first | {"status": "revoked"}, answer.json]


def test_each_issued_credential_names_the_version_that_was_issued(
    application: Application, holding: Holding, root: Person
) -> None:
    terms = replace(holding.credential.terms, name="Knots for Sailors")
    application.services.credentials.amend(holding.credential.id, terms, by=OPERATOR)

    awarded(root, holding.id, "reissue")

    named = [
        (issued["credential"]["name"], issued["credential"]["version"])
        for issued in holding.listed()
    ]
    assert named == [("Knot Basics", 1), ("Knots for Sailors", 2)]
    assert holding.verified()["credential_name"] == "Knot Basics"


def test_in_place_of_an_old_issued_credential_comes_nothing_while_a_later_one_is_current(
    holding: Holding, root: Person
) -> None:
    awarded(root, holding.id, "reissue")

    answer = awarded(root, holding.id, "reissue")

    assert (answer.status, answer.code) == (409, "already-issued")
    assert len(holding.listed()) == 2


def test_the_event_log_of_the_holder_has_the_issue_and_the_revocation(
    holding: Holding, root: Person
) -> None:
    before = holding.anna.caller.get(f"/v1/progress/{holding.course.slug}").json

    new = awarded(root, holding.id, "reissue").json

    events = holding.events()[3:]
    assert [event["type"] for event in events] == [
        "credential_issued",
        "credential_revoked",
        "credential_issued",
    ]
    assert [event["entity_id"] for event in events] == [holding.id, holding.id, new["id"]]
    assert {event["entity_type"] for event in events} == {"credential"}
    assert {event["payload"]["credential_id"] for event in events} == {str(holding.credential.id)}
    assert {event["payload"]["credential_version"] for event in events} == {1}
    assert len({event["payload"]["sha256"] for event in events}) == 3
    assert holding.anna.caller.get(f"/v1/progress/{holding.course.slug}").json == before


@pytest.mark.parametrize("act", ["revoke", "reissue"])
def test_a_request_that_is_sent_again_is_done_once(
    holding: Holding, root: Person, act: str
) -> None:
    first = awarded(root, holding.id, act, Idempotency_Key="k")
    listed = holding.listed()

    again = awarded(root, holding.id, act, Idempotency_Key="k")

    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert holding.listed() == listed


def test_a_key_that_served_elsewhere_takes_nothing_away(holding: Holding, root: Person) -> None:
    new = awarded(root, holding.id, "reissue", Idempotency_Key="k").json

    answer = awarded(root, new["id"], "revoke", Idempotency_Key="k")

    assert (answer.status, answer.code) == (409, "idempotency-key-reused")
    assert holding.listed()[1]["status"] == "issued"
