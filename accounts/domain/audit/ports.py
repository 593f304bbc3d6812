"""Ports of the audit services."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from accounts.domain.audit.entities import Anchor, AnchorStatement


class AnchorSigner(Protocol):
    def sign(self, statement: AnchorStatement, *, at: datetime) -> Anchor:
        """Sign the statement with the key that signs at that time."""

    def read(self, anchor: Anchor) -> AnchorStatement:
        """Return the signed statement. Raise ValueError if its public key does not verify it."""

    def knows(self, public_key: Mapping[str, Any]) -> bool:
        """Whether the key is one of the service's own."""


class AnchorExporter(Protocol):
    def export(self, anchor: Anchor) -> str:
        """Hand the anchor to the place that is configured, and return its name; empty without one. Raise OSError."""


class AnchoredLog(Protocol):
    """An append-only table whose rows have a position and a hash."""

    def settled_position(self) -> int:
        """Return the position up to which the log will never change."""

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        """Yield position and hash of each row after a position, in order."""

    def count(self) -> int:
        """Return the number of rows."""
