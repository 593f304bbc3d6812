"""Member lists: import of members from CSV."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from itertools import islice
from typing import Final

from accounts.domain.access import OrganizationId, OrgRole, Principal, Right
from accounts.domain.identity.ports import EmailAddresses
from accounts.domain.identity.services.users import EmailService
from accounts.domain.organizations.errors import InvalidMemberList
from accounts.domain.organizations.repositories.protocols import MembershipRepository
from accounts.domain.organizations.services.invitations import InvitationService
from accounts.domain.organizations.services.members import MemberService, require_right_to_assign
from authsvc.kernel.errors import FieldError
from authsvc.kernel.unit_of_work import UnitOfWork

MOST_ROWS: Final = 1000
COLUMNS: Final = ("email", "role")


class ListOutcome(StrEnum):
    """The outcome of one row."""

    ADDED = "added"
    INVITED = "invited"
    ALREADY_MEMBER = "already-member"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list; the first row after the header has number 1."""

    number: int
    email: str
    role: OrgRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ListResult:
    row: ListRow
    outcome: ListOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberListService:
    """Import of member lists."""

    memberships: MembershipRepository
    emails: EmailService
    members: MemberService
    invitations: InvitationService
    email_addresses: EmailAddresses
    unit_of_work: UnitOfWork

    def import_list(self, org_id: OrganizationId, text: str, *, by: Principal) -> list[ListResult]:
        """Invite everyone on the list who is not a member yet. If any row is invalid, nothing changes.

        Callers who manage all organizations and users add those at once who have verified their address; from others
        this would take the decision to join, and disclose who has an account.
        Raises OrganizationNotFound, OrganizationSuspended, NotPermitted, VerifiedEmailNeeded, InvalidMemberList,
        MailBudgetSpent.
        """
        with self.unit_of_work.atomic():
            by = self.members.lock(org_id, by)
            by.require(Right.MANAGE_MEMBERS, of=org_id)
            rows = rows_in(text, email_addresses=self.email_addresses)
            for role in sorted({row.role for row in rows}):
                require_right_to_assign(role, of=org_id, by=by)
            return self._imported(org_id, rows, by)

    def _imported(
        self, org_id: OrganizationId, rows: list[ListRow], by: Principal
    ) -> list[ListResult]:
        members = self.memberships.emails_in(org_id, scope=by.tenant_scope)
        outcomes = dict.fromkeys(members, ListOutcome.ALREADY_MEMBER)
        for row in rows:
            if row.email not in members:
                is_added = self._added(org_id, row, by)
                outcomes[row.email] = ListOutcome.ADDED if is_added else ListOutcome.INVITED
        invited = [
            (row.email, row.role) for row in rows if outcomes[row.email] is ListOutcome.INVITED
        ]
        if invited:
            self.invitations.send(org_id, invited, by=by)
        return [ListResult(row=row, outcome=outcomes[row.email]) for row in rows]

    def _added(self, org_id: OrganizationId, row: ListRow, by: Principal) -> bool:
        if not (by.may(Right.MANAGE_ORGANIZATIONS) and by.may(Right.MANAGE_USERS)):
            return False
        user = self.emails.find_verified(row.email)
        if user is not None:
            self.members.join(org_id, user, role=row.role, by=by)
        return user is not None


def rows_in(text: str, *, email_addresses: EmailAddresses) -> list[ListRow]:
    """Parse CSV with the header `email,role`; the role defaults to learner.

    Raises InvalidMemberList with a field error for each invalid value.
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        full = (line for line in lines if any(cell.strip() for cell in line))
        records = list(islice(full, MOST_ROWS + 1))
    except csv.Error as error:
        raise InvalidMemberList(
            FieldError(path="", detail=f"This is not valid CSV: {error}.")
        ) from None
    _require_shape(header, records)
    rows = [dict(zip(header, line, strict=False)) for line in records]
    field_errors = (
        *_extra_cell_errors(records, columns=len(header)),
        *_value_errors(rows, email_addresses),
    )
    if field_errors:
        raise InvalidMemberList(*field_errors)
    return [
        ListRow(
            number=number,
            email=email_addresses.normalized(_email_in(row)),
            role=OrgRole(_role_in(row)),
        )
        for number, row in enumerate(rows, start=1)
    ]


def _require_shape(header: list[str], records: list[list[str]]) -> None:
    if "email" not in header or Counter(header) - Counter(COLUMNS):
        detail = "The first line must be `email,role` or `email`."
        raise InvalidMemberList(FieldError(path="", detail=detail))
    if not 1 <= len(records) <= MOST_ROWS:
        detail = f"A list has 1 to {MOST_ROWS} rows; this one has {'more' if records else 'none'}."
        raise InvalidMemberList(FieldError(path="", detail=detail))


def _extra_cell_errors(records: list[list[str]], *, columns: int) -> Iterator[FieldError]:
    for number, line in enumerate(records, start=1):
        if any(cell.strip() for cell in line[columns:]):
            detail = "This row has more cells than the first line."
            yield FieldError(path=str(number), detail=detail)


def _value_errors(
    rows: list[dict[str, str]], email_addresses: EmailAddresses
) -> Iterator[FieldError]:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        address, role = _email_in(row), _role_in(row)
        email = email_addresses.normalized(address)
        if not email_addresses.is_valid(address):
            yield FieldError(path=f"{number}/email", detail="This is not a valid e-mail address.")
        elif email in seen:
            yield FieldError(path=f"{number}/email", detail="This e-mail address is listed twice.")
        if role not in list(OrgRole):
            yield FieldError(path=f"{number}/role", detail="There is no such role.")
        seen.add(email)


def _email_in(row: dict[str, str]) -> str:
    return row.get("email", "").strip()


def _role_in(row: dict[str, str]) -> str:
    return row.get("role", "").strip().lower() or OrgRole.LEARNER.value
