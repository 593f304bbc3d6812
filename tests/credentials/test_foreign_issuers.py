"""Badges of other issuers, whose keys and status lists are fetched from their hosts."""

from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest

from authsvc.kernel.outbound import OutboundFailed, OutboundResponse
from credentials.domain.entities.badges import BadgeReport, BadgeStepName, BadgeVerdict
from credentials.domain.errors import BadgeNotFetched
from credentials.domain.services.foreign_issuers import AT_ONCE, LARGEST_DOCUMENT, MOST_REQUESTS
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.key_documents import is_below
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.tokens import as_jwt
from credentials.openbadges.verification import Unresolved
from tests.credentials.elsewhere import (
    BADGE,
    DID_URL,
    HOSTED,
    LISTED_BADGE,
    REVOCATIONS,
    Web,
    key_document,
    published_list,
    revocation_list,
)
from tests.credentials.holding import a_holding
from tests.credentials.openbadges.awards import (
    AWARD,
    ISSUED,
    LIST_URL,
    SCHOOL,
    SCHOOL_ID,
    ed25519,
    rsa,
)
from tests.credentials.verifying import DID, MULTIPART, document, form, report_on, sent, signed
from tests.support.application import Application

CANNOT: Final = "What is needed could not be fetched from badges.example."
HOME: Final = "https://knots.example/school"
OTHER_KEY: Final = replace(ed25519(), id=f"{SCHOOL_ID}#key-2")


def outcomes(report: BadgeReport) -> dict[str, str]:
    return {step.name.value: step.outcome.value for step in report.steps}


def message(report: BadgeReport, name: BadgeStepName) -> str:
    return next(step.message for step in report.steps if step.name is name)


def at_home(key: IssuerKey, **terms: Any) -> IssuerKey:
    """The key of an issuer whose id is a web address, below that address."""
    return replace(key, id=f"{HOME}/keys/1", controller=HOME, **terms)


def badge_of_home() -> str:
    award = replace(AWARD, issuer=replace(SCHOOL, id=HOME, also_known_as=()), status=None)
    return as_jwt(document(award), at_home(rsa()))


@pytest.mark.parametrize("badge", [BADGE, as_jwt(document(AWARD), rsa())])
def test_a_badge_of_another_host_is_verified_with_its_key_and_its_list(
    application: Application, badge: str
) -> None:
    web = Web()

    report = web.opened_to(application).verify(badge)

    assert report.verdict is BadgeVerdict.VALID, report
    assert web.urls == [DID_URL, LIST_URL]


def test_older_types_of_verification_methods_are_known(application: Application) -> None:
    web = Web()
    methods = [
        ed25519().verification_method | {"type": "Ed25519VerificationKey2020", "id": "#key-1"},
        rsa().verification_method | {"type": "JsonWebKey2020"},
    ]
    web.pages[DID_URL] = key_document(verificationMethod=methods)
    verifier = web.opened_to(application)

    for badge in (BADGE, as_jwt(document(AWARD), rsa())):
        assert verifier.verify(badge).verdict is BadgeVerdict.VALID


def test_nothing_is_fetched_unless_the_operator_allows_it(application: Application) -> None:
    assert not application.services.badge_verification.foreign.are_fetched


def test_a_badge_that_its_issuer_revoked_is_not_valid(application: Application) -> None:
    web = Web()
    web.pages[LIST_URL] = published_list(4711)

    report = web.opened_to(application).verify(BADGE)

    assert (report.verdict, report.detail) == (
        BadgeVerdict.INVALID,
        "The issuer has revoked the credential.",
    )


@pytest.mark.parametrize(
    ("content", "verdict", "detail"),
    [
        (revocation_list("urn:uuid:1"), "valid", ""),
        (revocation_list("urn:uuid:1", AWARD.id), "invalid", "has revoked the credential."),
        (b"<html>", "unverified", "The revocation list is not JSON."),
        (revocation_list(revokedCredential=[AWARD.id]), "unverified", "list is malformed."),
        (revocation_list(AWARD.id, issuer="did:web:x"), "unverified", "another address or issuer."),
        (OutboundResponse(status=302, content=revocation_list()), "unverified", CANNOT),
        (OutboundFailed("the response is larger than 262144 bytes"), "unverified", CANNOT),
    ],
)
def test_a_revocation_list_is_fetched_and_what_cannot_be_read_leaves_the_status_open(
    application: Application,
    content: bytes | OutboundResponse | OutboundFailed,
    verdict: str,
    detail: str,
) -> None:
    web = Web()
    web.pages[REVOCATIONS] = content

    report = web.opened_to(application).verify(LISTED_BADGE)

    assert (report.verdict.value, report.detail.endswith(detail)) == (verdict, True), report
    assert web.urls == [DID_URL, REVOCATIONS]
    request = web.requests[-1]
    assert (request.headers, request.most_bytes) == (
        {"Accept": "application/json"},
        LARGEST_DOCUMENT,
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (key_document(assertionMethod=[rsa().id]), "does not publish the key"),
        (key_document(verificationMethod=[OTHER_KEY.verification_method]), "does not publish"),
        (key_document(id="did:web:badges.example"), "about somebody else"),
        (
            key_document(
                verificationMethod=[
                    replace(ed25519(), controller="did:web:evil.example").verification_method
                ]
            ),
            "belongs to somebody other",
        ),
    ],
)
def test_a_key_that_the_issuer_does_not_publish_proves_nothing(
    application: Application, content: bytes, reason: str
) -> None:
    web = Web()
    web.pages[DID_URL] = content

    report = web.opened_to(application).verify(BADGE)

    assert (report.verdict, report.content) == (BadgeVerdict.INVALID, None)
    assert reason in report.detail


