"""QR codes, as squares to draw (ISO/IEC 18004)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

QUIET_ZONE: Final = 4
"""Light squares that the standard asks for on each side."""


@lru_cache(maxsize=256)
def squares_of(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of squares, True where they are dark, with the quiet zone. Up to 15 % of them can be illegible."""
    import qrcode  # noqa: PLC0415  # few requests need it

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def runs_of(row: Sequence[bool]) -> list[tuple[int, int]]:
    """The dark parts of a row: where each begins, and how many squares it has."""
    runs: list[tuple[int, int]] = []
    for column, is_dark in enumerate(row):
        if not is_dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs


def svg_path_of(text: str) -> str:
    """The dark squares as the path of an SVG whose sides are as long as there are rows."""
    return "".join(
        f"M{column} {row}h{length}v1h-{length}z"
        for row, squares in enumerate(squares_of(text))
        for column, length in runs_of(squares)
    )
