"""Lists of people: a preview that writes nothing, and an import that does just what was previewed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import uuid4

from accounts.domain.access import NotPermitted, Principal, Right, Role, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.domain.identity.errors import EmailTaken, InvalidPersonList, PeopleChanged
from accounts.domain.identity.ports import EmailAddresses, PasswordLinks
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.person_rows import PersonRow, rows_in
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.users import (
    UserService,
    members_of_user,
    require_rights_of,
    require_rights_over,
    user_subject,
)
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message, Outbox
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.sheets import Sheet
from authsvc.kernel.unit_of_work import UnitOfWork

_LAST_ADMIN: Final = "This would leave no active admin. Make someone else an admin first."
_OWN_ACCOUNT: Final = "This is your own account, which you cannot deactivate or demote."
_NOT_PERMITTED: Final = (
    "You may not create or change staff, or give roles that you lack. Ask an admin."
)
_NEW_INACTIVE: Final = "There is no account to deactivate. Leave it empty to invite the person."


class RowOutcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """A row and what comes of it. `user` is the new or the existing user, as they are before the import."""

    row: PersonRow
    user: User
    changes: UserChanges
    outcome: RowOutcome
    errors: tuple[FieldError, ...] = ()

    @property
    def changed_members(self) -> tuple[str, ...]:
        """The columns that change something."""
        values = {
            "name": self.changes.name,
            "roles": self.changes.roles,
            "active": self.changes.is_active,
        }
        return tuple(name for name, value in values.items() if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import would do. Two plans with the same `digest` do the same."""

    rows: tuple[PlannedRow, ...]

    @property
    def counts(self) -> Counter[RowOutcome]:
        return Counter(row.outcome for row in self.rows)

    @property
    def is_possible(self) -> bool:
        """Whether no row has an error, and some row does something."""
        counts = self.counts
        return not counts[RowOutcome.ERROR] and bool(
            counts[RowOutcome.NEW] + counts[RowOutcome.CHANGED]
        )

    @property
    def digest(self) -> str:
        rows = [
            [
                row.row.email,
                row.outcome,
                row.user.name,
                sorted(row.user.roles),
                row.user.is_active,
                row.changes.name,
                sorted(row.changes.roles) if row.changes.roles is not None else None,
                row.changes.is_active,
            ]
            for row in self.rows
        ]
        return sha256(canonical_json(rows)).hexdigest()

    def with_outcome(self, outcome: RowOutcome) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome is outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonListService:
    """Imports of people, by those who manage users and have verified their own e-mail address.

    New people are mailed a link to choose a password. Rows that say nothing about a member leave it as it is.
    """

    users: UserRepository
    user_service: UserService
    password_links: PasswordLinks
    outbox: Outbox
    mail_budgets: MailBudgets
    email_addresses: EmailAddresses
    security_log: SecurityLog
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def preview(self, sheet: Sheet, *, by: Principal) -> ImportPlan:
        """What the import would do. Raises NotPermitted, VerifiedEmailNeeded, InvalidPersonList."""
        rows = self._rows_in(sheet, by)
        with self.unit_of_work.atomic():
            return self._plan(rows, self.users.with_emails([row.email for row in rows]), by)

    def import_people(
        self, sheet: Sheet, *, digest: str, reason: str = "", by: Principal
    ) -> ImportPlan:
        """Do what the plan with this digest says, all of it or nothing, and return the plan.

        Raises the errors of `preview`, PeopleChanged, InvalidPersonList if a row has an error, and MailBudgetSpent.
        """
        rows = self._rows_in(sheet, by)
        with self.unit_of_work.atomic():
            # One import at a time, so that two of the same new people do not wait for each other.
            self.users.admins_for_update()
            emails = [row.email for row in rows]
            plan = self._plan(rows, self.users.with_emails_for_update(emails), by)
            if plan.digest != digest:
                raise PeopleChanged
            if not plan.is_possible:
                raise InvalidPersonList(*(error for row in plan.rows for error in row.errors))
            self._invite([row.user for row in plan.with_outcome(RowOutcome.NEW)], reason, by)
            for row in _in_safe_order(plan.with_outcome(RowOutcome.CHANGED)):
                self.user_service.edit(row.user.id, row.changes, reason=reason, by=by)
            counts = plan.counts
            self.audit_log.record(
                AuditAction.PEOPLE_IMPORTED,
                AuditSubject(SubjectType.PLATFORM, SubjectType.PLATFORM, None),
                by=by,
                because=reason,
                after={
                    "new": counts[RowOutcome.NEW],
                    "changed": counts[RowOutcome.CHANGED],
                    "unchanged": counts[RowOutcome.UNCHANGED],
                },
            )
        return plan

    def _rows_in(self, sheet: Sheet, by: Principal) -> Sequence[PersonRow]:
        by.require(Right.MANAGE_USERS)
        self.user_service.emails.require_verified(by)
        return rows_in(sheet, email_addresses=self.email_addresses)

    def _plan(self, rows: Sequence[PersonRow], users: Iterable[User], by: Principal) -> ImportPlan:
        existing = {user.email: user for user in users}
        planned = [self._planned(row, existing.get(row.email), by) for row in rows]
        return ImportPlan(rows=tuple(self._keeping_an_admin(planned)))

    def _planned(self, row: PersonRow, existing: User | None, by: Principal) -> PlannedRow:
        if existing is None:
            user = self._new_user(row)
            after, changes = user, UserChanges()
            errors = [] if row.is_active is not False else [_error(row, "active", _NEW_INACTIVE)]
            outcome = RowOutcome.NEW
        else:
            user, changes = existing, _changes(row, existing)
            after = changes.applied_to(existing, at=self.clock.now())
            is_own = existing.id == by.user_id and existing.loses(after)
            errors = [_error(row, "email", _OWN_ACCOUNT)] if is_own else []
            outcome = RowOutcome.UNCHANGED if after == existing else RowOutcome.CHANGED
        if outcome is not RowOutcome.UNCHANGED and not _is_permitted(existing, after, by=by):
            errors.append(_error(row, "roles", _NOT_PERMITTED))
        errors = [*row.errors, *errors]
        return PlannedRow(
            row=row,
            user=user,
            changes=changes,
            outcome=RowOutcome.ERROR if errors else outcome,
            errors=tuple(errors),
        )

    def _new_user(self, row: PersonRow) -> User:
        return User.registered(
            UserId(uuid4()),
            email=row.email,
            name=row.name or "",
            password_hash="",
            roles=row.roles or (),
            at=self.clock.now(),
        )

    def _keeping_an_admin(self, planned: Sequence[PlannedRow]) -> Iterator[PlannedRow]:
        """The rows, with an error at those that take their role from the last admins."""
        removed = {row.user.id for row in planned if _is_removed_admin(row)}
        remains = not removed or bool(self.users.admins_for_update() - removed)
        for row in planned:
            if remains or row.user.id not in removed:
                yield row
            else:
                errors = (*row.errors, _error(row.row, "email", _LAST_ADMIN))
                yield replace(row, outcome=RowOutcome.ERROR, errors=errors)

    def _invite(self, users: Sequence[User], reason: str, by: Principal) -> None:
        """Create the accounts, and mail links to choose a password."""
        if not users:
            return
        # One for all, because hashing takes long: of a secret that nobody knows, nothing follows from sharing it.
        unknown = self.user_service.unknown_password_hash()
        try:
            self.users.add_all([replace(user, password_hash=unknown) for user in users])
        except EmailTaken:
            raise PeopleChanged from None
        for user in users:
            self.security_log.record(SecurityEvent.REGISTERED, by=by.identity, user_id=user.id)
        created = [(user_subject(user), members_of_user(user)) for user in users]
        self.audit_log.record_each(
            AuditAction.USER_CREATED, created, of=None, by=by, because=reason
        )
        paths = self.password_links.paths_for([user.id for user in users])
        messages = [
            Message(
                kind=MailKind.ACCOUNT_INVITATION,
                recipient=user.email,
                facts={"password_reset_url": self.outbox.url_of(paths[user.id])},
            )
            for user in users
        ]
        self.mail_budgets.queue(messages, by=by)