@pytest.mark.parametrize(
    "failure",
    [
        "there was no response in time (the deadline has passed)",
        "the response is larger than 262144 bytes",
        "the host has an address that is not public",
    ],
)
@pytest.mark.parametrize("url", [DID_URL, LIST_URL])
def test_what_is_not_fetched_leaves_its_step_open_and_tells_nothing_of_the_network(
    application: Application, url: str, failure: str
) -> None:
    web = Web()
    web.pages[url] = OutboundFailed(failure)

    report = web.opened_to(application).verify(BADGE)

    assert (report.verdict, report.detail) == (BadgeVerdict.UNVERIFIED, CANNOT)
    step = "signature" if url == DID_URL else "status"
    assert outcomes(report)[step] == "not_checked"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"id": "did:web:badges.example:orgs:x"'])
def test_an_unreadable_document_is_no_proof_of_a_forgery(
    application: Application, content: bytes
) -> None:
    web = Web()
    web.pages[DID_URL] = content

    assert web.opened_to(application).verify(BADGE).verdict is BadgeVerdict.UNVERIFIED


def test_references_in_a_circle_are_followed_once(application: Application) -> None:
    web = Web()
    itself = {
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusListCredential": LIST_URL}
    }
    web.pages[LIST_URL] = published_list(**itself)
    web.pages[DID_URL] = key_document(alsoKnownAs=[DID_URL], controller=SCHOOL_ID)

    report = web.opened_to(application).verify(BADGE)

    assert report.verdict is BadgeVerdict.INVALID  # the list was changed after it was signed
    assert web.urls == [DID_URL, LIST_URL]


def test_one_verification_sends_few_requests(application: Application) -> None:
    web = Web()
    elsewhere = web.opened_to(application).foreign.resolver()
    for number in range(MOST_REQUESTS):
        with pytest.raises(ValueError, match="could not be fetched"):
            elsewhere.status_list(f"https://badges.example/{number}")

    with pytest.raises(ValueError, match="more than 5 requests or 10 seconds"):
        elsewhere.status_list("https://badges.example/more")
    with pytest.raises(ValueError, match="could not be fetched"):
        elsewhere.status_list("https://badges.example/0")

    assert len(web.requests) == MOST_REQUESTS


def test_all_requests_of_a_verification_share_its_time(application: Application) -> None:
    web = Web(seconds=6.0)

    report = web.opened_to(application).verify(BADGE)
    assert report.verdict is BadgeVerdict.VALID
    assert [request.most_seconds for request in web.requests] == [10.0, 4.0]

    web.seconds = 11.0
    late = web.opened_to(application).verify(BADGE)
    assert late.verdict is BadgeVerdict.UNVERIFIED
    assert "10 seconds" in message(late, BadgeStepName.STATUS)


def test_slow_hosts_hold_few_threads(application: Application) -> None:
    verifier = Web().opened_to(application)
    for _ in range(AT_ONCE):
        verifier.foreign.places.acquire()

    assert verifier.verify(BADGE).detail == "The server is busy. Try again."


@pytest.mark.parametrize(
    ("pages", "verdict"),
    [
        ({HOME: {"id": HOME, "verificationMethod": at_home(rsa()).verification_method}}, "invalid"),
        (
            {HOME: {"id": HOME, "assertionMethod": [at_home(rsa()).verification_method]}},
            "valid",
        ),
        ({HOME: {"id": HOME}, f"{HOME}/keys/1": rsa().public_jwk}, "valid"),
        ({HOME: {"id": HOME}}, "unverified"),
        ({f"{HOME}/keys/1": rsa().public_jwk}, "unverified"),
    ],
)
def test_an_issuer_at_a_web_address_publishes_its_keys_there(
    application: Application, pages: dict[str, Any], verdict: str
) -> None:
    web = Web({url: json_text(page).encode() for url, page in pages.items()})

    assert web.opened_to(application).verify(badge_of_home()).verdict == verdict


