"""Access tokens: JSON Web Tokens (RFC 9068), implemented with jwcrypto."""

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
from accounts.domain.access import Authentication, SessionId, UserId
from accounts.domain.identity.entities.tokens import AccessClaims, SignedClaims
from accounts.domain.identity.errors import InvalidToken

TYPE: Final = "at+jwt"
LONGEST_TOKEN: Final = 4096
CACHED_TOKENS: Final = 4096
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class JwtAccessTokens:
    """Signs and verifies access tokens; `issuer` and `audience` are our own URLs."""

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
        if claims.authentication is not None:
            payload |= claims.authentication.claims
        return self.keys.current().signed(payload, type_=TYPE, algorithm=ES256, at=at)

    def verify(self, token: str, *, resource: str = "", at: datetime) -> AccessClaims:
        claims = self.inspect(token, at=at).claims
        if claims.audience != resource:
            raise InvalidToken
        return claims

    def inspect(self, token: str, *, at: datetime) -> SignedClaims:
        signed, key_id = self._cached(token)
        if not signed.is_valid(at=at) or not self.keys.current().accepts(key_id, at=at):
            raise InvalidToken
        return signed

    def public_keys(self, *, at: datetime) -> Mapping[str, Any]:
        return self.keys.current().public_keys(at=at)

    @cached_property
    def _cached(self) -> Callable[[str], tuple[SignedClaims, str]]:
        """`_signed`, cached: verification is expensive and its result never changes."""
        return lru_cache(maxsize=CACHED_TOKENS)(self._signed)

    def _signed(self, token: str) -> tuple[SignedClaims, str]:
        """The claims of an access token, and the id of the key that signed it. Raises InvalidToken."""
        if len(token) > LONGEST_TOKEN or not _COMPACT.fullmatch(token):
            raise InvalidToken
        payload, key_id = self._payload(token)
        audience, subject, client_id = payload["aud"], payload["sub"], payload["client_id"]
        if payload["iss"] != self.issuer or not (audience and isinstance(audience, str)):
            raise InvalidToken
        claims = AccessClaims(
            token_id=UUID(payload["jti"]),
            user_id=None if subject == client_id else UserId(UUID(subject)),
            session_id=SessionId(UUID(payload["sid"])),
            client_id=client_id,
            scopes=frozenset(payload["scope"].split()),
            audience="" if audience == self.audience else audience,
            authentication=_authentication_in(payload),
        )
        signed = SignedClaims(
            claims=claims,
            issued_at=datetime.fromtimestamp(payload["iat"], UTC),
            not_before=datetime.fromtimestamp(payload.get("nbf", 0), UTC),
            expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        )
        return signed, key_id

    def _payload(self, token: str) -> tuple[dict[str, Any], str]:
        """The signed payload and the id of its key. Our own signature vouches for the types of its members."""
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


def _authentication_in(payload: Mapping[str, Any]) -> Authentication | None:
    if "auth_time" not in payload:
        return None
    return Authentication(
        at=datetime.fromtimestamp(payload["auth_time"], UTC), methods=tuple(payload["amr"])
    )
