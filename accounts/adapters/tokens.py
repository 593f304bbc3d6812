"""Access tokens, played by jwcrypto: JSON Web Tokens after RFC 9068."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final, cast
from uuid import UUID, uuid4

from jwcrypto.common import JWException
from jwcrypto.jws import JWS

from accounts.adapters.keys import ALGORITHM, KeyRing
from accounts.domain.entities import AccessClaims, SessionId, UserId
from accounts.domain.errors import InvalidToken

TYPE: Final = "at+jwt"
LONGEST_TOKEN: Final = 4096
REMEMBERED_TOKENS: Final = 4096
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class JwtAccessTokens:
    """Signs and verifies with the keys of one ring; `issuer` and `audience` are URLs, and our own."""

    keys: KeyRing
    issuer: str
    audience: str
    lifetime: timedelta

    def issue(self, claims: AccessClaims, *, roles: tuple[str, ...], at: datetime) -> str:
        issued_at = int(at.timestamp())
        payload = {
            "iss": self.issuer,
            "sub": str(claims.user_id),
            "aud": self.audience,
            "exp": issued_at + int(self.lifetime.total_seconds()),
            "iat": issued_at,
            "jti": str(uuid4()),
            "client_id": claims.client_id,
            "scope": " ".join(sorted(claims.scopes)),
            "roles": list(roles),
            "sid": str(claims.session_id),
        }
        key = self.keys.signing_key
        token = JWS(json.dumps(payload))
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key["kid"]}
        token.add_signature(key, alg=ALGORITHM, protected=json.dumps(header))
        return str(token.serialize(compact=True))

    def verify(self, token: str, *, at: datetime) -> AccessClaims:
        claims, expires_at = self._remembered(token)
        if at.timestamp() >= expires_at:
            raise InvalidToken
        return claims

    def public_keys(self) -> Mapping[str, Any]:
        return self.keys.public_keys()

    @cached_property
    def _remembered(self) -> Callable[[str], tuple[AccessClaims, int]]:
        """`_signed`, with a memory: what a signature covers never changes, and checking it is dear."""
        return lru_cache(maxsize=REMEMBERED_TOKENS)(self._signed)

    def _signed(self, token: str) -> tuple[AccessClaims, int]:
        """What one of our keys has signed as an access token for us, and the second at which that ends."""
        if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
            raise InvalidToken
        said = self._payload(token)
        if said["iss"] != self.issuer or said["aud"] != self.audience:
            raise InvalidToken
        claims = AccessClaims(
            user_id=UserId(UUID(said["sub"])),
            session_id=SessionId(UUID(said["sid"])),
            client_id=said["client_id"],
            scopes=frozenset(said["scope"].split()),
        )
        return claims, said["exp"]

    def _payload(self, token: str) -> dict[str, Any]:
        """The members that were signed; since one of our keys did it, they need no further proof."""
        jws = JWS()
        jws.allowed_algs = [ALGORITHM]
        try:
            jws.deserialize(token)
            header = jws.jose_header
            key = self.keys.find(header.get("kid"))
            if key is None or header.get("typ") != TYPE:
                raise InvalidToken
            jws.verify(key)
        except (JWException, ValueError, TypeError):
            raise InvalidToken from None
        return cast("dict[str, Any]", json.loads(jws.payload))
