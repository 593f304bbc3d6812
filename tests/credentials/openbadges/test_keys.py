"""Keys of issuers, and the documents that publish them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from credentials.openbadges.errors import InvalidKey
from credentials.openbadges.keys import (
    IssuerKey,
    KeyKind,
    did_document,
    did_url,
    did_web,
    profile_document,
)
from tests.credentials.openbadges.awards import ISSUED, SCHOOL, SCHOOL_ID, SCHOOL_URL, ed25519, rsa

DAY = timedelta(days=1)
PUBLIC = ("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", SCHOOL_ID)


def without_private(key: IssuerKey) -> IssuerKey:
    return replace(key, private=None)


@pytest.mark.parametrize("key", [ed25519(), rsa()], ids=["Ed25519", "RSA"])
def test_a_key_survives_each_of_its_forms(key: IssuerKey) -> None:
    again = IssuerKey.of_pem(key.private_pem, url=key.id, controller=key.controller)
    published = IssuerKey.of_method(key.verification_method)
    from_jwk = IssuerKey.of_jwk(key.public_jwk, url=key.id, controller=key.controller)

    signature = again.signature_of(b"message")

    assert again.kind is published.kind is from_jwk.kind is key.kind
    assert key.accepts(signature, b"message")
    assert published.accepts(signature, b"message")
    assert from_jwk.accepts(signature, b"message")
    assert not published.accepts(signature, b"Message")
    assert not published.accepts(signature[:-1], b"message")
    assert (published.id, published.controller) == (key.id, SCHOOL_ID)


def test_multikeys_are_those_of_the_specification() -> None:
    key = IssuerKey.of_multikey(PUBLIC[0], url="did:x#1", controller=SCHOOL_ID)

    assert key.public_multikey == PUBLIC[0]
    assert ed25519().public_multikey.startswith("z6Mk")


def test_a_did_key_is_its_own_identifier() -> None:
    did = f"did:key:{ed25519().public_multikey}"

    key = IssuerKey.of_did_key(f"{did}#{ed25519().public_multikey}")

    assert (key.id, key.controller) == (f"{did}#{ed25519().public_multikey}", did)
    assert key.accepts(ed25519().signature_of(b"message"), b"message")


@pytest.mark.parametrize(
    "url",
    [
        "did:key:",
        "did:key:#",
        f"did:key:{PUBLIC[0]}",
        f"did:key:{PUBLIC[0]}#key-1",
        f"did:web:{PUBLIC[0]}#{PUBLIC[0]}",
        f"{PUBLIC[0]}#{PUBLIC[0]}",
        "did:key:z6Mk#z6Mk",
        f"did:key:z{'1' * 2000}#z{'1' * 2000}",
    ],
)
def test_other_identifiers_are_no_did_key(url: str) -> None:
    with pytest.raises(InvalidKey):
        IssuerKey.of_did_key(url)


def test_private_halves_are_not_shown() -> None:
    assert "rivate" not in repr(ed25519())
    assert "PRIVATE" not in repr(rsa())


def test_public_keys_have_no_private_form() -> None:
    key = without_private(ed25519())

    with pytest.raises(InvalidKey, match="private half"):
        key.signature_of(b"x")
    with pytest.raises(InvalidKey, match="private half"):
        _ = key.private_pem
    with pytest.raises(InvalidKey, match="Multikey"):
        _ = rsa().public_multikey


def test_a_key_counts_in_its_period() -> None:
    key = replace(ed25519(), valid_from=ISSUED, retired_at=ISSUED + 2 * DAY)

    assert key.objection_to(ISSUED) is None
    assert "not valid before 2026-03-01" in str(key.objection_to(ISSUED - DAY))
    assert "retired on 2026-03-03" in str(key.objection_to(ISSUED + 2 * DAY))
    assert key.signs_at(ISSUED + DAY)
    assert not key.signs_at(ISSUED + 3 * DAY)
    assert not without_private(key).signs_at(ISSUED)


def test_a_compromised_key_counts_until_then() -> None:
    key = replace(ed25519(), compromised_from=ISSUED)

    assert key.objection_to(ISSUED - DAY) is None
    assert key.objection_to(ISSUED) == "The key is compromised since 2026-03-01T12:30:00Z."


@pytest.mark.parametrize(
    ("url", "did"),
    [
        (SCHOOL_URL, SCHOOL_ID),
        ("https://badges.example", "did:web:badges.example"),
        ("https://localhost:8000/orgs/a", "did:web:localhost%3A8000:orgs:a"),
    ],
)
def test_identifiers_of_did_web_name_the_address_of_their_document(url: str, did: str) -> None:
    folder = url if url.count("/") > 2 else f"{url}/.well-known"

    assert did_web(url) == did
    assert did_url(f"{did}#key-1") == f"{folder}/did.json"


@pytest.mark.parametrize("did", ["did:key:z6Mk", "https://x.example", "did:web:", "did"])
def test_other_identifiers_have_no_such_address(did: str) -> None:
    with pytest.raises(ValueError, match=r"not enough values|did:web"):
        did_url(did)


def test_a_did_document_has_all_keys_and_trusts_those_that_are_not_compromised() -> None:
    retired = replace(ed25519(), id=f"{SCHOOL_ID}#key-0", retired_at=ISSUED)
    compromised = replace(ed25519(), id=f"{SCHOOL_ID}#key-x", compromised_from=ISSUED)

    document = did_document(SCHOOL, [retired, compromised, ed25519(), rsa()])

    assert document["id"] == SCHOOL_ID
    assert document["alsoKnownAs"] == [SCHOOL_URL]
    methods = {method["id"]: method for method in document["verificationMethod"]}
    assert methods.keys() == {retired.id, compromised.id, ed25519().id, rsa().id}
    assert document["assertionMethod"] == [retired.id, ed25519().id, rsa().id]
    assert methods[compromised.id]["revoked"] == "2026-03-01T12:30:00Z"
    assert IssuerKey.of_method(methods[compromised.id]).compromised_from == ISSUED
    assert not [method for method in methods.values() if "d" in method.get("publicKeyJwk", {})]


def test_the_profile_has_the_keys_too() -> None:
    document = profile_document(SCHOOL, [ed25519()])

    assert document["type"] == ["Profile"]
    assert document["name"] == "Harbour Academy"
    assert document["assertionMethod"] == [ed25519().id]
    assert document["@context"][0] == "https://www.w3.org/ns/credentials/v2"


def test_an_issuer_without_keys_has_no_empty_arrays() -> None:
    assert did_document(replace(SCHOOL, also_known_as=()), []).keys() == {"@context", "id"}


@pytest.mark.parametrize(
    "text", ["", "z", "z6Mk", "u6Mk", "z0", "z" + "1" * 2_000, PUBLIC[0][:-1], "é"]
)
def test_malformed_multikeys_are_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        IssuerKey.of_multikey(text, url="did:x#1", controller=SCHOOL_ID)


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"kty": "oct", "k": "AAAA"},
        {"n": "AQAB"},
        {"n": "A" * 4_000},
        {"n": 7},
        {"n": "?"},
        {"e": "AQ"},
        {"e": None},
    ],
)
def test_malformed_json_web_keys_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidKey):
        IssuerKey.of_jwk(rsa().public_jwk | change, url="https://x.example", controller="x")


@pytest.mark.parametrize("x", ["", "AAAA", "A" * 43 + "=", "A" * 42 + "B", 7])
def test_malformed_ed25519_keys_are_refused(x: Any) -> None:
    with pytest.raises(InvalidKey):
        IssuerKey.of_jwk(ed25519().public_jwk | {"x": x}, url="https://x.example", controller="x")


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"controller": 7},
        {"type": "Unknown"},
        {"type": ["Multikey"]},
        {"publicKeyMultibase": 7},
        {"revoked": "yesterday"},
        {"revoked": 7},
    ],
)
def test_malformed_verification_methods_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidKey):
        IssuerKey.of_method(ed25519().verification_method | change)


def test_keys_of_other_kinds_are_refused() -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )

    with pytest.raises(InvalidKey, match="neither"):
        IssuerKey.of_pem(pem.decode(), url="x", controller="x")
    with pytest.raises(InvalidKey, match="cannot be read"):
        IssuerKey.of_pem("nonsense", url="x", controller="x")


def test_a_key_may_begin_later() -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    key = IssuerKey.generated(KeyKind.ED25519, url="did:x#2", controller="did:x", valid_from=start)

    assert not key.signs_at(ISSUED)
    assert key.signs_at(start)
