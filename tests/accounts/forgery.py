"""Forged access tokens, made by hand without this project's code."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto.jwk import JWK

from accounts.adapters.keys import ES256, KeyRing, new_key_ring
from accounts.adapters.tokens import JwtAccessTokens
from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.sessions import FIRST_PARTY_CLIENT
from accounts.domain.identity.entities.tokens import AccessClaims
from tests.support.builders import NOON

RING: Final = new_key_ring()
KEY: Final = RING.signing_key(ES256, at=NOON)
STRANGERS_KEY: Final = new_key_ring().signing_key(ES256, at=NOON)
ISSUER: Final = "https://auth.example"
LIFETIME: Final = timedelta(minutes=15)
CLAIMS: Final = AccessClaims(
    token_id=uuid4(),
    user_id=UserId(uuid4()),
    session_id=SessionId(uuid4()),
    client_id=FIRST_PARTY_CLIENT,
    scopes=frozenset({"courses:read", "accounts:read"}),
)
HEADER: Final = {"alg": "ES256", "typ": "at+jwt", "kid": KEY["kid"]}
PAYLOAD: Final = {
    "iss": ISSUER,
    "sub": str(CLAIMS.user_id),
    "aud": f"{ISSUER}/v1",
    "exp": int((NOON + LIFETIME).timestamp()),
    "iat": int(NOON.timestamp()),
    "jti": str(CLAIMS.token_id),
    "client_id": CLAIMS.client_id,
    "scope": "accounts:read courses:read",
    "roles": ["learner"],
    "sid": str(CLAIMS.session_id),
}


def tokens(ring: KeyRing = RING) -> JwtAccessTokens:
    """The verifier under attack."""
    return JwtAccessTokens(keys=ring, issuer=ISSUER, audience=f"{ISSUER}/v1", lifetime=LIFETIME)


def signed(
    header: Mapping[str, Any] = HEADER, payload: Mapping[str, Any] = PAYLOAD, *, key: JWK = KEY
) -> str:
    """ES256, whatever the header says (RFC 7518 §3.4)."""
    signing_input = f"{encoded(header)}.{encoded(payload)}"
    der = key.get_op_key("sign").sign(signing_input.encode(), ECDSA(SHA256()))
    signature = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    return f"{signing_input}.{encoded(signature)}"


def authenticated(header: Mapping[str, Any], payload: Mapping[str, Any], *, secret: bytes) -> str:
    """HS256, whatever the header says (RFC 7518 §3.2)."""
    signing_input = f"{encoded(header)}.{encoded(payload)}"
    return f"{signing_input}.{encoded(hmac.digest(secret, signing_input.encode(), sha256))}"


def encoded(part: Mapping[str, Any] | bytes) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")
