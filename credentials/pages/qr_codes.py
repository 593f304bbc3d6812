"""QR codes as paths of SVG images."""

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A QR code, drawn in units of its modules, with its quiet zone: `path` is the `d` of a path element."""

    size: int
    path: str

    @classmethod
    def of(cls, text: str) -> "QrCode":
        """The QR code of this text, with 15 % of redundancy (level M)."""
        from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415  # few requests need it
        from qrcode.main import QRCode  # noqa: PLC0415  # few requests need it

        code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
        code.add_data(text)
        rows = code.get_matrix()
        return cls(size=len(rows), path="".join(_bars_of(row, y=y) for y, row in enumerate(rows)))


def _bars_of(row: list[bool], *, y: int) -> str:
    """The dark modules of a row; neighbours are one bar, so that no line is seen between them."""
    bars, x = [], 0
    for is_dark, modules in groupby(row):
        width = len(list(modules))
        if is_dark:
            bars.append(f"M{x} {y}h{width}v1h-{width}z")
        x += width
    return "".join(bars)
