"""Rows of member lists: CSV (RFC 4180) as spreadsheets save it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any, Final

from accounts.domain.access import OrgRole
from accounts.domain.identity.ports import EmailAddresses
from accounts.domain.organizations.errors import InvalidMemberList
from authsvc.kernel.errors import FieldError

MOST_ROWS: Final = 10_000
MOST_ERRORS: Final = 100
COLUMNS: Final = ("email", "role")
SEPARATORS: Final = ",;\t"
"""Commas, semicolons where the comma is the decimal sign, and tabs in what is copied from a spreadsheet."""
HEADING: Final = "The first line must be `email,role` or `email`, with commas, semicolons or tabs between the names."
_HINT: Final = re.compile(r"sep=([,;\t])(\r\n|\r|\n|\Z)", re.IGNORECASE)
"""The line with which Excel is told the separator. It stands in front of the headings."""
_ROLES: Final = frozenset(OrgRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list; the first row after the headings has number 1."""

    number: int
    email: str
    role: OrgRole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A row as it is written, with the line on which it begins."""

    number: int
    line: int
    cells: list[str]

    def cell(self, column: int | None) -> str:
        """The value in the column, empty if there is none."""
        is_there = column is not None and column < len(self.cells)
        return self.cells[column].strip() if is_there and column is not None else ""

    def error(self, detail: str, *, column: str = "") -> FieldError:
        path = f"{self.number}/{column}" if column else str(self.number)
        return FieldError(path=path, detail=f"Line {self.line}: {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    headings: list[str]
    records: list[_Record]

    def column(self, name: str) -> int | None:
        return self.headings.index(name) if name in self.headings else None


def rows_in(text: str, *, email_addresses: EmailAddresses) -> list[ListRow]:
    """Parse CSV with the headings `email` and `role`; the role defaults to learner.

    Raises InvalidMemberList with the first 100 errors, each with its line.
    """
    table = _table_in(text)
    _require(_heading_errors(table.headings))
    _require_size(table.records)
    rows: list[ListRow] = []
    _require(_row_errors(table, email_addresses, rows))
    return rows


def _require(field_errors: Iterator[FieldError]) -> None:
    errors = list(islice(field_errors, MOST_ERRORS))
    if errors:
        raise InvalidMemberList(*errors)


def _table_in(text: str) -> _Table:
    """The table, of at most one row more than a list may have. Blank rows are left out. Raises InvalidMemberList."""
    text = text.removeprefix("\ufeff")
    hint = _HINT.match(text)
    body = text[hint.end() :] if hint else text
    separator = hint[1] if hint else _separator_of(body)
    lines = csv.reader(StringIO(body, newline=""), delimiter=separator, strict=True)
    before = 1 if hint else 0
    try:
        headings = [name.strip().lower() for name in next(lines, [])]
        records = list(islice(_records_in(lines, before), MOST_ROWS + 1))
    except csv.Error as error:
        detail = f"This is not valid CSV: {error}, on line {before + lines.line_num}."
        raise InvalidMemberList(FieldError(path="", detail=detail)) from None
    return _Table(headings=headings, records=records)


def _separator_of(text: str) -> str:
    """The separator with which the first line has a column `email`."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    for separator in SEPARATORS:
        names = (name.strip(' "').lower() for name in first.split(separator))
        if "email" in names:
            return separator
    return SEPARATORS[0]


def _records_in(lines: Any, before: int) -> Iterator[_Record]:
    number, begin = 0, lines.line_num
    for cells in lines:
        if any(cell.strip() for cell in cells):
            number += 1
            yield _Record(number=number, line=before + begin + 1, cells=cells)
        begin = lines.line_num


def _heading_errors(headings: list[str]) -> Iterator[FieldError]:
    """Nothing of the headings is repeated: without headings, they are somebody's address."""
    if "email" not in headings:
        yield FieldError(path="", detail=HEADING)
        return
    for number, name in enumerate(headings, start=1):
        if name and name not in COLUMNS:
            detail = f"Line 1: Column {number} is neither `email` nor `role`. Remove it."
            yield FieldError(path="", detail=detail)
        elif name and name in headings[: number - 1]:
            yield FieldError(path="", detail=f"Line 1: Column {number} repeats `{name}`.")


def _require_size(records: list[_Record]) -> None:
    if not 1 <= len(records) <= MOST_ROWS:
        count = "more" if records else "none"
        detail = f"A list has 1 to {MOST_ROWS:,} rows; this one has {count}."
        raise InvalidMemberList(FieldError(path="", detail=detail))


def _row_errors(
    table: _Table, email_addresses: EmailAddresses, rows: list[ListRow]
) -> Iterator[FieldError]:
    """What is wrong with the rows; those that are right are added to *rows*."""
    email_column, role_column = table.column("email"), table.column("role")
    named = {column for column, name in enumerate(table.headings) if name}
    lines: dict[str, int] = {}
    for record in table.records:
        yield from _stray_cells(record, named)
        address, role = record.cell(email_column), record.cell(role_column).lower()
        role = role or OrgRole.LEARNER.value
        email = email_addresses.stored_form(address)
        if email is None:
            yield record.error("This is not a valid e-mail address.", column="email")
        elif email in lines:
            detail = f"This e-mail address is listed twice, first on line {lines[email]}."
            yield record.error(detail, column="email")
        if role not in _ROLES:
            yield record.error("There is no such role.", column="role")
        elif email is not None:
            rows.append(ListRow(number=record.number, email=email, role=OrgRole(role)))
        lines.setdefault(email or address, record.line)


def _stray_cells(record: _Record, named: set[int]) -> Iterator[FieldError]:
    for column, cell in enumerate(record.cells):
        if column not in named and cell.strip():
            yield record.error(f"There is a value in column {column + 1}, which has no heading.")
            return
