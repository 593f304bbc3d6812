"""Rows of member lists: CSV (RFC 4180) as spreadsheets save it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from accounts.domain.access import OrgRole
from accounts.domain.identity.ports import EmailAddresses
from accounts.domain.organizations.errors import InvalidMemberList
from authsvc.kernel.errors import FieldError
from authsvc.kernel.sheets import Sheet, UnreadableSheet, sheet_in

MOST_ERRORS: Final = 100
COLUMNS: Final = ("email", "role")
HEADING: Final = "The first line must be `email,role` or `email`, with commas, semicolons or tabs between the names."
_ROLES: Final = frozenset(OrgRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list; the first row after the headings has number 1."""

    number: int
    email: str
    role: OrgRole


def rows_in(text: str, *, email_addresses: EmailAddresses) -> list[ListRow]:
    """Parse CSV with the headings `email` and `role`; the role defaults to learner.

    Raises InvalidMemberList with the first 100 errors, each with its line.
    """
    try:
        sheet = sheet_in(text, heading="email")
    except UnreadableSheet as error:
        raise InvalidMemberList(FieldError(path="", detail=str(error))) from None
    _require(sheet.heading_errors(COLUMNS, expected=HEADING))
    _require(sheet.size_errors("list"))
    rows: list[ListRow] = []
    _require(_row_errors(sheet, email_addresses, rows))
    return rows


def _require(field_errors: Iterator[FieldError]) -> None:
    errors = list(islice(field_errors, MOST_ERRORS))
    if errors:
        raise InvalidMemberList(*errors)


def _row_errors(
    sheet: Sheet, email_addresses: EmailAddresses, rows: list[ListRow]
) -> Iterator[FieldError]:
    """What is wrong with the rows; those that are right are added to *rows*."""
    email_column, role_column = sheet.column("email"), sheet.column("role")
    lines: dict[str, int] = {}
    for record in sheet.records:
        yield from sheet.stray_cells(record)
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
