"""Secrets that sign webhooks: random keys, encrypted where they are stored."""

from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Final

from accounts.adapters.opaque_tokens import DecryptionError, Encryptor
from accounts.domain.integrations.entities.messages import SECRET_BYTES, secret_of
from accounts.domain.integrations.errors import UnreadableSecret

PURPOSE: Final = b"authsvc webhooks"


@dataclass(frozen=True, slots=True)
class EncryptedSecrets:
    """Keyed from the secret key of the service."""

    encryptor: Encryptor = field(repr=False)

    def new(self) -> str:
        return secret_of(token_bytes(SECRET_BYTES))

    def encrypt(self, secret: str) -> str:
        return self.encryptor.encrypt(secret)

    def decrypt(self, encrypted: str) -> str:
        try:
            return self.encryptor.decrypt(encrypted)
        except DecryptionError:
            raise UnreadableSecret from None
