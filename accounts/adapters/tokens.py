"""Access tokens, played by jwcrypto: JSON Web Tokens after RFC 9068."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final, cast
from uuid import UUID

from jwcrypto.common import JWException
from jwcrypto.jws import JWS

from accounts.adapters.keys import ES256, Keys
from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.tokens import AccessClaims, SignedClaims
from accounts.domain.identity.errors import InvalidToken

TYPE: Final = "at+jwt"
LONGEST_TOKEN: Final = 4096
REMEMBERED_TOKENS: Final = 4096
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class JwtAccessTokens:
    """Signs and verifies with the keys of one ring; `issuer` and `audience` are URLs, and our own."""

    keys: Keys
    issuer: str
    audience: str
    lifetime: timedelta

    def issue(
        self,
        claims: AccessClaims,
        *,
        roles: tuple[str, ...],
        at: datetime,
        lifetime: timedelta | None = None,
    ) -> str:
        issued_at = int(at.timestamp())
        payload = {
            "iss": self.issuer,
            "sub": str(claims.user_id or claims.client_id),
            "aud": claims.audience or self.audience,
            "exp": issued_at + int((lifetime or self.lifetime).total_seconds()),
            "iat": issued_at,
            "jti": str(claims.token_id),
            "client_id": claims.client_id,
            "scope": " ".join(sorted(claims.scopes)),
            "roles": list(roles),
            "sid": str(claims.session_id),
        }
        return self.keys.current().signed(payload, type_=TYPE, algorithm=ES256, at=at)

    def verify(self, token: str, *, at: datetime) -> AccessClaims:
        claims = self.inspect(token, at=at).claims
        if claims.audience:
            raise InvalidToken
        return claims

    def inspect(self, token: str, *, at: datetime) -> SignedClaims:
        signed, key_id = self._remembered(token)
        if at >= signed.expires_at or not self.keys.current().honours(key_id, at=at):
            raise InvalidToken
        return signed

    def public_keys(self, *, at: datetime) -> Mapping[str, Any]:
        return self.keys.current().public_keys(at=at)

    @cached_property
    def _remembered(self) -> Callable[[str], tuple[SignedClaims, str]]:
        """`_signed`, with a memory: what a signature covers never changes, and checking it is dear."""
        return lru_cache(maxsize=REMEMBERED_TOKENS)(self._signed)

    def _signed(self, token: str) -> tuple[SignedClaims, str]:
        """What one of our keys has signed as an access token, and which."""
        if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
            raise InvalidToken
        said, key_id = self._payload(token)
        if said["iss"] != self.issuer or not (said["aud"] and isinstance(said["aud"], str)):
            raise InvalidToken
        claims = AccessClaims(
            token_id=UUID(said["jti"]),
            user_id=None if said["sub"] == said["client_id"] else UserId(UUID(said["sub"])),
            session_id=SessionId(UUID(said["sid"])),
            client_id=said["client_id"],
            scopes=frozenset(said["scope"].split()),
            audience="" if said["aud"] == self.audience else said["aud"],
        )
        issued_at, expires_at = (datetime.fromtimestamp(said[name], UTC) for name in ("iat", "exp"))
        return SignedClaims(claims=claims, issued_at=issued_at, expires_at=expires_at), key_id

    def _payload(self, token: str) -> tuple[dict[str, Any], str]:
        """The members that were signed, and by which key; since it is ours, they need no further proof."""
        jws = JWS()
        jws.allowed_algs = [ES256]
        try:
            jws.deserialize(token)
            header = jws.jose_header
            key = self.keys.current().find(header.get("kid"))
            if key is None or header.get("typ") != TYPE:
                raise InvalidToken
            jws.verify(key)
        except (JWException, ValueError, TypeError):
            raise InvalidToken from None
        return cast("dict[str, Any]", json.loads(jws.payload)), str(key["kid"])
