"""The Open Badges API (Open Badges 3.0 §6): credentials, profile, service description and errors."""

import json
import re
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import jsonschema
import pytest
from django.conf import settings

from accounts.domain.access import OPERATOR, Role, Scope, UserId
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.openbadges.contexts import shipped
from tests.accounts.callers import narrowed
from tests.credentials.holding import Holding, a_holding, enrol_and_complete
from tests.support.application import Answer, Application, Person
from tests.support.builders import a_definition_of

BASE: Final = "/ims/ob/v3p0"
BADGES: Final = f"{BASE}/credentials"
PROFILE: Final = f"{BASE}/profile"
SCHEMA: Final = shipped("schemas", "ob_v3p0_achievementcredential_schema.json")
BECAUSE: Final[dict[str, Any]] = {"reason": "Misspelt.", "by": OPERATOR}


def learns(application: Application, anna: Person) -> None:
    course = application.published(a_definition_of(required=1))
    application.earns(course)
    enrol_and_complete(application, anna, course)


@pytest.fixture
def anna(application: Application) -> Person:
    """Anna, who holds five credentials."""
    anna = application.signed_in()
    for _ in range(5):
        learns(application, anna)
    return anna


def listed(anna: Person, query: str = "") -> list[str]:
    """The addresses of the credentials on a page."""
    answer = anna.caller.get(f"{BADGES}?{query}")
    assert answer.status == 200, answer.text
    return [badge["id"] for badge in answer.json["credential"]]


def links_of(answer: Answer) -> dict[str, str]:
    """The query of each link to a page."""
    links = re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["Link"])
    base = f"{settings.ENVIRONMENT.public_url}{BADGES}?"
    assert all(url.startswith(base) for url, _ in links)
    return {name: url.removeprefix(base) for url, name in links}


