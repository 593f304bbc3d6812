"""Opaque tokens and their keyed hashes, and encryption of stored secrets."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe

from cryptography.fernet import Fernet, InvalidToken


@dataclass(frozen=True, slots=True)
class HmacTokens:
    """Random tokens, hashed by HMAC-SHA-256 with the secret key. 256 random bits need no slow hash."""

    secret_key: str = field(repr=False)

    def new(self) -> str:
        return token_urlsafe(32)

    def successor(self, token: str, *, family: str, number: int) -> str:
        message = f"{family}\n{number}\n{sha256(token.encode()).hexdigest()}"
        derived = hmac.new(self._key(b"authsvc successors"), message.encode(), sha256).digest()
        return urlsafe_b64encode(derived).decode().rstrip("=")

    def hash(self, token: str) -> str:
        return hmac.new(self._key(b"authsvc opaque tokens"), token.encode(), sha256).hexdigest()

    def _key(self, purpose: bytes) -> bytes:
        # One key for each purpose, so that the output for one is worthless for another.
        return hmac.new(self.secret_key.encode(), purpose, sha256).digest()


class DecryptionError(ValueError):
    """The text was encrypted with another key, or changed since."""


@dataclass(frozen=True, slots=True)
class Encryptor:
    """Encrypts secrets that must be read again: Fernet (AES-128-CBC with HMAC-SHA-256), keyed from the secret key."""

    secret_key: str = field(repr=False)
    purpose: bytes = b"authsvc second factors"

    def encrypt(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, ciphertext: str) -> str:
        """Raises DecryptionError."""
        try:
            return self._cipher().decrypt(ciphertext).decode()
        except InvalidToken:
            raise DecryptionError from None

    def _cipher(self) -> Fernet:
        key = hmac.new(self.secret_key.encode(), self.purpose, sha256).digest()
        return Fernet(urlsafe_b64encode(key))
