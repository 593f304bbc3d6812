"""Member lists: import of members from CSV."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.identity.ports import EmailAddresses
from accounts.domain.identity.services.users import EmailService
from accounts.domain.organizations.repositories.protocols import MembershipRepository
from accounts.domain.organizations.services.invitations import InvitationService
from accounts.domain.organizations.services.member_rows import ListRow, rows_in
from accounts.domain.organizations.services.members import MemberService, require_right_to_assign
from authsvc.kernel.unit_of_work import UnitOfWork


class ListOutcome(StrEnum):
    """The outcome of one row."""

    ADDED = "added"
    INVITED = "invited"
    ALREADY_MEMBER = "already-member"


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
            return self._imported(org_id, self._permitted(org_id, text, by), by)

    def import_short_list(
        self, org_id: OrganizationId, text: str, *, at_most: int, by: Principal
    ) -> list[ListResult] | None:
        """The same for a list of at most so many rows. Of a longer one only the rows are checked, and None is returned.

        Raises the errors of `import_list`; those that depend on mail, for a short list alone.
        """
        with self.unit_of_work.atomic():
            by = self.members.lock(org_id, by)
            rows = self._permitted(org_id, text, by)
            return None if len(rows) > at_most else self._imported(org_id, rows, by)

    def _permitted(self, org_id: OrganizationId, text: str, by: Principal) -> list[ListRow]:
        by.require(Right.MANAGE_MEMBERS, of=org_id)
        rows = rows_in(text, email_addresses=self.email_addresses)
        for role in sorted({row.role for row in rows}):
            require_right_to_assign(role, of=org_id, by=by)
        return rows

    def _imported(
        self, org_id: OrganizationId, rows: list[ListRow], by: Principal
    ) -> list[ListResult]:
        members = self.memberships.emails_in(org_id, scope=by.tenant_scope)
        outcomes = dict.fromkeys(members, ListOutcome.ALREADY_MEMBER)
        others = [row for row in rows if row.email not in members]
        added = self._added(org_id, others, by)
        for row in others:
            is_added = row.email in added
            outcomes[row.email] = ListOutcome.ADDED if is_added else ListOutcome.INVITED
        invited = [
            (row.email, row.role) for row in rows if outcomes[row.email] is ListOutcome.INVITED
        ]
        if invited:
            self.invitations.send(org_id, invited, by=by)
        return [ListResult(row=row, outcome=outcomes[row.email]) for row in rows]

    def _added(
        self, org_id: OrganizationId, rows: list[ListRow], by: Principal
    ) -> AbstractSet[str]:
        """The addresses of those who were added at once."""
        if not (by.may(Right.MANAGE_ORGANIZATIONS) and by.may(Right.MANAGE_USERS)):
            return set()
        users = self.emails.users_with([row.email for row in rows])
        for row in rows:
            if row.email in users:
                self.members.join(org_id, users[row.email], role=row.role, by=by)
        return users.keys()
