"""ID tokens (OpenID Connect Core §2) and log-out tokens (Back-Channel Logout §2.4), implemented with jwcrypto."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from jwcrypto.common import JWException
from jwcrypto.jws import JWS

from accounts.adapters.keys import ALGORITHMS, Keys
from accounts.domain.access import SessionId, UserId
from accounts.domain.oauth.entities.clients import IdTokenAlgorithm
from accounts.domain.oauth.entities.id_tokens import IdClaims

ID_TOKEN: Final = "JWT"  # noqa: S105  # a type, not a secret
LOGOUT_TOKEN: Final = "logout+jwt"  # noqa: S105  # a type, not a secret
LONGEST_HINT: Final = 16 * 1024
LOGOUT_TOKEN_LIFETIME: Final = timedelta(minutes=2)
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, kw_only=True)
class JwtIdTokens:
    """Signs ID tokens and log-out tokens; `issuer` is a URL."""

    keys: Keys
    issuer: str
    lifetime: timedelta

    def issue(
        self,
        claims: IdClaims,
        *,
        about_user: Mapping[str, Any],
        access_token: str,
        algorithm: IdTokenAlgorithm,
        at: datetime,
    ) -> str:
        issued_at = int(at.timestamp())
        payload: dict[str, Any] = {
            **about_user,
            "iss": self.issuer,
            "sub": str(claims.user_id),
            "aud": claims.client_id,
            "exp": issued_at + int(self.lifetime.total_seconds()),
            "iat": issued_at,
            "at_hash": _half_hash(access_token),
        }
        if claims.nonce:
            payload["nonce"] = claims.nonce
        if authentication := claims.authentication:
            payload |= authentication.claims
            payload |= {"sid": str(authentication.browser_id)}
        return self._signed(payload, type_=ID_TOKEN, algorithm=algorithm, at=at)

    def logout_token(
        self,
        *,
        user_id: UserId,
        client_id: str,
        browser_id: SessionId,
        algorithm: IdTokenAlgorithm,
        at: datetime,
    ) -> str:
        issued_at = int(at.timestamp())
        payload = {
            "iss": self.issuer,
            "sub": str(user_id),
            "aud": client_id,
            "iat": issued_at,
            "exp": issued_at + int(LOGOUT_TOKEN_LIFETIME.total_seconds()),
            "jti": str(uuid4()),
            "sid": str(browser_id),
            "events": {_LOGOUT: {}},
        }
        return self._signed(payload, type_=LOGOUT_TOKEN, algorithm=algorithm, at=at)

    def read_hint(self, token: str) -> IdClaims | None:
        """The claims of an `id_token_hint`, even if expired (OpenID Connect RP-Initiated Logout §2)."""
        if len(token) > LONGEST_HINT or not _COMPACT.fullmatch(token):
            return None
        jws = JWS()
        jws.allowed_algs = list(ALGORITHMS)
        try:
            jws.deserialize(token)
            header = jws.jose_header
            key = self.keys.current().find(header.get("kid"))
            if key is None or header.get("typ") != ID_TOKEN or header.get("alg") != key["alg"]:
                return None
            jws.verify(key)
        except (JWException, ValueError, TypeError):
            return None
        payload = json.loads(jws.payload)
        if payload["iss"] != self.issuer:
            return None
        return IdClaims(user_id=UserId(UUID(payload["sub"])), client_id=payload["aud"])

    def _signed(
        self, payload: dict[str, Any], *, type_: str, algorithm: IdTokenAlgorithm, at: datetime
    ) -> str:
        return self.keys.current().signed(payload, type_=type_, algorithm=algorithm.value, at=at)


def _half_hash(access_token: str) -> str:
    """`at_hash`: the left half of the hash (OpenID Connect Core §3.1.3.6)."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).decode().rstrip("=")
