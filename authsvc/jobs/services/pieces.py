"""Files in pieces: what a job writes is stored while it is written, so that memory does not grow with it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from authsvc.jobs.entities import PIECE_BYTES


@dataclass(slots=True)
class PieceWriter:
    """Passes on what is written, in pieces of PIECE_BYTES, with their numbers; the last one is shorter."""

    store: Callable[[int, bytes], None]
    _buffer: bytearray = field(default_factory=bytearray)
    _stored: int = 0

    def write(self, content: bytes, /) -> int:
        self._buffer += content
        while len(self._buffer) >= PIECE_BYTES:
            self._store_piece()
        return len(content)

    def flush(self) -> None:
        """Nothing to do: pieces have one size."""

    def close(self) -> None:
        """Store the rest. A file without content is one empty piece."""
        if self._buffer or not self._stored:
            self._store_piece()

    def _store_piece(self) -> None:
        self.store(self._stored, bytes(self._buffer[:PIECE_BYTES]))
        del self._buffer[:PIECE_BYTES]
        self._stored += 1
