"""VC-JWT."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

import pytest

from credentials.openbadges.errors import InvalidDocument, InvalidKey, InvalidToken
from credentials.openbadges.multibase import base64url_of
from credentials.openbadges.tokens import as_jwt, claims_of, read_token
from tests.credentials.openbadges.awards import AWARD, ISSUED, SCHOOL_ID, document, ed25519, rsa


def part_of(text: str, number: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(urlsafe_b64decode(text.split(".")[number] + "=="))
    return content


def with_header(text: str, header: Mapping[str, Any]) -> str:
    return ".".join([base64url_of(json.dumps(header).encode()), *text.split(".")[1:]])


@pytest.mark.parametrize("key", [rsa(), ed25519()], ids=["RS256", "EdDSA"])
def test_a_token_is_the_credential_with_its_claims(key: Any) -> None:
    text = as_jwt(document(), key)
    token = read_token(text)

    assert part_of(text, 0) == {"alg": key.kind.algorithm, "kid": key.id, "typ": "JWT"}
    assert part_of(text, 1) == {**document(), **token.claims}
    assert token.claims == {
        "iss": SCHOOL_ID,
        "sub": AWARD.subject.id,
        "jti": AWARD.id,
        "nbf": int(ISSUED.timestamp()),
        "exp": 1835526600,
    }
    assert token.document == document()
    assert token.is_signed_by(key)


def test_claims_that_have_no_member_are_left_out() -> None:
    credential = document() | {"issuer": "https://x.example", "credentialSubject": {}}
    del credential["validUntil"]

    assert claims_of(credential).keys() == {"iss", "jti", "nbf"}


def test_a_changed_token_is_refused() -> None:
    text = as_jwt(document(), rsa())
    head, body, tail = text.split(".")
    other = "A" if tail[0] == "B" else "B"
    changed = json.dumps(part_of(text, 1) | {"name": "Other"}).encode()

    assert not read_token(f"{head}.{base64url_of(changed)}.{tail}").is_signed_by(rsa())
    assert not read_token(f"{head}.{body}.{other}{tail[1:]}").is_signed_by(rsa())


def test_the_algorithm_is_that_of_the_key() -> None:
    text = with_header(as_jwt(document(), rsa()), {"alg": "HS256", "kid": "x"})

    assert not read_token(text).is_signed_by(rsa())
    assert not read_token(as_jwt(document(), rsa())).is_signed_by(ed25519())


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256"},
        {"kid": "x"},
        {"alg": "RS256", "kid": "x", "jwk": {}},
        {"alg": "RS256", "kid": "x", "jku": "https://evil.example"},
        {"alg": "RS256", "kid": "x", "crit": ["b64"]},
        {"alg": "RS256", "kid": "x", "typ": "vc+jwt"},
        {"alg": 7, "kid": "x"},
        {"alg": "RS256", "kid": ["x"]},
    ],
)
def test_other_members_of_the_header_are_refused(header: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidToken, match="header"):
        read_token(with_header(as_jwt(document(), rsa()), header))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "....",
        "é.é.é",
        "e30.e30.",
        "e30=.e30.e30",
        "W10.e30.e30",
        "e30.e31.e30",
        "a" * 2_000_000,
    ],
)
def test_malformed_tokens_are_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        read_token(text)


def test_members_that_occur_twice_are_refused() -> None:
    head, _, tail = as_jwt(document(), rsa()).split(".")
    body = base64url_of(b'{"iss": "a", "iss": "b"}')

    with pytest.raises(InvalidToken, match="twice"):
        read_token(f"{head}.{body}.{tail}")


def test_only_valid_credentials_become_tokens() -> None:
    credential = document()
    del credential["id"]

    with pytest.raises(InvalidDocument):
        as_jwt(credential, rsa())
    with pytest.raises(InvalidToken):
        as_jwt({"type": ["VerifiableCredential"]}, rsa())
    with pytest.raises(InvalidKey):
        as_jwt(document(), type(rsa())(id="x", controller="x", public=rsa().public))