def _changes(row: PersonRow, user: User) -> UserChanges:
    """What the row changes."""
    roles = None if row.roles is None else row.roles | {Role.LEARNER}
    return UserChanges(
        name=row.name if row.name not in (None, user.name) else None,
        roles=roles if roles not in (None, frozenset(user.roles)) else None,
        is_active=row.is_active if row.is_active not in (None, user.is_active) else None,
    )


def _is_permitted(before: User | None, after: User, *, by: Principal) -> bool:
    """Whether the caller may do to the user what makes them *after*, as `UserService` checks."""
    try:
        require_rights_over(*([after] if before is None else [before, after]), by=by)
        require_rights_of(after, since=before, by=by)
    except NotPermitted:
        return False
    return True


def _is_removed_admin(row: PlannedRow) -> bool:
    is_demoted = row.changes.roles is not None and Role.ADMIN not in row.changes.roles
    return row.user.is_active_admin and (is_demoted or row.changes.is_active is False)


def _in_safe_order(rows: Iterable[PlannedRow]) -> list[PlannedRow]:
    """Those last that may remove an admin, so that one is there all the time."""
    return sorted(rows, key=lambda row: row.changes.may_remove_admin)


def _error(row: PersonRow, column: str, detail: str) -> FieldError:
    return FieldError(path=f"{row.number}/{column}", detail=f"Line {row.line}: {detail}")
