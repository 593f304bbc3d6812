"""Exports of people: who they are, as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.domain.access import Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.repositories.protocols import UserRepository
from authsvc.kernel.tables import Row, csv_of

COLUMNS: Final = ("id", "email", "name", "roles", "active", "staff", "created_at")
AT_ONCE: Final = 1000
# Spreadsheets recognize UTF-8 by it.
_BYTE_ORDER_MARK: Final = "\ufeff"


class TableFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        if self is TableFormat.CSV:
            return "text/csv; charset=utf-8"
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonExports:
    """Tables of people, for those who manage users. An import takes such a table."""

    users: UserRepository
    audit_log: AuditLog

    def record(self, count: int, form: TableFormat, *, by: Principal) -> None:
        """Record that the caller gets the data of so many people. Raises NotPermitted."""
        by.require(Right.MANAGE_USERS)
        self.audit_log.record(
            AuditAction.PEOPLE_EXPORTED,
            AuditSubject(SubjectType.PLATFORM, SubjectType.PLATFORM, None),
            by=by,
            after={"people": count, "format": form.value},
        )

    def rows_of(self, user_ids: Sequence[UserId], *, by: Principal) -> Iterator[Row]:
        """The headings, and the users with these ids in this order; those that are gone are left out.

        Raises NotPermitted.
        """
        by.require(Right.MANAGE_USERS)
        yield COLUMNS
        for begin in range(0, len(user_ids), AT_ONCE):
            part = user_ids[begin : begin + AT_ONCE]
            users = {user.id: user for user in self.users.with_ids(part)}
            yield from (_row_of(users[user_id]) for user_id in part if user_id in users)

    def file_of(self, user_ids: Sequence[UserId], form: TableFormat, *, by: Principal) -> bytes:
        """The same as a file. Raises NotPermitted."""
        rows = self.rows_of(user_ids, by=by)
        if form is TableFormat.CSV:
            return f"{_BYTE_ORDER_MARK}{csv_of(rows)}".encode()
        from authsvc.kernel.workbooks import xlsx_of  # noqa: PLC0415  # costs time and memory, for workbooks alone

        return xlsx_of(rows)


def _row_of(user: User) -> Row:
    return (
        str(user.id),
        user.email,
        user.name,
        ", ".join(user.roles),
        "yes" if user.is_active else "no",
        "yes" if user.is_staff else "no",
        user.created_at.isoformat(timespec="seconds"),
    )
