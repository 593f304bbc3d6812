"""Verification, step by step."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.openbadges.baking import baked
from credentials.openbadges.documents import Award, credential_document
from credentials.openbadges.errors import InvalidDocument
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.json_texts import json_text
from credentials.openbadges.keys import IssuerKey, KeyKind
from credentials.openbadges.multibase import base64url_of
from credentials.openbadges.securing import time_of
from credentials.openbadges.tokens import as_jwt, read_token
from credentials.openbadges.verification import Outcome, StepName, Verification, verify
from tests.credentials.openbadges.awards import (
    AWARD,
    ENDS,
    ISSUED,
    LIST_URL,
    NOW,
    SCHOOL_ID,
    SMALLEST,
    document,
    ed25519,
    rsa,
)
from tests.credentials.openbadges.images import png, svg, text_chunk
from tests.credentials.openbadges.issuers import Published, status_list

DAY: Final = timedelta(days=1)
SIGNED: Final = with_proof(document(), ed25519(), ISSUED)
JSON: Final = json_text(SIGNED)
TOKEN: Final = as_jwt(document(), rsa())
FORMS: Final[dict[str, bytes | str]] = {
    "JSON": JSON,
    "bytes": b"\xef\xbb\xbf" + JSON.encode(),
    "JWT": TOKEN,
    "JWT of a credential with a proof": as_jwt(SIGNED, rsa()),
    "JWT with EdDSA": as_jwt(document(), ed25519()),
    "PNG with JSON": baked(png(), JSON),
    "PNG with JWT": baked(png(), TOKEN),
    "SVG with JSON": baked(svg(), JSON),
    "SVG with JWT": baked(svg(), TOKEN),
    "SVG as text": baked(svg(), JSON).decode(),
}


def outcomes(verification: Verification) -> dict[StepName, Outcome]:
    return {step.name: step.outcome for step in verification.steps}


def failures(verification: Verification) -> dict[str, str]:
    return {
        step.name: step.message for step in verification.steps if step.outcome is Outcome.FAILED
    }


def signed(award: Award = AWARD) -> str:
    return json_text(with_proof(credential_document(award), ed25519(), ISSUED))


@pytest.mark.parametrize("form", FORMS)
def test_a_credential_verifies_in_every_form(form: str) -> None:
    verification = verify(FORMS[form], Published(), NOW)

    assert verification.is_valid, failures(verification)
    assert verification.document is not None
    assert verification.document["id"] == AWARD.id
    assert verification.form == ("jwt" if "JWT" in form else "json")
    assert list(outcomes(verification)) == list(StepName)
    assert [step.outcome for step in verification.steps] == ["passed"] * 5 + ["skipped"] * 2


def test_a_credential_without_status_cannot_be_revoked() -> None:
    verification = verify(signed(SMALLEST), Published(), NOW)

    # The key belongs to another issuer.
    assert outcomes(verification)[StepName.ISSUER] is Outcome.FAILED
    assert outcomes(verification)[StepName.PROOF] is Outcome.SKIPPED
    assert outcomes(verification)[StepName.STATUS] is Outcome.SKIPPED
    assert not verification.is_valid


def test_the_owner_of_the_address_is_the_subject() -> None:
    anna = verify(JSON, Published(), NOW, email="anna@example.org")
    bo = verify(JSON, Published(), NOW, email="bo@example.org")

    assert outcomes(anna)[StepName.SUBJECT] is Outcome.PASSED
    assert failures(bo).keys() == {"subject"}


@pytest.mark.parametrize("content", [JSON, TOKEN], ids=["JSON", "JWT"])
def test_validity_is_checked(content: str) -> None:
    before, after = (verify(content, Published(), time) for time in (ISSUED - DAY, ENDS))

    assert "not valid before 2026-03-01" in failures(before)["validity"]
    assert failures(after) == {"validity": "The credential expired on 2028-03-01T12:30:00Z."}


@pytest.mark.parametrize(
    "identity",
    [
        {"hashed": False, "identityHash": "Anna@example.org"},
        {"hashed": True, "identityHash": f"sha256${sha256(b'Anna@Example.org').hexdigest()}"},
    ],
)
def test_identities_of_other_issuers_are_compared(identity: dict[str, Any]) -> None:
    common = {"type": "IdentityObject", "identityType": "emailAddress"}
    credential = document()
    credential["credentialSubject"]["identifier"] = [common | identity]
    token = as_jwt(credential, rsa())

    assert verify(token, Published(), NOW, email="Anna@Example.org").is_valid
    assert not verify(token, Published(), NOW, email="bo@example.org").is_valid


def test_a_token_may_be_signed_with_a_key_that_is_newer_than_the_credential() -> None:
    newer = replace(rsa(), valid_from=ISSUED + DAY)
    retired = replace(rsa(), retired_at=ISSUED)

    assert verify(TOKEN, Published({newer.id: newer, ed25519().id: ed25519()}), NOW).is_valid
    assert "retired" in failures(verify(TOKEN, Published({retired.id: retired}), NOW))["proof"]


def test_a_rotated_key_verifies_what_it_signed() -> None:
    retired = replace(ed25519(), retired_at=ISSUED + DAY)
    newer = IssuerKey.generated(KeyKind.ED25519, url=f"{SCHOOL_ID}#key-2", controller=SCHOOL_ID)

    assert verify(JSON, Published({key.id: key for key in (retired, newer)}), NOW).is_valid


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (replace(ed25519(), retired_at=ISSUED), "retired"),
        (replace(ed25519(), valid_from=ISSUED + DAY), "not valid before"),
        (replace(ed25519(), compromised_from=ISSUED), "compromised since 2026-03-01"),
        (
            IssuerKey.generated(KeyKind.ED25519, url=ed25519().id, controller=SCHOOL_ID),
            "was changed",
        ),
        (replace(rsa(), id=ed25519().id), "was changed"),
    ],
)
def test_a_key_out_of_its_period_or_another_key_is_refused(key: IssuerKey, message: str) -> None:
    resolver = Published({key.id: key}, {})

    verification = verify(JSON, resolver, NOW)

    assert message in failures(verification)["proof"]


def test_a_key_of_another_issuer_is_refused() -> None:
    other = replace(ed25519(), controller="did:web:evil.example")

    verification = verify(JSON, Published({other.id: other}), NOW)

    assert "somebody other" in failures(verification)["issuer"]


@pytest.mark.parametrize("identity", [{}, {"id": ""}, {"identifier": []}], ids=repr)
def test_a_credential_identifies_its_subject(identity: dict[str, Any]) -> None:
    credential = document()
    subject = credential["credentialSubject"]
    credential["credentialSubject"] = {
        name: value for name, value in subject.items() if name not in {"id", "identifier"}
    } | identity

    verification = verify(json_text(credential), Published(), NOW)

    assert failures(verification).keys() == {"schema"}


@pytest.mark.parametrize(
    ("purpose", "state"), [("revocation", "revoked"), ("suspension", "suspended")]
)
def test_a_revoked_or_suspended_credential_is_refused(purpose: str, state: str) -> None:
    assert AWARD.status is not None
    content = signed(replace(AWARD, status=replace(AWARD.status, purpose=purpose)))
    lists = {LIST_URL: json_text(status_list([4711], purpose=purpose))}

    message = failures(verify(content, Published(lists=lists), NOW))["status"]

    assert message == f"The issuer has {state} the credential."


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        "{}",
        json_text(status_list() | {"issuer": "did:web:evil.example"}),
        json_text(status_list() | {"validUntil": "2026-05-01T00:00:00Z"}),
        json_text({**status_list(), "proof": []}),
        json_text(status_list(purpose="suspension")),
        json_text({**status_list(), "id": "https://badges.example/status/2"}),
        json_text({**status_list(), "credentialSubject": "x"}),
        json_text(status_list([1]) | {"proof": status_list()["proof"]}),
        JSON,
    ],
)
def test_a_status_list_that_is_not_the_issuers_is_refused(content: str) -> None:
    verification = verify(JSON, Published(lists={LIST_URL: content}), NOW)

    assert failures(verification).keys() == {"status"}


def test_a_status_list_may_be_a_token() -> None:
    plain = {name: member for name, member in status_list().items() if name != "proof"}
    resolver = Published(lists={LIST_URL: as_jwt(plain, rsa())})

    assert verify(JSON, resolver, NOW).is_valid


@pytest.mark.parametrize(
    "change",
    [
        {"type": "AnotherStatusList"},
        {"statusPurpose": "message"},
        {"statusPurpose": ["revocation"]},
        {"statusListIndex": 4711},
        {"statusListIndex": "-1"},
        {"statusListIndex": "04711"},
        {"statusListIndex": "٣"},
        {"statusListIndex": "131072"},
        {"statusListIndex": "9" * 5_000},
        {"statusListCredential": None},
        {"statusListCredential": {"id": "x"}},
        {"statusSize": 2},
    ],
)
def test_a_status_that_cannot_be_checked_is_refused(change: dict[str, Any]) -> None:
    credential = document()
    credential["credentialStatus"] |= change

    verification = verify(as_jwt(credential, rsa()), Published(), NOW)

    assert failures(verification).keys() == {"status"}


def test_a_refresh_service_is_mentioned() -> None:
    service = {"id": "https://badges.example/refresh", "type": "1EdTechCredentialRefresh"}
    content = json_text(with_proof(document() | {"refreshService": service}, ed25519(), ISSUED))

    verification = verify(content, Published(), NOW)

    assert verification.is_valid
    assert "newer version" in verification.steps[5].message


@pytest.mark.parametrize(
    "content",
    [
        "https://old.example/assertions/1",
        '{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "urn:uuid:1"}',
        '{"@context": ["https://w3id.org/openbadges/v2", {"x": "y"}], "type": "Assertion"}',
        png(text_chunk(b"https://old.example/assertions/1", b"openbadges")),
    ],
)
def test_open_badges_2_is_refused_with_the_reason(content: bytes | str) -> None:
    verification = verify(content, Published(), NOW)

    assert "Open Badges 2.0" in verification.steps[0].message
    assert outcomes(verification)[StepName.PROOF] is Outcome.SKIPPED
    assert verification.document is None


def with_proofs(*proofs: Any) -> str:
    return json_text({**SIGNED, "proof": list(proofs)})


PROOF: Final[dict[str, Any]] = SIGNED["proof"][0]


@pytest.mark.parametrize(
    ("content", "step"),
    [
        (json_text(document()), "issuer"),
        (with_proofs(), "issuer"),
        (with_proofs(*[PROOF] * 5), "issuer"),
        (with_proofs(PROOF, PROOF | {"type": "Other"}), "proof"),
        (with_proofs(PROOF, PROOF | {"created": "2026-03-01T12:30:01Z"}), "proof"),
        (with_proofs(PROOF | {"proofPurpose": "authentication"}), "issuer"),
        (with_proofs(PROOF | {"verificationMethod": {"id": "x"}}), "schema"),
        (with_proofs({"type": "DataIntegrityProof", "proofPurpose": "assertionMethod"}), "issuer"),
        (with_proofs(PROOF | {"created": "2030-03-01T12:30:00Z"}), "proof"),
        (with_proofs(PROOF | {"created": "2026-03-01T12:30:00"}), "schema"),
        (with_proofs(PROOF | {"expires": "2026-03-02T12:30:00Z"}), "proof"),
        (with_proofs(PROOF | {"@context": ["https://www.w3.org/ns/credentials/v2"]}), "proof"),
        (json_text({**SIGNED, "proof": PROOF}), "schema"),
        (as_jwt({**SIGNED, "name": "Changed"}, rsa()), "proof"),
        ("{", "schema"),
    ],
)
def test_missing_and_wrong_proofs_are_refused(content: str, step: str) -> None:
    verification = verify(content, Published(), NOW)

    assert step in failures(verification)


@pytest.mark.parametrize(
    "change", [{"iss": "did:web:evil.example"}, {"exp": 9_999_999_999}, {"sub": "urn:x:1"}]
)
def test_claims_of_a_token_repeat_the_credential(change: dict[str, Any]) -> None:
    payload = {**document(), **read_token(TOKEN).claims, **change}
    text = f"{TOKEN.partition('.')[0]}.{base64url_of(json_text(payload).encode())}"
    content = f"{text}.{base64url_of(rsa().signature_of(text.encode()))}"

    assert "claims" in failures(verify(content, Published(), NOW))["issuer"]


@pytest.mark.parametrize("text", ["2026-03-01T12:30:00", "2026-03-01", "", None, 7, "x"])
def test_times_have_an_offset_from_utc(text: Any) -> None:
    with pytest.raises(InvalidDocument, match="time in the credential"):
        time_of(text)


def test_malformed_times_are_refused() -> None:
    for text in ("2026-03-01T12:30:00+99:00", "0001-01-01T00:00:00+23:00"):
        credential = document() | {"validUntil": text}

        assert not verify(json_text(credential | {"proof": [PROOF]}), Published(), NOW).is_valid


JSONS: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MEMBERS: Final = sorted({*SIGNED, "refreshService", "termsOfUse", "@id", "undefined"})


@given(st.binary() | st.text() | JSONS.map(json.dumps))
def test_any_content_is_answered(content: bytes | str) -> None:
    verification = verify(content, Published(), NOW)

    assert not verification.is_valid
    assert len(verification.steps) == len(StepName)


@given(st.sampled_from(MEMBERS), JSONS)
def test_any_member_of_a_credential_is_answered(name: str, value: Any) -> None:
    content = json.dumps({**SIGNED, name: value})

    assert not verify(content, Published(), NOW, email="anna@example.org").is_valid


@given(st.sampled_from(sorted(SIGNED["credentialStatus"])), JSONS)
def test_any_status_is_answered(name: str, value: Any) -> None:
    status = {**SIGNED["credentialStatus"], name: value}

    assert not verify(json.dumps({**SIGNED, "credentialStatus": status}), Published(), NOW).is_valid


@given(st.sampled_from(sorted({*status_list(), "undefined"})), JSONS)
def test_any_status_list_is_answered(name: str, value: Any) -> None:
    lists = {LIST_URL: json.dumps({**status_list(), name: value})}

    assert not verify(JSON, Published(lists=lists), NOW).is_valid


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"@context":' + "[" * 900 + "]" * 900 + "}",
        JSON.replace('"name":"Knots, spring term"', '"name":"Knots, spring term","name":"x"'),
        JSON.replace('"hashed":true', '"hashed":1e400'),
        JSON.replace('"hashed":true', '"hashed":NaN'),
        JSON.replace("spring", "\\ud800"),
        JSON[:-1] + " " * 2_000_000 + "}",
        json_text(SIGNED | {"evidence": [{"type": ["Evidence"], "name": "x"}] * 20_000}),
        "9" * 10_000,
        "<" * 10_000,
        "\ud800",
        b"\xff\xfe",
    ],
)
def test_hostile_content_is_answered(content: bytes | str) -> None:
    verification = verify(content, Published(), NOW)

    assert not verification.is_valid
    assert len(verification.steps) == len(StepName)
