"""Ports of credentials."""

from typing import Protocol


class KeyProtection(Protocol):
    def encrypt(self, text: str) -> str:
        """The text as it is stored."""

    def decrypt(self, ciphertext: str) -> str:
        """A stored text. Raises ValueError if it was encrypted with another key, or changed since."""
