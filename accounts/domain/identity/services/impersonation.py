"""Impersonation service: staff sign in as a user, to see what the user sees."""

from dataclasses import dataclass
from typing import Final

from accounts.domain.access import Principal, Right, Role, UserId, rights_of
from accounts.domain.audit.entities import AuditAction, Members
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.impersonation import Impersonation, ImpersonationEnd
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import CannotImpersonate, UserNotFound
from accounts.domain.identity.ports import StaffRights
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.users import user_subject
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

OWN_ACCOUNT: Final = "This is your own account"
DEACTIVATED: Final = "The account is deactivated. Activate it first"
ADMIN: Final = "Nobody can sign in as an admin"
MORE_RIGHTS: Final = "This person has rights that you do not have"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpersonationService:
    """Requires the right to impersonate; to change anything as the user, also the right to act as users."""

    users: UserRepository
    staff_rights: StaffRights
    mail_budgets: MailBudgets
    security_log: SecurityLog
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def obstacle(self, user_id: UserId, *, by: Principal) -> str:
        """Why the caller cannot sign in as the user, as a sentence without its full stop; empty if they can.

        Raises NotPermitted, UserNotFound.
        """
        by.require(Right.IMPERSONATE)
        return self._obstacle_to(self.users.get(user_id), by)

    def start(
        self, user_id: UserId, *, may_write: bool, reason: str, by: Principal
    ) -> Impersonation:
        """Let the caller be signed in as the user for LIFETIME, and mail the user that.

        Raises Impersonating, NotPermitted, UserNotFound, CannotImpersonate, MailBudgetSpent.
        """
        by.require_in_person()
        _require_rights(by, may_write=may_write)
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            if obstacle := self._obstacle_to(user, by):
                raise CannotImpersonate(obstacle=obstacle)
            started = Impersonation.started(
                user_id, by=by.person, may_write=may_write, at=self.clock.now()
            )
            self.security_log.record(
                SecurityEvent.IMPERSONATION_STARTED, user_id=user_id, by=by.identity
            )
            facts = {"impersonation": started}
            self.mail_budgets.queue_own(
                Message(kind=MailKind.IMPERSONATION, recipient=user.email, facts=facts)
            )
            self.audit_log.record(
                AuditAction.IMPERSONATION_STARTED,
                user_subject(user),
                by=by,
                because=reason,
                after={"may_write": may_write, "ends_at": started.ends_at.isoformat()},
            )
        return started

    def end_of(self, impersonation: Impersonation, *, by: Principal) -> ImpersonationEnd | None:
        """Why the impersonation is over; None while it is in force.

        Time, rights of the caller, and those of the user count as they are now.
        """
        if impersonation.is_over(at=self.clock.now()):
            return ImpersonationEnd.EXPIRED
        try:
            user = self.users.get(impersonation.user_id)
        except UserNotFound:
            return ImpersonationEnd.NOT_ALLOWED
        is_allowed = (
            by.user_id == impersonation.impersonator_id
            and by.may(Right.IMPERSONATE)
            and (by.may(Right.ACT_AS_USERS) or not impersonation.may_write)
            and not self._obstacle_to(user, by)
        )
        return None if is_allowed else ImpersonationEnd.NOT_ALLOWED

    def record_use(self, page: str, *, by: Principal) -> None:
        """Record that the caller is about to submit a page as the user they are signed in as."""
        with self.unit_of_work.atomic():
            self._record(AuditAction.IMPERSONATION_USED, by.person, {"page": page}, by=by)

    def end(
        self, impersonation: Impersonation, *, because: ImpersonationEnd, by: Principal
    ) -> User:
        """Record the end of an impersonation, and return the user. The caller is the impersonator, as themselves."""
        with self.unit_of_work.atomic():
            user_id = impersonation.user_id
            self.security_log.record(
                SecurityEvent.IMPERSONATION_ENDED, user_id=user_id, by=by.identity
            )
            after = {"because": because.value}
            return self._record(AuditAction.IMPERSONATION_ENDED, user_id, after, by=by)

    def _record(
        self, action: AuditAction, user_id: UserId, after: Members, *, by: Principal
    ) -> User:
        user = self.users.get(user_id)
        self.audit_log.record(action, user_subject(user), by=by, after=after)
        return user

    def _obstacle_to(self, user: User, by: Principal) -> str:
        if user.id == by.user_id:
            return OWN_ACCOUNT
        if not user.is_active:
            return DEACTIVATED
        if Role.ADMIN in user.roles:
            return ADMIN
        rights = rights_of(user.roles)
        rights |= self.staff_rights.of(user.id) if user.is_staff else frozenset()
        return "" if rights <= by.rights else MORE_RIGHTS


def _require_rights(by: Principal, *, may_write: bool) -> None:
    by.require(Right.IMPERSONATE)
    if may_write:
        by.require(Right.ACT_AS_USERS)
