"""Random secrets and the keyed hashes under which they are kept."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe


@dataclass(frozen=True, slots=True)
class HmacTokens:
    """256 random bits need no slow hash: HMAC-SHA-256 with the server's key."""

    secret_key: str = field(repr=False)

    def new(self) -> str:
        return token_urlsafe(32)

    def hash(self, token: str) -> str:
        return hmac.new(self._key(), token.encode(), sha256).hexdigest()

    def _key(self) -> bytes:
        # A key for this purpose alone: what it hashes means nothing where the same secret serves another purpose.
        return hmac.new(self.secret_key.encode(), b"authsvc opaque tokens", sha256).digest()
