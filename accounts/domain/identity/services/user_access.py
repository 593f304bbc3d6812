"""How a user gets access, as staff correct it: required actions, second factors and e-mail addresses."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.domain.access import Principal, Right, UserId
from accounts.domain.audit.entities import AuditAction
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.second_factors import FactorMethod
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.users import RequiredAction, User
from accounts.domain.identity.errors import (
    EmailTaken,
    NoSecondFactor,
    OwnAccount,
    SecondFactorPresent,
)
from accounts.domain.identity.ports import EmailLinks, SecondFactors
from accounts.domain.identity.repositories.protocols import (
    SignInChallengeRepository,
    UserRepository,
)
from accounts.domain.identity.services.accounts import email_of_new
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.users import EmailService, managed_user, user_subject
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import Message, Outbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAccessService:
    """Requires the right to manage users, and for staff also the right to appoint staff."""

    users: UserRepository
    emails: EmailService
    email_links: EmailLinks
    second_factors: SecondFactors
    challenges: SignInChallengeRepository
    outbox: Outbox
    mail_budgets: MailBudgets
    security_log: SecurityLog
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def require_actions(
        self, user_id: UserId, actions: Collection[RequiredAction], *, reason: str, by: Principal
    ) -> User:
        """Require these actions, and no others, of the user at their next sign-in.

        Sessions that have begun continue. Raises NotPermitted, UserNotFound, SecondFactorPresent.
        """
        with self.unit_of_work.atomic():
            user = managed_user(self.users, user_id, by=by)
            is_new = RequiredAction.SET_UP_SECOND_FACTOR in actions
            if is_new and self.second_factors.methods_of(user_id):
                raise SecondFactorPresent
            requiring = user.requiring(actions, at=self.clock.now())
            self.users.save(requiring)
            self.audit_log.record(
                AuditAction.USER_ACTIONS_REQUIRED,
                user_subject(user),
                by=by,
                because=reason,
                before={"required_actions": list(user.required_actions)},
                after={"required_actions": list(requiring.required_actions)},
            )
        return requiring

    def reset_second_factor(
        self, user_id: UserId, *, reason: str, by: Principal
    ) -> tuple[FactorMethod, ...]:
        """Remove the second factor that the user has lost, and mail them that. Returns its methods.

        Nobody does this for themselves. Raises NotPermitted, UserNotFound, OwnAccount, NoSecondFactor.
        """
        with self.unit_of_work.atomic():
            user = managed_user(self.users, user_id, by=by)
            if user.id == by.user_id:
                raise OwnAccount
            methods = self.second_factors.remove_all_of(user_id)
            if not methods:
                raise NoSecondFactor
            self.challenges.remove_pending(user_id)
            self.security_log.record(
                SecurityEvent.SECOND_FACTOR_REMOVED, user_id=user_id, by=by.identity
            )
            note = "An administrator removed the second factor of your account."
            message = Message(kind=MailKind.NOTE, recipient=user.email, facts={"note": note})
            self.mail_budgets.queue_own(message)
            self.audit_log.record(
                AuditAction.USER_SECOND_FACTOR_RESET,
                user_subject(user),
                by=by,
                because=reason,
                after={"removed": [method.value for method in methods]},
            )
        return methods

    def correct_email(self, user_id: UserId, *, email: str, reason: str, by: Principal) -> str:
        """Mail a link to another address of the user, and return it. The old one stays until the link is followed.

        Raises NotPermitted, UserNotFound, InvalidEmail, EmailTaken, VerifiedEmailNeeded, MailBudgetSpent.
        """
        by.require(Right.MANAGE_USERS)
        self.emails.require_verified(by)
        email = email_of_new(email, self.emails.email_addresses)
        with self.unit_of_work.atomic():
            user = managed_user(self.users, user_id, by=by)
            if self.users.find_by_email(email) is not None:
                raise EmailTaken
            link = self.outbox.url_of(self.email_links.path_for(user_id, email=email))
            message = Message(kind=MailKind.NEW_ADDRESS, recipient=email, facts={"link": link})
            self.mail_budgets.queue([message], by=by)
            action = AuditAction.USER_EMAIL_LINK_SENT
            self.audit_log.record(action, user_subject(user), by=by, because=reason)
        return email
