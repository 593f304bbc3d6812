"""Issued credentials as Open Badges: what a stranger fetches, and verifies without trusting this service."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, OrgRole, Role, UserId
from credentials.openbadges.errors import InvalidKey
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.verification import (
    Outcome,
    StepName,
    Unresolved,
    Verification,
    verify,
)
from tests.credentials.holding import Holding, a_holding, enrol_and_complete
from tests.support.application import Application, Person
from tests.support.builders import a_definition_of
from tests.support.members import add_organization, member_of

HOME: Final = "http://localhost:8000"
REASON: Final = {"reason": "It is under review."}
BADGE: Final = "application/vc+ld+json"


@dataclass(frozen=True)
class Stranger:
    """A verifier that knows only what the addresses in a credential answer."""

    application: Application

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        """The key, if the profile of the issuer lists it for assertions."""
        issuer = url.partition("/keys/")[0]
        profile = self._fetch(issuer)
        if url not in profile.get("assertionMethod", []):
            raise InvalidKey("The issuer does not use the key any more.")
        (method,) = [item for item in profile["verificationMethod"] if item["id"] == url]
        key = IssuerKey.of_method(method)
        return replace(IssuerKey.of_jwk(self._fetch(url), url=url, controller=issuer), id=key.id)

    def status_list(self, url: str) -> str:
        return json.dumps(self._fetch(url))

    def revocation_list(self, url: str) -> bytes:
        return self.status_list(url).encode()

    def verified(self, issued_id: str, accept: str = BADGE) -> Verification:
        answer = self.application.stranger.get(f"/v1/issued/{issued_id}", accept=accept)
        assert answer.status == 200, answer.text
        return verify(answer.text, self, datetime.now(UTC))

    def _fetch(self, url: str) -> Any:
        answer = self.application.stranger.get(url.removeprefix(HOME))
        if answer.status != 200:
            raise Unresolved(f"{url} answers {answer.status}.")
        return answer.json


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


@pytest.fixture
def stranger(application: Application) -> Stranger:
    return Stranger(application)


@pytest.fixture
def root(application: Application) -> Person:
    return application.signed_in(Role.ADMIN, name="Root")


def failures_of(verification: Verification) -> list[StepName]:
    return [step.name for step in verification.steps if step.outcome is Outcome.FAILED]


def failed_steps(verified: dict[str, Any]) -> list[str]:
    return [step["name"] for step in verified["steps"] if step["outcome"] == "failed"]


@pytest.mark.parametrize("accept", [BADGE, "application/jwt", "text/plain", "application/ld+json"])
def test_a_stranger_verifies_a_badge_by_what_its_addresses_answer(
    holding: Holding, stranger: Stranger, accept: str
) -> None:
    verification = stranger.verified(holding.id, accept)

    assert verification.is_valid, verification.steps
    assert verification.steps[2].outcome is Outcome.PASSED
    assert verification.steps[4].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        (BADGE, BADGE),
        ("application/vc", "application/vc"),
        ("text/plain", "text/plain; charset=utf-8"),
        (f"text/html;q=0.5, {BADGE}", BADGE),
    ],
)
def test_the_form_is_negotiated_at_one_address(
    holding: Holding, accept: str, media_type: str
) -> None:
    answer = holding.application.stranger.get(f"/v1/issued/{holding.id}", accept=accept)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == media_type
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_each_form_has_its_own_etag_and_is_not_sent_twice(holding: Holding) -> None:
    caller, place, tags = holding.application.stranger, f"/v1/issued/{holding.id}", set()
    for accept in ("application/json", BADGE, "application/jwt"):
        tag = caller.get(place, accept=accept).headers["ETag"]
        again = caller.get(place, accept=accept, if_none_match=tag)
        assert (again.status, again.text) == (304, "")
        tags.add(tag)

    assert len(tags) == 3


def test_an_unknown_form_and_an_unknown_credential_are_refused(holding: Holding) -> None:
    caller = holding.application.stranger

    assert caller.get(f"/v1/issued/{holding.id}", accept="image/png").status == 406
    unknown = "00000000-0000-4000-8000-000000000000"
    assert caller.get(f"/v1/issued/{unknown}", accept=BADGE).status == 404


def test_verifying_says_each_step(holding: Holding) -> None:
    verified = holding.verified()

    assert verified["valid"]
    assert [(step["name"], step["outcome"]) for step in verified["steps"]] == [
        ("schema", "passed"),
        ("issuer", "passed"),
        ("proof", "passed"),
        ("validity", "passed"),
        ("status", "passed"),
        ("refresh", "skipped"),
        ("subject", "skipped"),
    ]


def test_a_revoked_one_stays_visible_as_revoked(
    holding: Holding, stranger: Stranger, root: Person
) -> None:
    root.caller.post(f"/v1/issued/{holding.id}/revoke", REASON)

    verified = holding.verified()
    assert (verified["status"], verified["valid"]) == ("revoked", False)
    assert failed_steps(verified) == ["status"]
    assert failures_of(stranger.verified(holding.id)) == [StepName.STATUS]


def test_a_suspended_one_does_not_count_until_it_is_resumed(
    holding: Holding, stranger: Stranger, root: Person
) -> None:
    suspended = root.caller.post(f"/v1/issued/{holding.id}/suspend", REASON)
    assert (suspended.status, suspended.json["status"]) == (200, "suspended")
    verified = holding.verified()
    assert (verified["status"], verified["valid"]) == ("suspended", False)
    assert verified["detail"] == "It is suspended."
    assert failures_of(stranger.verified(holding.id)) == [StepName.STATUS]
    again = root.caller.post(f"/v1/issued/{holding.id}/suspend", REASON)
    assert (again.status, again.json["code"]) == (409, "already-suspended")

    resumed = root.caller.post(f"/v1/issued/{holding.id}/resume", REASON)
    assert (resumed.status, resumed.json["status"]) == (200, "issued")
    assert holding.verified()["valid"]
    assert stranger.verified(holding.id).is_valid
    again = root.caller.post(f"/v1/issued/{holding.id}/resume", REASON)
    assert (again.status, again.json["code"]) == (409, "not-suspended")
    assert [event["type"] for event in holding.events()[-2:]] == [
        "credential_suspended",
        "credential_resumed",
    ]


def test_a_suspended_one_can_be_revoked_and_not_resumed_then(
    holding: Holding, root: Person
) -> None:
    for act in ("suspend", "revoke"):
        assert root.caller.post(f"/v1/issued/{holding.id}/{act}", REASON).status == 200

    answer = root.caller.post(f"/v1/issued/{holding.id}/resume", REASON)

    assert (answer.status, answer.json["code"]) == (409, "already-revoked")
    assert holding.verified()["status"] == "revoked"


def test_who_cannot_award_credentials_cannot_suspend_one(holding: Holding) -> None:
    for act in ("suspend", "resume"):
        answer = holding.anna.caller.post(f"/v1/issued/{holding.id}/{act}", REASON)
        assert answer.status in (403, 404)

    assert holding.verified()["valid"]


def test_a_rotation_of_keys_leaves_old_badges_valid(holding: Holding, stranger: Stranger) -> None:
    before = stranger.verified(holding.id).document
    holding.application.services.issuer_keys.rotate(None, reason="Yearly.", by=OPERATOR)

    assert stranger.verified(holding.id).is_valid
    assert stranger.verified(holding.id, "application/jwt").is_valid
    assert stranger.verified(holding.id).document == before
    assert holding.verified()["valid"]
    later = a_holding(holding.application)
    assert stranger.verified(later.id).is_valid
    keys = [
        stranger.verified(held.id).document["proof"][0]["verificationMethod"]  # type: ignore[index]  # it is there
        for held in (holding, later)
    ]
    assert keys[0] != keys[1]


def test_a_compromised_key_is_named_and_strangers_accept_nothing_of_it(
    holding: Holding, stranger: Stranger
) -> None:
    issuer_keys = holding.application.services.issuer_keys
    compromised = issuer_keys.issuer(None).keys
    since = datetime.now(UTC) - timedelta(days=1)
    for key in compromised:
        issuer_keys.mark_compromised(key.id, since=since, reason="Leaked.", by=OPERATOR)

    verified = holding.verified()
    assert (verified["status"], verified["valid"]) == ("issued", False)
    assert verified["detail"].startswith("The key is compromised since ")
    assert failed_steps(verified) == ["proof"]
    assert StepName.ISSUER in failures_of(stranger.verified(holding.id))
    later = a_holding(holding.application)
    assert later.verified()["valid"]
    assert stranger.verified(later.id).is_valid


def test_what_was_signed_before_a_key_was_compromised_stays_valid_here(holding: Holding) -> None:
    issuer_keys = holding.application.services.issuer_keys
    since = datetime.now(UTC)
    for key in issuer_keys.issuer(None).keys:
        issuer_keys.mark_compromised(key.id, since=since, reason="Leaked.", by=OPERATOR)

    assert holding.verified()["valid"]


def test_a_badge_outlives_the_suspension_and_the_deletion_of_its_organization(
    application: Application, stranger: Stranger
) -> None:
    organization = add_organization(application, slug="harbour")
    ada = member_of(application, organization.id, OrgRole.ADMIN, "Ada")
    anna = member_of(application, organization.id, OrgRole.LEARNER, "Anna")
    authoring = application.services.authoring
    course = authoring.create(a_definition_of(required=1), org_id=organization.id, by=OPERATOR)
    course = authoring.publish(course.slug, by=OPERATOR)
    body = {
        "name": "Knots",
        "type": "badge",
        "criteria": "Tied every knot.",
        "issuer": "Harbour Academy",
        "course_id": str(course.id),
    }
    assert ada.caller.post(f"/v1/orgs/{organization.id}/credentials", body).status == 201
    enrol_and_complete(application, anna, course)
    (issued,) = anna.caller.get("/v1/me/credentials").json["items"]
    document = stranger.verified(issued["id"]).document
    assert document is not None
    assert document["issuer"]["id"] == f"{HOME}/issuers/{organization.id}"

    for change in ("", "suspend", "delete"):
        if change:
            act = getattr(application.services.organizations, change)
            act(organization.id, reason="Closed.", by=OPERATOR)
        assert stranger.verified(issued["id"]).is_valid
        verified = application.stranger.get(f"/v1/issued/{issued['id']}/verify").json
        assert verified["valid"]
        published = application.stranger.get(f"/issuers/{organization.id}/revocation-lists/1")
        assert published.json["issuer"] == document["issuer"]["id"]


def test_a_badge_outlives_the_account_of_its_holder(holding: Holding, stranger: Stranger) -> None:
    users = holding.application.services.users
    users.deactivate(UserId(UUID(holding.anna.id)), reason="Left.", by=OPERATOR)

    assert holding.verified()["valid"]
    assert stranger.verified(holding.id).is_valid


def test_an_issuer_publishes_its_profile_did_document_and_keys(holding: Holding) -> None:
    caller = holding.application.stranger

    profile = caller.get("/issuers/platform")
    did = caller.get("/issuers/platform/did.json")

    assert profile.json["id"] == f"{HOME}/issuers/platform"
    assert did.json["id"] == "did:web:localhost%3A8000:issuers:platform"
    assert did.json["alsoKnownAs"] == [profile.json["id"]]
    assert profile.json["alsoKnownAs"] == [did.json["id"]]
    assert len(did.json["assertionMethod"]) == 2
    for url in did.json["assertionMethod"]:
        jwk = caller.get(url.removeprefix(HOME))
        assert jwk.json["kid"] == url
        assert "d" not in jwk.json
    assert profile.headers["Cache-Control"] == "public, max-age=60"
    tag = profile.headers["ETag"]
    assert caller.get("/issuers/platform", if_none_match=tag).status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/nobody",
        "/issuers/00000000-0000-4000-8000-00000000000A",
        "/issuers/00000000-0000-4000-8000-00000000000a",
        "/issuers/00000000-0000-4000-8000-00000000000a/did.json",
        "/issuers/platform/keys/00000000-0000-4000-8000-00000000000a",
        "/issuers/platform/status-lists/7",
        "/issuers/platform/status-lists/0",
        "/issuers/platform/revocation-lists/7",
        "/issuers/00000000-0000-4000-8000-00000000000a/revocation-lists/1",
    ],
)
def test_what_no_issuer_has_is_not_found(holding: Holding, path: str) -> None:
    assert holding.application.stranger.get(path).status == 404


def test_a_status_list_is_cacheable_and_changes_with_a_revocation(
    holding: Holding, root: Person
) -> None:
    caller, place = holding.application.stranger, "/issuers/platform/status-lists/1"
    before = caller.get(place)
    assert before.headers["Cache-Control"] == "public, max-age=60"
    assert caller.get(place, if_none_match=before.headers["ETag"]).status == 304

    root.caller.post(f"/v1/issued/{holding.id}/revoke", REASON)

    after = caller.get(place, if_none_match=before.headers["ETag"], accept=BADGE)
    assert after.status == 200
    assert after.headers["Content-Type"] == BADGE


def test_a_revocation_list_names_revoked_credentials_and_the_causes_that_are_public(
    holding: Holding, root: Person
) -> None:
    caller, place = holding.application.stranger, "/issuers/platform/revocation-lists/1"
    root.caller.post(f"/v1/issued/{holding.id}/suspend", REASON)
    before = caller.get(place, accept="application/json")
    empty = {"id": f"{HOME}{place}", "issuer": f"{HOME}/issuers/platform"}
    assert before.json == {**empty, "revokedCredential": []}
    assert before.headers["Cache-Control"] == "public, max-age=60"
    assert before.headers["Access-Control-Allow-Origin"] == "*"
    assert caller.get(place, if_none_match=before.headers["ETag"]).status == 304

    root.caller.post(f"/v1/issued/{holding.id}/revoke", {**REASON, "cause": "issued-in-error"})

    after = caller.get(place, if_none_match=before.headers["ETag"])
    entry = {"revoked": True, "revocationReason": "Issued in error"}
    badge = caller.get(f"/v1/issued/{holding.id}", accept=BADGE).json
    assert (after.status, after.json["revokedCredential"]) == (200, [{"id": badge["id"], **entry}])


def test_a_reissued_credential_names_the_one_in_its_place_and_that_one_names_it(
    holding: Holding, root: Person
) -> None:
    new = root.caller.post(f"/v1/issued/{holding.id}/reissue", REASON).json["id"]

    for path in ("", "/verify"):
        old, successor = (
            holding.application.stranger.get(f"/v1/issued/{id_}{path}").json
            for id_ in (holding.id, new)
        )
        assert (old["supersedes"], old["superseded_by"]) == (None, new)
        assert (successor["supersedes"], successor["superseded_by"]) == (holding.id, None)
    assert [item["supersedes"] for item in holding.listed()] == [None, holding.id]
