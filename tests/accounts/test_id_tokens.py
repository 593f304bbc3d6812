"""ID tokens and logout tokens: their claims, and ID token hints."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from jwcrypto.jws import JWS

from accounts.adapters.id_tokens import LONGEST_HINT, JwtIdTokens
from accounts.domain.access import UserId
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.domain.oauth.entities.id_tokens import IdClaims
from tests.accounts.forgery import (
    CLAIMS,
    ISSUER,
    KEY,
    LIFETIME,
    RING,
    STRANGERS_KEY,
    authenticated,
    encoded,
    signed,
    tokens,
)
from tests.accounts.granting import BROWSER, HOW
from tests.support.builders import NOON

ANNA: Final = UserId(uuid4())
ASKED: Final = IdClaims(user_id=ANNA, client_id="notebook", nonce="n-1", authentication=HOW)
HINT: Final = IdClaims(user_id=ANNA, client_id="notebook")
HEADER: Final = {"alg": "ES256", "typ": "JWT", "kid": KEY["kid"]}
PAYLOAD: Final = {"iss": ISSUER, "sub": str(ANNA), "aud": "notebook"}
EVERY_ALGORITHM = pytest.mark.parametrize("algorithm", IdTokenAlgorithm)
ES256: Final = IdTokenAlgorithm.ES256


def id_tokens(issuer: str = ISSUER) -> JwtIdTokens:
    return JwtIdTokens(keys=RING, issuer=issuer, lifetime=LIFETIME)


def issued(claims: IdClaims = ASKED, algorithm: IdTokenAlgorithm = ES256) -> str:
    return id_tokens().issue(
        claims, about_user={}, access_token="an access token", algorithm=algorithm, at=NOON
    )


def logout_token(algorithm: IdTokenAlgorithm = ES256) -> str:
    return id_tokens().logout_token(
        user_id=ANNA,
        client_id="notebook",
        browser_id=BROWSER,
        algorithm=algorithm,
        at=NOON,
    )


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the payload, if one of our keys has signed them."""
    header = json.loads(urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))
    jws = JWS()
    jws.allowed_algs = [header["alg"]]
    jws.deserialize(token, RING.find(header["kid"]))
    return header, json.loads(jws.payload)


@EVERY_ALGORITHM
def test_an_id_token_states_the_user_and_the_authentication(algorithm: IdTokenAlgorithm) -> None:
    _, payload = parts_of(issued(algorithm=algorithm))

    assert {name: value for name, value in payload.items() if name != "at_hash"} == {
        "iss": ISSUER,
        "sub": str(ANNA),
        "aud": "notebook",
        "iat": int(NOON.timestamp()),
        "exp": int((NOON + LIFETIME).timestamp()),
        "nonce": "n-1",
        "auth_time": int(HOW.at.timestamp()),
        "acr": "mfa",
        "amr": ["pwd", "otp", "mfa"],
        "sid": str(BROWSER),
    }


@EVERY_ALGORITHM
def test_a_token_is_signed_with_the_algorithm_of_the_client(algorithm: IdTokenAlgorithm) -> None:
    for token, type_ in (
        (issued(algorithm=algorithm), "JWT"),
        (logout_token(algorithm), "logout+jwt"),
    ):
        header, _ = parts_of(token)

        key = RING.signing_key(algorithm, at=NOON)
        assert header == {"alg": algorithm.value, "typ": type_, "kid": key["kid"]}


def test_an_id_token_is_bound_to_its_access_token() -> None:
    _, payload = parts_of(issued())

    half = urlsafe_b64decode(payload["at_hash"] + "==")
    assert half == sha256(b"an access token").digest()[:16]


def test_unknown_claims_are_omitted() -> None:
    _, payload = parts_of(issued(HINT))

    assert set(payload) == {"iss", "sub", "aud", "iat", "exp", "at_hash"}


