"""Random secrets and the keyed hashes under which they are kept; and secrets that are kept to be used again."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe

from cryptography.fernet import Fernet, InvalidToken


@dataclass(frozen=True, slots=True)
class HmacTokens:
    """256 random bits need no slow hash: HMAC-SHA-256 with the server's key."""

    secret_key: str = field(repr=False)

    def new(self) -> str:
        return token_urlsafe(32)

    def successor(self, token: str, *, family: str, number: int) -> str:
        said = f"{family}\n{number}\n{sha256(token.encode()).hexdigest()}"
        derived = hmac.new(self._key(b"authsvc successors"), said.encode(), sha256).digest()
        return urlsafe_b64encode(derived).decode().rstrip("=")

    def hash(self, token: str) -> str:
        return hmac.new(self._key(b"authsvc opaque tokens"), token.encode(), sha256).hexdigest()

    def _key(self, purpose: bytes) -> bytes:
        # A key for each purpose: what it makes means nothing where the same secret serves another one.
        return hmac.new(self.secret_key.encode(), purpose, sha256).digest()


class Unreadable(ValueError):
    """What was sealed under another key, or changed since."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Encrypts what must be read again (Fernet: AES-128-CBC with HMAC-SHA-256), with a key made of the server's."""

    secret_key: str = field(repr=False)

    def close(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises Unreadable."""
        try:
            return self._cipher().decrypt(sealed).decode()
        except InvalidToken:
            raise Unreadable from None

    def _cipher(self) -> Fernet:
        key = hmac.new(self.secret_key.encode(), b"authsvc second factors", sha256).digest()
        return Fernet(urlsafe_b64encode(key))
