"""Access tokens: their claims, and which ones are refused."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT
from accounts.domain.identity.errors import InvalidToken
from tests.accounts.forgery import (
    CLAIMS,
    HEADER,
    ISSUER,
    KEY,
    LIFETIME,
    PAYLOAD,
    STRANGERS_KEY,
    authenticated,
    encoded,
    signed,
    tokens,
)
from tests.support.builders import NOON

SECOND = timedelta(seconds=1)


def issued(*, at: datetime = NOON) -> str:
    return tokens().issue(CLAIMS, roles=("learner", "admin"), at=at)


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The decoded header and payload."""
    header, payload, _ = (urlsafe_b64decode(part + "==") for part in token.split("."))
    return json.loads(header), json.loads(payload)


def test_the_header_is_that_of_an_access_token() -> None:
    header, _ = parts_of(issued())

    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": KEY["kid"]}


def test_the_payload_has_the_claims_of_rfc_9068() -> None:
    _, payload = parts_of(issued(at=NOON))

    assert payload == {
        "jti": str(CLAIMS.token_id),
        "iss": "https://auth.example",
        "sub": str(CLAIMS.user_id),
        "aud": "https://auth.example/v1",
        "exp": int(NOON.timestamp()) + 900,
        "iat": int(NOON.timestamp()),
        "client_id": "authsvc",
        "scope": "accounts:read courses:read",
        "roles": ["learner", "admin"],
        "sid": str(CLAIMS.session_id),
    }


def test_the_same_claims_at_the_same_moment_are_the_same_token() -> None:
    assert issued() == issued()


def test_a_client_that_acts_for_itself_is_the_subject() -> None:
    claims = replace(CLAIMS, user_id=None)

    token = tokens().issue(claims, roles=(), at=NOON)

    assert parts_of(token)[1]["sub"] == CLAIMS.client_id
    assert tokens().verify(token, at=NOON) == claims


def test_a_token_has_the_claims_it_was_issued_with() -> None:
    assert tokens().verify(issued(), at=NOON) == CLAIMS


def test_a_token_can_have_no_scopes() -> None:
    token = signed(payload=PAYLOAD | {"scope": ""})

    assert tokens().verify(token, at=NOON).scopes == frozenset()


def test_a_token_made_by_hand_with_our_key_is_accepted() -> None:
    assert tokens().verify(signed(), at=NOON) == CLAIMS


def test_a_token_is_valid_until_its_lifetime_has_passed() -> None:
    verifier, token = tokens(), issued(at=NOON)

    assert verifier.verify(token, at=NOON + LIFETIME - SECOND) == CLAIMS
    with pytest.raises(InvalidToken):
        verifier.verify(token, at=NOON + LIFETIME)


def test_an_expired_token_is_refused_at_its_first_use() -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(issued(at=NOON), at=NOON + LIFETIME)


def test_a_token_is_not_valid_before_its_time() -> None:
    """RFC 7519 §4.1.5, to the second, as for its expiry."""
    start = NOON + timedelta(minutes=5)
    verifier, token = tokens(), signed(payload=PAYLOAD | {"nbf": int(start.timestamp())})

    for _ in range(2):
        with pytest.raises(InvalidToken):
            verifier.verify(token, at=start - SECOND)
    assert verifier.verify(token, at=start) == CLAIMS


def test_a_cached_token_is_refused_when_expired() -> None:
    verifier, token = tokens(), issued(at=NOON)
    for _ in range(3):
        verifier.verify(token, at=NOON)

    with pytest.raises(InvalidToken):
        verifier.verify(token, at=NOON + LIFETIME)
    assert verifier.verify(token, at=NOON) == CLAIMS


def test_a_refused_token_is_refused_again() -> None:
    verifier, forged = tokens(), signed(key=STRANGERS_KEY)

    for _ in range(2):
        with pytest.raises(InvalidToken):
            verifier.verify(forged, at=NOON)


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"typ": "logout+jwt"},
        {"typ": "application/at+jwt;"},
        {"typ": None},
        {"typ": ["at+jwt"]},
        {"kid": STRANGERS_KEY["kid"]},
        {"kid": None},
        {"kid": [KEY["kid"]]},
        {"kid": "../../dev/null"},
        {"alg": "ES384"},
        {"alg": "none"},
        {"alg": ["ES256"]},
        {"crit": ["unheard-of"], "unheard-of": True},
    ],
)
def test_a_signed_token_with_another_header_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed(HEADER | changes), at=NOON)


@pytest.mark.parametrize(
    "source",
    [
        {"jwk": STRANGERS_KEY.export_public(as_dict=True)},
        {"jku": "https://stranger.example/jwks.json"},
        {"x5u": "https://stranger.example/certificate.pem"},
        {"x5c": ["MIIB"]},
    ],
    ids=lambda source: next(iter(source)),
)
def test_a_key_that_the_token_brings_is_not_used(source: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed(HEADER | source, key=STRANGERS_KEY), at=NOON)


@pytest.mark.parametrize("missing", ["typ", "kid"])
def test_a_header_without_type_or_key_id_is_refused(missing: str) -> None:
    header = {name: value for name, value in HEADER.items() if name != missing}

    with pytest.raises(InvalidToken):
        tokens().verify(signed(header), at=NOON)


def test_an_id_token_is_refused_as_an_access_token() -> None:
    id_token = signed({"alg": "ES256", "kid": KEY["kid"]}, PAYLOAD | {"aud": FIRST_PARTY_CLIENT})

    with pytest.raises(InvalidToken):
        tokens().verify(id_token, at=NOON)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://auth.example.evil"},
        {"iss": "https://auth.example/"},
        {"iss": None},
        {"aud": ISSUER},
        {"aud": "https://other.example/v1"},
        {"aud": ["https://other.example/v1"]},
        {"aud": None},
    ],
)
def test_another_issuer_or_audience_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed(payload=PAYLOAD | changes), at=NOON)


def test_a_token_signed_with_another_key_is_refused() -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed(key=STRANGERS_KEY), at=NOON)


@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_a_token_made_with_our_public_key_as_a_secret_is_refused(algorithm: str) -> None:
    secret = KEY.export_to_pem()

    forged = authenticated(HEADER | {"alg": algorithm}, PAYLOAD, secret=secret)

    with pytest.raises(InvalidToken):
        tokens().verify(forged, at=NOON)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
@pytest.mark.parametrize("signature", ["", "c2lnbmVk"])
def test_an_unsigned_token_is_refused(algorithm: str, signature: str) -> None:
    forged = f"{encoded(HEADER | {'alg': algorithm})}.{encoded(PAYLOAD)}.{signature}"

    with pytest.raises(InvalidToken):
        tokens().verify(forged, at=NOON)


def test_a_changed_payload_is_refused() -> None:
    header, _, signature = issued().split(".")
    richer = encoded(PAYLOAD | {"roles": ["admin"]})

    with pytest.raises(InvalidToken):
        tokens().verify(f"{header}.{richer}.{signature}", at=NOON)


def test_a_header_of_another_token_is_refused() -> None:
    _, payload, signature = issued().split(".")
    other = encoded(HEADER | {"zip": "DEF"})

    with pytest.raises(InvalidToken):
        tokens().verify(f"{other}.{payload}.{signature}", at=NOON)
