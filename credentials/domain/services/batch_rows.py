"""Rows of lists of people to award a credential to: CSV (RFC 4180) as spreadsheets save it, or JSON."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from uuid import UUID

from accounts.public import EmailAddresses, UserId
from authsvc.kernel.errors import FieldError
from authsvc.kernel.ids import parse_uuid
from authsvc.kernel.sheets import MOST_ROWS, Record, Sheet, UnreadableSheet, sheet_in
from credentials.domain.entities.batches import BatchRow
from credentials.domain.errors import InvalidAwardList

MOST_ERRORS: Final = 100
EMAIL: Final = "email"
USER_ID: Final = "user_id"
HEADING: Final = "The first line must be `email`, `user_id` or both, with commas, semicolons or tabs between the names."
_NEITHER: Final = "State either an e-mail address or a user id."


def sheet_of(listed: object) -> Sheet:
    """The table in CSV if it is a text, otherwise in JSON. Raises InvalidAwardList."""
    return _sheet_of_text(listed) if isinstance(listed, str) else _sheet_of_members(listed)


def _sheet_of_text(text: str) -> Sheet:
    """The table in CSV. Raises InvalidAwardList."""
    first = text.removeprefix("\ufeff").partition("\n")[0].lower()
    try:
        return sheet_in(text, heading=EMAIL if EMAIL in first else USER_ID)
    except UnreadableSheet as error:
        raise InvalidAwardList(FieldError(path="", detail=str(error))) from None


def _sheet_of_members(value: Any) -> Sheet:
    """The table in JSON: `{"rows": [{"email": …}, {"user_id": …}]}`. Raises InvalidAwardList."""
    rows = value.get("rows") if isinstance(value, dict) and value.keys() <= {"rows"} else None
    if not isinstance(rows, list):
        detail = "Send an object with the member `rows` alone, which is a list."
        raise InvalidAwardList(FieldError(path="", detail=detail))
    records = [_record(number, row) for number, row in enumerate(rows[: MOST_ROWS + 1], start=1)]
    return Sheet(headings=(EMAIL, USER_ID), records=records)


def rows_in(sheet: Sheet, *, email_addresses: EmailAddresses) -> list[BatchRow]:
    """The rows, each with an address or an id. Raises InvalidAwardList with the first 100 errors."""
    columns = (EMAIL, USER_ID) if EMAIL in sheet.headings else (USER_ID, EMAIL)
    _require(sheet.heading_errors(columns, expected=HEADING))
    _require(sheet.size_errors("list"))
    rows: list[BatchRow] = []
    _require(_row_errors(sheet, email_addresses, rows))
    return rows


def _record(number: int, row: Any) -> Record:
    members = row if isinstance(row, dict) else {"": row}
    cells = [members.get(name, "") for name in (EMAIL, USER_ID)]
    if not members.keys() <= {EMAIL, USER_ID} or not all(isinstance(cell, str) for cell in cells):
        raise InvalidAwardList(FieldError(path=f"rows/{number - 1}", detail=_NEITHER))
    return Record(number=number, line=number, cells=cells)


def _require(field_errors: Iterator[FieldError]) -> None:
    errors = list(islice(field_errors, MOST_ERRORS))
    if errors:
        raise InvalidAwardList(*errors)


def _row_errors(
    sheet: Sheet, email_addresses: EmailAddresses, rows: list[BatchRow]
) -> Iterator[FieldError]:
    """What is wrong with the rows; those that are right are added to *rows*."""
    email_column, id_column = sheet.column(EMAIL), sheet.column(USER_ID)
    lines: dict[str, int] = {}
    for record in sheet.records:
        yield from sheet.stray_cells(record)
        address, text = record.cell(email_column), record.cell(id_column)
        email, user_id = email_addresses.stored_form(address) if address else None, parse_uuid(text)
        if bool(address) == bool(text):
            yield record.error(_NEITHER)
        elif address and email is None:
            yield record.error("This is not a valid e-mail address.", column=EMAIL)
        elif text and user_id is None:
            yield record.error("This is not a user id.", column=USER_ID)
        elif (name := email or str(user_id)) in lines:
            detail = f"This person is listed twice, first on line {lines[name]}."
            yield record.error(detail, column=EMAIL if email else USER_ID)
        else:
            lines[name] = record.line
            rows.append(_row(record.number, email, user_id))


def _row(number: int, email: str | None, user_id: UUID | None) -> BatchRow:
    return BatchRow(
        number=number, email=email or "", user_id=None if user_id is None else UserId(user_id)
    )
