"""Tables that people send: CSV (RFC 4180) as spreadsheets save it, as headings and records."""

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any, Final

from authsvc.kernel.errors import FieldError

MOST_ROWS: Final = 10_000
SEPARATORS: Final = ",;\t"
"""Commas, semicolons where the comma is the decimal sign, and tabs in what is copied from a spreadsheet."""
_HINT: Final = re.compile(r"sep=([,;\t])(\r\n|\r|\n|\Z)", re.IGNORECASE)
"""The line with which Excel is told the separator. It stands in front of the headings."""


class UnreadableSheet(ValueError):
    """The text or file is no table; the message says why, for whoever sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row as it is written, with the line on which it begins; the first row after the headings has number 1."""

    number: int
    line: int
    cells: Sequence[str]

    def cell(self, column: int | None) -> str:
        """The value in the column, empty if there is none."""
        is_there = column is not None and column < len(self.cells)
        return self.cells[column].strip() if is_there and column is not None else ""

    def error(self, detail: str, *, column: str = "") -> FieldError:
        path = f"{self.number}/{column}" if column else str(self.number)
        return FieldError(path=path, detail=f"Line {self.line}: {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table, of at most one row more than MOST_ROWS. Headings are in lower case; blank rows are left out."""

    headings: Sequence[str]
    records: Sequence[Record]

    def as_members(self) -> dict[str, Any]:
        """The table as JSON values."""
        records = [[record.number, record.line, *record.cells] for record in self.records]
        return {"headings": list(self.headings), "records": records}

    @classmethod
    def of_members(cls, members: Mapping[str, Any]) -> "Sheet":
        """The table that `as_members` describes."""
        records = [
            Record(number=number, line=line, cells=cells)
            for number, line, *cells in members["records"]
        ]
        return cls(headings=members["headings"], records=records)

    def column(self, name: str) -> int | None:
        return self.headings.index(name) if name in self.headings else None

    def heading_errors(self, columns: Collection[str], *, expected: str) -> Iterator[FieldError]:
        """What is wrong with the headings, of which the first of *columns* must be one.

        Nothing of the headings is repeated: without headings, they are somebody's address.
        """
        required, *others = columns
        if required not in self.headings:
            yield FieldError(path="", detail=expected)
            return
        names = _listed(columns)
        neither = f"neither {names}" if len(others) == 1 else f"none of {names}"
        for number, name in enumerate(self.headings, start=1):
            if name and name not in columns:
                detail = f"Line 1: Column {number} is {neither}. Remove it."
                yield FieldError(path="", detail=detail)
            elif name and name in self.headings[: number - 1]:
                yield FieldError(path="", detail=f"Line 1: Column {number} repeats `{name}`.")

    def size_errors(self, kind: str) -> Iterator[FieldError]:
        """What is wrong with the number of rows; *kind* is what the table is called."""
        if not 1 <= len(self.records) <= MOST_ROWS:
            count = "more" if self.records else "none"
            detail = f"A {kind} has 1 to {MOST_ROWS:,} rows; this one has {count}."
            yield FieldError(path="", detail=detail)

    def stray_cells(self, record: Record) -> Iterator[FieldError]:
        """The first value of the record that is in a column without a heading."""
        for column, cell in enumerate(record.cells):
            is_named = column < len(self.headings) and self.headings[column]
            if not is_named and cell.strip():
                yield record.error(
                    f"There is a value in column {column + 1}, which has no heading."
                )
                return


def sheet_in(text: str, *, heading: str) -> Sheet:
    """The table in CSV, one of whose columns is called *heading*. Raises UnreadableSheet."""
    text = text.removeprefix("\ufeff")
    hint = _HINT.match(text)
    body = text[hint.end() :] if hint else text
    separator = hint[1] if hint else _separator_of(body, heading)
    lines = csv.reader(StringIO(body, newline=""), delimiter=separator, strict=True)
    before = 1 if hint else 0
    try:
        headings = [name.strip().lower() for name in next(lines, [])]
        records = list(islice(_records_in(lines, before), MOST_ROWS + 1))
    except csv.Error as error:
        detail = f"This is not valid CSV: {error}, on line {before + lines.line_num}."
        raise UnreadableSheet(detail) from None
    return Sheet(headings=headings, records=records)


def _separator_of(text: str, heading: str) -> str:
    """The separator with which the first line has a column of this name."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    for separator in SEPARATORS:
        names = (name.strip(' "').lower() for name in first.split(separator))
        if heading in names:
            return separator
    return SEPARATORS[0]


def _records_in(lines: Any, before: int) -> Iterator[Record]:
    number, begin = 0, lines.line_num
    for cells in lines:
        if any(cell.strip() for cell in cells):
            number += 1
            yield Record(number=number, line=before + begin + 1, cells=cells)
        begin = lines.line_num


def _listed(names: Collection[str]) -> str:
    *first, last = (f"`{name}`" for name in names)
    joint = "nor" if len(first) == 1 else "and"
    return f"{', '.join(first)} {joint} {last}"