def test_a_key_at_an_address_of_somebody_else_is_not_even_fetched(application: Application) -> None:
    key = replace(rsa(), id="https://evil.example/keys/1")
    award = replace(AWARD, issuer=replace(SCHOOL, id=HOME, also_known_as=()), status=None)
    web = Web({HOME: json_text({"id": HOME}).encode(), key.id: json_text(key.public_jwk).encode()})

    report = web.opened_to(application).verify(as_jwt(document(award), key))

    assert (report.verdict, web.urls) == (BadgeVerdict.UNVERIFIED, [HOME])


@pytest.mark.parametrize(
    ("url", "issuer_id", "expected"),
    [
        (f"{HOME}/keys/1", HOME, True),
        (f"{HOME}/keys/1", f"{HOME}/", True),
        (f"{HOME}s/keys/1", HOME, False),
        (f"{HOME}/../other/keys/1", HOME, False),
        (f"{HOME}/%2e%2e/other/keys/1", HOME, False),
        (f"{HOME}/keys?id=1", HOME, False),
        ("https://knots.example/?id=7/keys/1", "https://knots.example/?id=7", False),
        (f"{SCHOOL_ID}/keys/1", SCHOOL_ID, False),
    ],
)
def test_only_addresses_in_the_folder_of_an_issuer_are_its_own(
    url: str, issuer_id: str, *, expected: bool
) -> None:
    assert is_below(url, issuer_id) is expected


@pytest.mark.parametrize(
    "url", ["https://[", "https://[x]/", "", "ftp://x", "https://\ud800", "https://x/" + "a" * 2000]
)
def test_malformed_addresses_are_not_fetched(application: Application, url: str) -> None:
    verifier = Web({url: OutboundFailed("the URL is invalid")}).opened_to(application)

    with pytest.raises(Unresolved):
        verifier.foreign.resolver().status_list(url)
    with pytest.raises(Unresolved):
        verifier.foreign.resolver().key("did:web:x#1", url)
    with pytest.raises(BadgeNotFetched):
        verifier.verify_at(url)


def test_an_issuer_without_an_address_has_no_keys_elsewhere(application: Application) -> None:
    issuer = replace(SCHOOL, id="urn:uuid:6f1d4f0e-6f0a-4b0e-9d6e-0a1b2c3d4e5f", also_known_as=())
    web = Web()

    badge = json_text(with_proof(document(replace(AWARD, issuer=issuer)), ed25519(), ISSUED))

    assert web.opened_to(application).verify(badge).verdict is BadgeVerdict.UNVERIFIED
    assert DID_URL not in web.urls


def test_the_api_verifies_a_credential_at_its_address(application: Application) -> None:
    closed = sent(application, form(address=HOSTED), MULTIPART)
    assert (closed.status, closed.code) == (422, "badge-not-fetched")
    assert "makes no outbound requests" in closed.json["errors"][0]["detail"]

    web = Web()
    web.opened_to(application)
    report = report_on(application, address=HOSTED)
    missing = sent(application, form(address="https://badges.example/none"), MULTIPART)

    assert report["verdict"] == "valid", report
    assert web.urls[:3] == [HOSTED, DID_URL, LIST_URL]
    assert (missing.status, missing.code) == (422, "badge-not-fetched")


def test_the_api_knows_its_own_addresses_without_a_request(application: Application) -> None:
    holding, web = a_holding(application), Web()
    web.opened_to(application)
    home = application.services.addresses.home

    report = report_on(application, address=f"{home}/credentials/{holding.id}")
    unknown = sent(application, form(address=f"{home}/credentials/{uuid4()}"), MULTIPART)
    other = sent(application, form(address=f"{home}/v1/courses"), MULTIPART)

    assert report["credential"]["verify_url"].endswith(f"/v1/issued/{holding.id}/verify")
    for answer in (unknown, other):
        assert (answer.status, answer.code) == (404, "issued-credential-not-found")
    assert web.urls == []


def test_the_page_fetches_an_address_when_the_form_is_sent(application: Application) -> None:
    web = Web()
    web.opened_to(application)

    linked = application.stranger.get(f"/verify?address={HOSTED}")
    assert (linked.status, web.urls) == (200, [])
    assert f'value="{HOSTED}"' in linked.text
    assert "fetched from there" in linked.text

    headers = {"Content-Type": MULTIPART}
    answer = application.stranger.send("POST", "/verify", form(address=HOSTED), headers=headers)
    missing = application.stranger.send(
        "POST", "/verify", form(address="https://badges.example/none"), headers=headers
    )

    assert "<strong>Valid</strong>" in answer.text
    assert 'role="alert"' in missing.text
    assert CANNOT in missing.text


def test_a_badge_without_need_of_others_causes_no_request(application: Application) -> None:
    web = Web()

    report = web.opened_to(application).verify(signed())

    assert report.content is not None
    assert (report.verdict, report.content.issuer_id) == (BadgeVerdict.VALID, DID)
    assert web.urls == []