def test_a_logout_token_names_the_user_and_the_session() -> None:
    _, payload = parts_of(logout_token())

    assert UUID(payload.pop("jti"))
    assert payload == {
        "iss": ISSUER,
        "sub": str(ANNA),
        "aud": "notebook",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 120,
        "sid": str(BROWSER),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }


def test_every_logout_token_is_unique() -> None:
    assert parts_of(logout_token())[1]["jti"] != parts_of(logout_token())[1]["jti"]


@EVERY_ALGORITHM
def test_an_expired_id_token_is_a_valid_hint(algorithm: IdTokenAlgorithm) -> None:
    old = id_tokens().issue(
        ASKED, about_user={}, access_token="x", algorithm=algorithm, at=NOON - timedelta(days=999)
    )

    assert id_tokens().read_hint(old) == HINT


def test_any_id_token_signed_with_our_key_is_a_valid_hint() -> None:
    assert id_tokens().read_hint(signed(HEADER, PAYLOAD)) == HINT


def in_json(count: int) -> str:
    """An ID token of ours in the JSON form of a signature (RFC 7515 §7.2), signed so often."""
    header, payload, signature = signed(HEADER, PAYLOAD).split(".")
    entry = {"protected": header, "signature": signature}
    return json.dumps({"payload": payload, "signatures": [entry] * count})


NO_HINTS: Final = {
    "of another issuer": signed(HEADER, PAYLOAD | {"iss": "https://other.example"}),
    "of a strangers key": signed(HEADER, PAYLOAD, key=STRANGERS_KEY),
    "of an unknown key": signed(HEADER | {"kid": "unknown"}, PAYLOAD),
    "of no key": signed({"alg": "ES256", "typ": "JWT"}, PAYLOAD),
    "of another algorithm": signed(HEADER | {"alg": "RS256"}, PAYLOAD),
    "with our public key as a secret": authenticated(
        HEADER | {"alg": "HS256"}, PAYLOAD, secret=KEY.export_to_pem()
    ),
    "unsigned": f"{encoded(HEADER | {'alg': 'none'})}.{encoded(PAYLOAD)}.",
    "with a wrong signature": f"{encoded(HEADER)}.{encoded(PAYLOAD)}.c2lnbmVk",
    "an access token": tokens().issue(CLAIMS, roles=(), at=NOON),
    "a log-out token": logout_token(),
    "without a type": signed({"alg": "ES256", "kid": KEY["kid"]}, PAYLOAD),
    "signed once in JSON": in_json(1),
    "signed twice in JSON": in_json(2),
    "too long": signed(HEADER, PAYLOAD | {"more": "x" * LONGEST_HINT}),
    "empty": "",
    "rubbish": "rubbish",
    "dots": "..",
    "a list for a header": f"{encoded(b'[]')}.{encoded(PAYLOAD)}.c2lnbmVk",
    "a deep header": f"{encoded(b'[' * 2900)}.{encoded(PAYLOAD)}.c2lnbmVk",
    "no ASCII": "ø.ø.ø",
}


@pytest.mark.parametrize("token", NO_HINTS.values(), ids=NO_HINTS)
def test_other_tokens_are_not_valid_hints(token: str) -> None:
    assert id_tokens().read_hint(token) is None


@EVERY_ALGORITHM
def test_id_tokens_and_logout_tokens_are_not_access_tokens(algorithm: IdTokenAlgorithm) -> None:
    for token in (issued(algorithm=algorithm), logout_token(algorithm)):
        with pytest.raises(InvalidToken):
            tokens().inspect(token, at=NOON)


def test_a_token_for_another_api_is_not_valid_for_ours() -> None:
    claims = replace(CLAIMS, audience="https://notes.example/api")

    token = tokens().issue(claims, roles=(), at=NOON)

    assert tokens().inspect(token, at=NOON).claims == claims
    with pytest.raises(InvalidToken):
        tokens().verify(token, at=NOON)