def test_credentials_are_sent_as_they_were_signed(application: Application) -> None:
    holding = a_holding(application)

    answer = holding.anna.caller.get(BADGES)

    signed = application.stranger.get(f"/v1/issued/{holding.id}", accept="application/vc+ld+json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text == f'{{"credential":[{signed.text}],"compactJwsString":[]}}'


def test_each_page_leads_to_the_others(anna: Person) -> None:
    whole = listed(anna)

    first, middle, last = (anna.caller.get(f"{BADGES}?limit=2&offset={at}") for at in (0, 2, 4))

    assert [answer.headers["X-Total-Count"] for answer in (first, middle, last)] == ["5"] * 3
    ends = {"first": "limit=2&offset=0", "last": "limit=2&offset=4"}
    assert links_of(first) == ends | {"next": "limit=2&offset=2"}
    assert links_of(middle) == ends | {"prev": "limit=2&offset=0", "next": "limit=2&offset=4"}
    assert links_of(last) == ends | {"prev": "limit=2&offset=2"}
    pages = [
        [badge["id"] for badge in answer.json["credential"]] for answer in (first, middle, last)
    ]
    assert pages == [whole[:2], whole[2:4], whole[4:]]


def test_a_page_behind_the_last_is_empty_and_leads_back(anna: Person) -> None:
    answer = anna.caller.get(f"{BADGES}?limit=2&offset=100")

    assert answer.json == {"credential": [], "compactJwsString": []}
    assert links_of(answer)["prev"] == "limit=2&offset=4"
    assert "next" not in links_of(answer)


def test_a_greater_limit_than_the_greatest_is_lowered(anna: Person) -> None:
    answer = anna.caller.get(f"{BADGES}?limit=1000")

    assert len(answer.json["credential"]) == 5
    assert links_of(answer)["first"] == "limit=100&offset=0"


def test_since_excludes_its_own_moment_and_stays_in_the_links(anna: Person) -> None:
    badges = anna.caller.get(BADGES).json["credential"]
    since = badges[2]["validFrom"]

    answer = anna.caller.get(f"{BADGES}?since={since}&limit=1")

    assert [badge["id"] for badge in answer.json["credential"]] == [badges[3]["id"]]
    assert answer.headers["X-Total-Count"] == "2"
    assert links_of(answer)["next"].startswith("limit=1&offset=1&since=")
    assert listed(anna, links_of(answer)["next"]) == [badges[4]["id"]]


def test_a_revoked_credential_is_left_out_and_a_suspended_one_is_not(
    application: Application, anna: Person
) -> None:
    first, second, *others = listed(anna)
    issuing = application.services.issuing
    issuing.revoke(IssuedCredentialId(UUID(first[-36:])), **BECAUSE)
    issuing.suspend(IssuedCredentialId(UUID(second[-36:])), **BECAUSE)

    assert listed(anna) == [second, *others]


def test_people_collect_their_own_credentials_alone(application: Application, anna: Person) -> None:
    bo = application.signed_in(Role.ADMIN, name="Bo")

    assert listed(bo) == []
    assert len(listed(anna)) == 5


def test_one_from_before_signatures_is_signed_when_it_is_collected(
    application: Application, holding: Holding
) -> None:
    signed = application.services.repositories.signed_credentials
    del signed.store[IssuedCredentialId(UUID(holding.id))]  # type: ignore[attr-defined]  # in memory

    assert listed(holding.anna) == [f"{settings.ENVIRONMENT.public_url}/v1/issued/{holding.id}"]
    assert holding.verified()["valid"]


def test_one_from_before_signatures_that_was_altered_is_left_out(
    application: Application, holding: Holding
) -> None:
    repositories, id_ = application.services.repositories, IssuedCredentialId(UUID(holding.id))
    del repositories.signed_credentials.store[id_]  # type: ignore[attr-defined]  # in memory
    issued = repositories.issued_credentials
    issued.store[id_] = replace(issued.shown(id_), credential_version=7)  # type: ignore[attr-defined]  # likewise

    assert listed(holding.anna) == []


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def test_a_profile_names_the_holder_by_what_they_have_filled_in(application: Application) -> None:
    anna = application.signed_in(name="Anna")
    filled = {"given_name": "Anna", "family_name": "Keller", "website": "https://anna.example/"}

    before = anna.caller.get(PROFILE)
    assert anna.caller.patch("/v1/me", filled).status == 200
    after = anna.caller.get(PROFILE).json

    assert before.headers["Cache-Control"] == "no-store"
    assert before.json == {
        "@context": ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": f"urn:uuid:{anna.id}",
        "type": ["Profile"],
        "name": "Anna",
        "email": anna.email,
    }
    assert after == before.json | {
        "givenName": "Anna",
        "familyName": "Keller",
        "url": "https://anna.example/",
    }
    jsonschema.validate(
        after, SCHEMA | {"$ref": "#/$defs/Profile", "properties": {}, "required": []}
    )


def test_a_profile_has_a_verified_address_alone(application: Application) -> None:
    anna = application.signed_in()
    assert anna.caller.get(PROFILE).json["email"] == anna.email

    verified = application.services.repositories.verified_emails
    verified.save(UserId(UUID(anna.id)), email="former@school.example")

    assert "email" not in anna.caller.get(PROFILE).json


def test_the_description_says_what_is_supported(application: Application) -> None:
    answer = application.stranger.get(f"{BASE}/discovery")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    paths = answer.json["paths"]
    assert {path: list(methods) for path, methods in paths.items()} == {
        "/discovery": ["get"],
        "/credentials": ["get"],
        "/profile": ["get"],
    }
    assert answer.json["servers"] == [{"url": f"{settings.ENVIRONMENT.public_url}{BASE}"}]
    etag = answer.headers["ETag"]
    assert application.stranger.get(f"{BASE}/discovery", if_none_match=etag).status == 304


ERRORS: Final = {
    "limit=0": (400, "invalid_query_parameter", "invalid-request"),
    "limit=many": (400, "invalid_query_parameter", "invalid-request"),
    "offset=-1": (400, "invalid_query_parameter", "invalid-request"),
    "offset=99999999999999999999": (400, "invalid_query_parameter", "invalid-request"),
    "since=yesterday": (400, "invalid_query_parameter", "invalid-request"),
    "since=%FF": (400, "invalid_data", "malformed-request"),
}


@pytest.mark.parametrize(("query", "error"), ERRORS.items(), ids=ERRORS)
def test_an_invalid_query_is_a_bad_request(
    application: Application, query: str, error: tuple[int, str, str]
) -> None:
    answer = application.signed_in().caller.get(f"{BADGES}?{query}")

    assert (answer.status, minor_of(answer), answer.code) == error
    assert query.partition("=")[0] in answer.json["imsx_description"] or error[0] == 400


def minor_of(answer: Answer) -> str:
    """The minor code of a status info, which has the members of the specification and no others."""
    info = json.loads(answer.text)
    assert answer.headers["Content-Type"] == "application/json"
    assert info.keys() == {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"}
    assert (info["imsx_codeMajor"], info["imsx_severity"]) == ("failure", "error")
    assert info["imsx_description"].endswith(".")
    (field,) = info["imsx_codeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldName"] == "TargetEndSystem"
    return str(field["imsx_codeMinorFieldValue"])


def test_errors_have_the_form_of_the_specification(application: Application) -> None:
    anna = application.signed_in()
    without_scope = narrowed(application, anna, Scope.CREDENTIALS_READ)

    answers = [
        application.stranger.get(BADGES),
        without_scope.get(PROFILE),
        anna.caller.get(f"{BASE}/nothing"),
        anna.caller.get(PROFILE, accept="image/png"),
        anna.caller.post(BADGES, {}),
        anna.caller.put(PROFILE, {}),
    ]

    assert [(answer.status, minor_of(answer), answer.code) for answer in answers] == [
        (401, "unauthorizedrequest", "not-authenticated"),
        (403, "forbidden", "insufficient-scope"),
        (404, "not_found", "no-such-address"),
        (406, "not_acceptable", "not-acceptable"),
        (405, "not_allowed", "method-not-allowed"),
        (405, "not_allowed", "method-not-allowed"),
    ]
    assert Scope.BADGE_PROFILE_READ in answers[1].headers["WWW-Authenticate"]
    assert answers[4].headers["Allow"] == "GET, HEAD, OPTIONS"


def test_other_paths_keep_their_problems(application: Application) -> None:
    answer = application.stranger.get("/v1/me/credentials")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Link" not in answer.headers
