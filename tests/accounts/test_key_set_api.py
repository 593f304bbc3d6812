"""Key set (JWKS) that verifies access tokens, over HTTP."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT

from tests.support.application import Application

PATH = "/.well-known/jwks.json"


def number(part: str) -> int:
    return int.from_bytes(urlsafe_b64decode(part + "=="), "big")


def public_key(key: dict[str, Any]) -> EllipticCurvePublicKey:
    return EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), SECP256R1()).public_key()


def test_a_token_is_verified_with_the_key_that_it_names(application: Application) -> None:
    token = application.signed_in().caller.token
    header, payload, signature = token.split(".")
    kid = json.loads(urlsafe_b64decode(header + "=="))["kid"]

    keys = {key["kid"]: key for key in application.stranger.get(PATH).json["keys"]}

    raw = urlsafe_b64decode(signature + "==")
    halves = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    # Raises InvalidSignature.
    public_key(keys[kid]).verify(
        encode_dss_signature(*halves), f"{header}.{payload}".encode(), ECDSA(SHA256())
    )


def test_a_library_verifies_a_token_with_the_key_set(application: Application) -> None:
    anna = application.signed_in()
    keys = JWKSet.from_json(application.stranger.get(PATH).text)

    token = JWT(jwt=anna.caller.token, key=keys, algs=["ES256"], expected_type="JWS")

    assert json.loads(token.claims)["sub"] == anna.id


def test_the_key_set_has_public_members_only(application: Application) -> None:
    keys = {key["alg"]: key for key in application.stranger.get(PATH).json["keys"]}

    assert set(keys["ES256"]) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert set(keys["RS256"]) == {"kty", "n", "e", "kid", "alg", "use"}
    assert {key["use"] for key in keys.values()} == {"sig"}


def test_the_key_set_can_be_cached_for_five_minutes(application: Application) -> None:
    answer = application.stranger.get(PATH)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_pages_of_every_origin_can_read_the_key_set(application: Application) -> None:
    headers = application.stranger.get(PATH, Origin="https://app.example").headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
