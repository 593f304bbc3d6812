"""Ports of integrations."""

from typing import Protocol


class SigningSecrets(Protocol):
    def new(self) -> str:
        """A new random secret, as receivers configure it: `whsec_` and the key in Base64."""

    def encrypt(self, secret: str) -> str:
        """The secret as it is stored."""

    def decrypt(self, encrypted: str) -> str:
        """A stored secret, for signing. Raises UnreadableSecret."""
