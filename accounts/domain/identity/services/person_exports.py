"""Exports of people: who they are, as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from accounts.domain.access import Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.repositories.protocols import UserRepository
from authsvc.kernel.table_files import Table, TableFormat
from authsvc.kernel.tables import Row

COLUMNS: Final = ("id", "email", "name", "roles", "active", "staff", "created_at")
AT_ONCE: Final = 1000


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

    def table_of(self, user_ids: Sequence[UserId], *, by: Principal) -> Table:
        """The users with these ids in this order; those that are gone are left out. Raises NotPermitted."""
        by.require(Right.MANAGE_USERS)
        return Table(name="people", total=len(user_ids), rows=self._rows(user_ids))

    def _rows(self, user_ids: Sequence[UserId]) -> Iterator[Row]:
        yield COLUMNS
        for begin in range(0, len(user_ids), AT_ONCE):
            part = user_ids[begin : begin + AT_ONCE]
            users = {user.id: user for user in self.users.with_ids(part)}
            yield from (_row_of(users[user_id]) for user_id in part if user_id in users)


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
