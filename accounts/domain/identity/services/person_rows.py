"""Rows of lists of people: the columns of a table, checked one by one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from accounts.domain.access import Role
from accounts.domain.identity.errors import InvalidPersonList
from accounts.domain.identity.ports import EmailAddresses
from authsvc.kernel.errors import FieldError
from authsvc.kernel.sheets import Record, Sheet
from authsvc.kernel.tables import without_apostrophe
from authsvc.kernel.text import name_error, name_of

COLUMNS: Final[Mapping[str, str]] = {
    "email": "The e-mail address, by which people are told apart. Required.",
    "name": "The name. Empty: it stays as it is.",
    "roles": "instructor, admin or learner, several with commas between them. Empty: they stay as they are.",
    "active": "yes or no. Empty: it stays as it is. Deactivating ends all sessions.",
}
"""The columns of a list, and what they mean."""
IGNORED: Final = ("id", "staff", "created_at")
"""Columns of exports that an import ignores."""
HEADING: Final = (
    "The first line must have the column `email`, and may have `name`, `roles` and `active`."
)
LONGEST_NAME: Final = 200
_ROLES: Final = {role.value: role for role in Role}
_YES_OR_NO: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_BETWEEN_ROLES: Final = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A row; the first one after the headings has number 1. None stands for what the row does not say.

    `email` is normalized, or as it was written if it is no address; then, as with anything else that is wrong with the
    row, there are `errors`.
    """

    number: int
    line: int
    email: str
    name: str | None
    roles: frozenset[Role] | None
    is_active: bool | None
    errors: tuple[FieldError, ...] = ()


def rows_in(sheet: Sheet, *, email_addresses: EmailAddresses) -> list[PersonRow]:
    """The rows of the table. Raises InvalidPersonList if it cannot be a list of people at all."""
    errors = [*sheet.heading_errors((*COLUMNS, *IGNORED), expected=HEADING)]
    errors = errors or [*sheet.size_errors("list")]
    if errors:
        raise InvalidPersonList(*errors)
    lines: dict[str, int] = {}
    rows = []
    for record in sheet.records:
        row = _row_of(sheet, record, email_addresses, lines)
        lines.setdefault(row.email, record.line)
        rows.append(row)
    return rows


def _row_of(
    sheet: Sheet, record: Record, email_addresses: EmailAddresses, lines: Mapping[str, int]
) -> PersonRow:
    cells = {name: without_apostrophe(record.cell(sheet.column(name))) for name in COLUMNS}
    email = email_addresses.stored_form(cells["email"])
    names = [name for name in _BETWEEN_ROLES.split(cells["roles"].lower()) if name]
    return PersonRow(
        number=record.number,
        line=record.line,
        email=email or cells["email"],
        name=name_of(cells["name"]) if cells["name"] and not name_error(cells["name"]) else None,
        roles=frozenset(_ROLES[name] for name in names if name in _ROLES) if names else None,
        is_active=_YES_OR_NO.get(cells["active"].lower()),
        errors=(
            *sheet.stray_cells(record),
            *_email_errors(record, email, lines),
            *_name_errors(record, cells["name"]),
            *_role_errors(record, names),
            *_active_errors(record, cells["active"].lower()),
        ),
    )


def _email_errors(
    record: Record, email: str | None, lines: Mapping[str, int]
) -> Iterator[FieldError]:
    if email is None:
        detail = "This is not a valid e-mail address. Check it for typing errors."
        yield record.error(detail, column="email")
    elif email in lines:
        detail = f"This e-mail address is listed twice, first on line {lines[email]}. Remove one."
        yield record.error(detail, column="email")


def _name_errors(record: Record, name: str) -> Iterator[FieldError]:
    detail = name_error(name)
    if detail is not None:
        yield record.error(detail, column="name")
    elif len(name) > LONGEST_NAME:
        detail = f"The name has more than {LONGEST_NAME} signs. Shorten it."
        yield record.error(detail, column="name")


def _role_errors(record: Record, names: list[str]) -> Iterator[FieldError]:
    unknown = [name for name in names if name not in _ROLES]
    if unknown:
        detail = "There is no such role. Write learner, instructor or admin."
        yield record.error(detail, column="roles")


def _active_errors(record: Record, text: str) -> Iterator[FieldError]:
    if text and text not in _YES_OR_NO:
        yield record.error("Write yes or no, or leave it empty.", column="active")
