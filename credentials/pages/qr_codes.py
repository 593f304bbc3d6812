"""QR codes (ISO/IEC 18004), as bars to draw."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

QUIET_ZONE: Final = 4
"""Light modules that the standard asks for on each side."""


class Bar(NamedTuple):
    """Dark modules side by side, so that no line is seen between them."""

    column: int
    row: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A QR code with its quiet zone; `size` is its side, in modules."""

    size: int
    bars: tuple[Bar, ...]

    @classmethod
    def of(cls, text: str) -> "QrCode":
        """The QR code of this text, with 15 % of redundancy (level M)."""
        from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415  # few requests need it
        from qrcode.main import QRCode  # noqa: PLC0415  # few requests need it

        code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
        code.add_data(text)
        rows = code.get_matrix()
        bars = tuple(bar for number, row in enumerate(rows) for bar in _bars_of(row, number))
        return cls(size=len(rows), bars=bars)

    @property
    def path(self) -> str:
        """The `d` of a path element, in an SVG with sides of this size."""
        return "".join(
            f"M{bar.column} {bar.row}h{bar.length}v1h-{bar.length}z" for bar in self.bars
        )


def _bars_of(row: list[bool], number: int) -> Iterator[Bar]:
    column = 0
    for is_dark, modules in groupby(row):
        length = len(list(modules))
        if is_dark:
            yield Bar(column, number, length)
        column += length
