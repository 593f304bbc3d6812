"""Verification of any badge over the API: the verdict, the steps, and what hostile content is answered with."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.domain.access import OPERATOR, Role
from credentials.openbadges.baking import baked
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.multibase import base64url_of
from credentials.openbadges.tokens import as_jwt
from tests.credentials.holding import Holding, a_holding
from tests.credentials.openbadges.awards import AWARD, ISSUED, ed25519
from tests.credentials.openbadges.images import png, svg, text_chunk
from tests.credentials.verifying import (
    DID,
    DID_KEY,
    FOREIGN,
    MULTIPART,
    Upload,
    document,
    form,
    report_on,
    sent,
    signed,
    token,
)
from tests.support.application import Application

BADGE: Final = "application/vc+ld+json"
ALL_STEPS: Final = ["format", "signature", "refresh", "status", "holder", "endorsements"]
REVOCABLE: Final = replace(FOREIGN, status=AWARD.status)
REVOCATION_LIST: Final = {"id": "https://badges.example/revoked", "type": "1EdTechRevocationList"}
HOLDER: Final = "anna@example.org"
FORGED: Final = "Forged by Mallory"
OPEN_BADGES_2: Final = '{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}'


@pytest.fixture
def holding(application: Application) -> Holding:
    return a_holding(application)


def own(holding: Holding, accept: str = BADGE) -> str:
    """The signed form of a credential that was issued here."""
    return holding.application.stranger.get(f"/v1/issued/{holding.id}", accept=accept).text


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["outcome"] for step in report["steps"]}


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (signed(), "application/json"),
        (signed(), BADGE),
        (token(), "application/jwt"),
        (token(), "text/plain"),
        (baked(png(), signed()), "image/png"),
        (baked(svg(), token()), "image/svg+xml"),
        (form(file=Upload(baked(png(), token()))), MULTIPART),
        (form(text=signed()), MULTIPART),
        (form(file=signed()), MULTIPART),
    ],
)
def test_a_badge_whose_issuer_is_its_key_is_verified_in_every_form(
    application: Application, content: bytes | str, media_type: str
) -> None:
    answer = sent(application, content, media_type)

    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    report = answer.json
    assert (report["verdict"], report["title"]) == ("valid", "Valid")
    assert list(outcomes(report)) == ALL_STEPS
    assert outcomes(report) == {
        "format": "passed",
        "signature": "passed",
        "refresh": "none",
        "status": "passed",
        "holder": "not_checked",
        "endorsements": "none",
    }
    assert report["credential"] == {
        "id": AWARD.id,
        "name": "Knots",
        "issuer_id": DID,
        "issuer_name": "Harbour Academy",
        "valid_from": "2026-03-01T12:30:00Z",
        "valid_until": None,
        "verify_url": None,
    }


@pytest.mark.parametrize("accept", [BADGE, "application/jwt"])
def test_a_badge_of_this_service_is_verified_by_its_keys_and_its_record(
    holding: Holding, accept: str
) -> None:
    report = report_on(holding.application, text=own(holding, accept))

    assert report["verdict"] == "valid", report
    assert report["credential"]["verify_url"].endswith(f"/v1/issued/{holding.id}/verify")


@pytest.mark.parametrize(
    ("act", "detail"), [("suspend", "It is suspended."), ("revoke", "It was revoked.")]
)
def test_a_badge_of_this_service_that_does_not_stand_is_not_valid(
    holding: Holding, act: str, detail: str
) -> None:
    root = holding.application.signed_in(Role.ADMIN, name="Root")
    badge = own(holding)
    root.caller.post(f"/v1/issued/{holding.id}/{act}", {"reason": "It is under review."})

    report = report_on(holding.application, text=badge)

    assert (report["verdict"], report["detail"]) == ("invalid", detail)
    assert outcomes(report)["signature"] == "passed"
    assert outcomes(report)["status"] == "failed"


def test_a_badge_outlives_the_key_that_signed_it(holding: Holding) -> None:
    badge = own(holding)
    holding.application.services.issuer_keys.rotate(None, reason="Yearly.", by=OPERATOR)

    assert report_on(holding.application, text=badge)["verdict"] == "valid"


def test_a_badge_of_a_compromised_key_is_not_valid(holding: Holding) -> None:
    badge, issuer_keys = own(holding), holding.application.services.issuer_keys
    for key in issuer_keys.issuer(None).keys:
        since = key.valid_from - timedelta(days=1)
        issuer_keys.mark_compromised(key.id, since=since, reason="Leaked.", by=OPERATOR)

    report = report_on(holding.application, text=badge)

    assert report["verdict"] == "invalid"
    assert "compromised" in report["detail"]
    assert report["credential"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", FORGED), ("validFrom", "2026-01-01T00:00:00Z"), ("id", "https://x.example/1")],
)
def test_a_changed_badge_shows_nothing_of_its_content(
    holding: Holding, name: str, value: str
) -> None:
    for badge in (own(holding), signed()):
        answer = sent(
            holding.application, json_text(json.loads(badge) | {name: value}), "application/json"
        )

        assert answer.json["verdict"] == "invalid"
        assert outcomes(answer.json) == {"format": "passed", "signature": "failed"}
        assert answer.json["credential"] is None
        assert FORGED not in answer.text
        assert "Harbour" not in answer.text


def test_a_badge_that_violates_the_schema_shows_nothing_of_its_content(
    application: Application,
) -> None:
    report = sent(application, signed().replace('"Knots"', f'["{FORGED}"]'), "application/json")

    assert outcomes(report.json) == {"format": "failed"}
    assert report.json["verdict"] == "invalid"
    assert FORGED not in report.text


def test_the_key_of_another_host_is_not_fetched(application: Application) -> None:
    badge = json_text(with_proof(document(AWARD), ed25519(), ISSUED))

    report = report_on(application, text=badge)

    assert (report["verdict"], report["title"]) == ("unverified", "Could not be verified here")
    assert outcomes(report) == {"format": "passed", "signature": "not_checked"}
    assert report["credential"] is None
    assert "outbound requests" in report["detail"]


@pytest.mark.parametrize("members", [{}, {"credentialStatus": REVOCATION_LIST}])
def test_a_list_of_another_host_is_not_fetched(
    application: Application, members: dict[str, Any]
) -> None:
    report = report_on(application, text=signed(REVOCABLE, **members))

    assert report["verdict"] == "unverified"
    assert report["title"] == "Authentic, but not checked for revocation"
    assert outcomes(report)["status"] == "not_checked"
    assert report["credential"]["issuer_id"] == DID


@pytest.mark.parametrize(
    "members",
    [
        {
            "refreshService": {
                "id": "https://badges.example/refresh",
                "type": "1EdTechCredentialRefresh",
            }
        },
        {"endorsementJwt": ["a.b.c"]},
    ],
)
def test_what_is_not_checked_here_is_never_valid(
    application: Application, members: dict[str, Any]
) -> None:
    report = report_on(application, text=token(**members))

    assert report["verdict"] == "unverified", report
    assert report["title"] == "Authentic, but not checked in full"
    assert "not_checked" in (outcomes(report)["refresh"], outcomes(report)["endorsements"])


def test_the_holder_is_compared(holding: Holding) -> None:
    application = holding.application
    anna = report_on(application, text=signed(), holder="Anna@example.org")
    bo = report_on(application, text=signed(), holder="bo@example.org")
    nameless = report_on(application, text=own(holding), holder=HOLDER)

    assert (anna["verdict"], outcomes(anna)["holder"]) == ("valid", "passed")
    assert (bo["verdict"], outcomes(bo)["holder"]) == ("invalid", "failed")
    assert (nameless["verdict"], outcomes(nameless)["holder"]) == ("unverified", "not_checked")


def test_an_expired_badge_is_not_valid(application: Application) -> None:
    ended = replace(FOREIGN, valid_until=ISSUED + timedelta(days=1))

    report = report_on(application, text=signed(ended))

    assert report["verdict"] == "invalid"
    assert report["detail"].startswith("The credential expired on 2026-03-02")
    assert report["credential"]["valid_until"] == "2026-03-02T12:30:00Z"


@pytest.mark.parametrize(
    "content",
    [
        OPEN_BADGES_2,
        "https://old.example/assertions/1",
        png(text_chunk(b"https://old.example/assertions/1", b"openbadges")),
    ],
)
def test_open_badges_2_is_refused_with_the_reason_and_what_to_do(
    application: Application, content: bytes | str
) -> None:
    upload = Upload(content if isinstance(content, bytes) else content.encode())

    report = report_on(application, file=upload)

    assert report["verdict"] == "unsupported"
    assert report["detail"].endswith("Ask the issuer for one.")
    assert outcomes(report) == {"format": "failed"}


@pytest.mark.parametrize("image", [png(), svg()], ids=["PNG", "SVG"])
def test_a_picture_of_a_badge_is_none(application: Application, image: bytes) -> None:
    detail = report_on(application, file=Upload(image))["detail"]

    assert detail.startswith("This image contains no credential.")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "application/json"),
        (b"", "text/plain"),
        (form(), MULTIPART),
        (form(holder=HOLDER), MULTIPART),
        (form(file=Upload(b"")), MULTIPART),
        (form(text=""), MULTIPART),
    ],
)
def test_without_a_credential_there_is_nothing_to_verify(
    application: Application, content: bytes, media_type: str
) -> None:
    answer = sent(application, content, media_type)

    assert (answer.status, answer.code) == (422, "nothing-to-verify")


def test_own_addresses_that_nobody_publishes_prove_nothing(holding: Holding) -> None:
    home = "http://localhost:8000/issuers"
    nobody = "00000000-0000-4000-8000-000000000000"
    for url in (
        f"{home}/platform/keys/{nobody}",
        f"{home}/platform/keys/x",
        f"{home}/{nobody}/keys/{nobody}",
        f"{home}/platform/keys/{nobody}/more",
        f"{home}/../v1/users",
        "http://localhost:8000/",
    ):
        issuer = replace(FOREIGN.issuer, id=f"{home}/platform")
        key = replace(DID_KEY, id=url, controller=issuer.id)
        report = report_on(holding.application, text=signed(replace(FOREIGN, issuer=issuer), key))

        assert (report["verdict"], report["credential"]) == ("invalid", None), url


@pytest.mark.parametrize("number", ["1", "7", "0", "01", "9" * 30, "x", "1/../2"])
def test_another_issuer_cannot_use_a_status_list_of_this_service(
    holding: Holding, number: str
) -> None:
    assert AWARD.status is not None
    url = f"http://localhost:8000/issuers/platform/status-lists/{number}"
    award = replace(FOREIGN, status=replace(AWARD.status, list_url=url))

    report = report_on(holding.application, text=signed(award))

    assert (report["verdict"], outcomes(report)["status"]) == ("invalid", "failed")


def test_another_issuer_cannot_use_a_revocation_list_of_this_service(holding: Holding) -> None:
    url = "http://localhost:8000/issuers/platform/revocation-lists/1"
    badge = signed(REVOCABLE, credentialStatus=REVOCATION_LIST | {"id": url})

    report = report_on(holding.application, text=badge)

    assert (report["verdict"], outcomes(report)["status"]) == ("invalid", "failed")


def test_another_issuer_cannot_claim_a_credential_of_this_service(holding: Holding) -> None:
    award = replace(FOREIGN, id=f"http://localhost:8000/v1/issued/{holding.id}")

    content = report_on(holding.application, text=signed(award))["credential"]

    assert content["issuer_id"] == DID
    assert content["verify_url"] is None


HOSTILE: Final[dict[str, bytes]] = {
    "deep": b"[" * 100_000,
    "surrogate": signed().replace("Knots", "\\ud800").encode(),
    "surrogate in what identifies the holder": signed().replace("s3a-salt", "\\ud800").encode(),
    "surrogate in a token": ".".join(
        [
            token().split(".")[0],
            base64url_of(signed().replace("Knots", "\\ud800").encode()),
            "AA",
        ]
    ).encode(),
    "doubled": signed().replace('"name":', '"name":"x","name":').encode(),
    "entities": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
    "elements": b"<svg>" + b"<g>" * 50_000,
    "unfinished": b"\x89PNG\r\n\x1a\n" + b"\xff" * 1000,
    "dots": b"." * 500_000,
    "zeros": b"\0" * 500_000,
    "many proofs": json.dumps(json.loads(signed()) | {"proof": [{}] * 30_000}).encode(),
    "long key": as_jwt(document(), replace(DID_KEY, id="did:key:z" + "1" * 100_000)).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_answered_with_a_verdict(application: Application, name: str) -> None:
    report = report_on(application, file=Upload(HOSTILE[name]), holder=HOLDER)

    assert report["verdict"] == "invalid"
    assert report["credential"] is None


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (form(**{f"f{number}": "x" for number in range(1_100)}), MULTIPART, 400),
        (form(**{f"f{number}": Upload(b"x") for number in range(200)}), MULTIPART, 400),
        (b"--knots", MULTIPART, 422),
        (b"x", "multipart/form-data", 400),
        (b" " * (2**20 + 1), "text/plain", 413),
        (form(file=Upload(b" " * 2**20)), MULTIPART, 413),
    ],
)
def test_hostile_forms_are_refused(
    application: Application, body: bytes, media_type: str, status: int
) -> None:
    assert sent(application, body, media_type).status == status


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_any_bytes_are_answered(application: Application, content: bytes) -> None:
    answer = sent(application, content, "text/plain")

    assert answer.status == (200 if content else 422)


def test_verifications_are_charged_as_expensive(application: Application) -> None:
    answer = sent(application, signed(), "application/json")

    assert answer.headers["RateLimit-Policy"].startswith('"expensive";')
