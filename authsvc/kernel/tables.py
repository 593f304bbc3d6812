"""CSV output, for programs and for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

Row = Sequence[str | int]

# Spreadsheets evaluate cells that start like this, in full width too, and a formula can send other cells to a server.
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def csv_of(rows: Iterable[Row]) -> str:
    """The rows as CSV (RFC 4180). Text that a spreadsheet would evaluate as a formula is preceded by an apostrophe."""
    text = StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def without_apostrophe(cell: str) -> str:
    """The text that `csv_of` has preceded by an apostrophe, or that a person has for the same reason."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULAS) else cell


def _harmless(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
