"""Tables as text, for programs and for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

Row = Sequence[str | int]

# A spreadsheet reckons with what begins so, in its wide form, too, and a formula can send away what is beside it.
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def csv_of(rows: Iterable[Row]) -> str:
    """CSV after RFC 4180. Text that a spreadsheet would take for a formula gets an apostrophe in front of it."""
    written = StringIO(newline="")
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
