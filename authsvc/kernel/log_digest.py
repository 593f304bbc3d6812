"""Log digest: a hash over the beginning of a log, continued from one anchor to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

NOTHING: Final = "0" * 64
"""The digest of an empty log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """The entries of a log up to `position`: their number, and a digest of their positions and hashes in order."""

    position: int = 0
    count: int = 0
    digest: str = NOTHING

    def after(self, entries: Iterable[tuple[int, str]], *, up_to: int | None = None) -> "LogState":
        """The state after these entries, each a position and a hash; `position` becomes *up_to*, if it is given."""
        position, count, digest = self.position, self.count, self.digest
        for position, entry_hash in entries:
            count += 1
            digest = sha256(f"{digest}{position}:{entry_hash}".encode()).hexdigest()
        return LogState(position=position if up_to is None else up_to, count=count, digest=digest)
