"""User management and verified e-mail addresses."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import NotPermitted, Principal, Right, Role, UserId, rights_of
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.browsers import EndedSessions
from accounts.domain.identity.entities.events import EmailVerified
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import PersonSearch, RequiredAction, User, UserChanges
from accounts.domain.identity.errors import (
    InvalidEmailToken,
    LastAdmin,
    OwnAccount,
    UserNotFound,
    VerifiedEmailNeeded,
)
from accounts.domain.identity.ports import EmailAddresses, OpaqueTokens, PasswordLinks
from accounts.domain.identity.repositories.protocols import (
    UserRepository,
    VerifiedEmailRepository,
)
from accounts.domain.identity.services.accounts import Passwords, email_of_new
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.identity.services.outgoing_events import changes_of
from accounts.domain.identity.services.revocation import SessionRevocation
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import LINK_LIFETIME, Message, Outbox
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.events import EventBus
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork

_SECONDS: Final = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailService:
    """Verified e-mail addresses. An address that is not verified identifies nobody."""

    users: UserRepository
    verified_emails: VerifiedEmailRepository
    email_addresses: EmailAddresses
    opaque_tokens: OpaqueTokens
    mail_budgets: MailBudgets
    event_bus: EventBus
    unit_of_work: UnitOfWork
    clock: Clock

    def verified(self, user_id: UserId) -> str | None:
        """The user's e-mail address, if it is verified. Raises UserNotFound."""
        email = self.users.get(user_id).email
        return email if self.verified_emails.find(user_id) == email else None

    def find_verified(self, email: str) -> User | None:
        """The active user who has verified this e-mail address, if any."""
        user = self.users.find_by_email(self.email_addresses.normalized(email))
        is_found = user is not None and user.is_active and self.has_verified(user)
        return user if is_found else None

    def users_with(self, emails: Collection[str]) -> dict[str, User]:
        """The active users who have verified one of these normalized addresses, by address."""
        users = [user for user in self.users.with_emails(emails) if user.is_active]
        verified = self.verified_emails.of_users([user.id for user in users])
        return {user.email: user for user in users if verified.get(user.id) == user.email}

    def has_verified(self, user: User) -> bool:
        return self.verified_emails.find(user.id) == user.email

    def require_verified(self, by: Principal) -> None:
        """Raise VerifiedEmailNeeded if the caller is a user who has not verified their e-mail address."""
        if by.user_id is not None and self.verified(by.user_id) is None:
            raise VerifiedEmailNeeded

    def send_token(self, *, by: Principal) -> None:
        """Mail the caller a token that verifies their e-mail address within LINK_LIFETIME.

        Raises Impersonating, MailBudgetSpent.
        """
        by.require_in_person()
        email = self.users.get(by.person).email
        token = self._token(by.person, email, until=self.clock.now() + LINK_LIFETIME)
        self.mail_budgets.queue_own(
            Message(kind=MailKind.EMAIL_TOKEN, recipient=email, facts={"token": token})
        )

    def redeem_token(self, token: str, *, by: Principal) -> User:
        """Record that the caller has received the token. Raises Impersonating, InvalidEmailToken."""
        by.require_in_person()
        seconds = token.partition(".")[0]
        until = datetime.fromtimestamp(int(seconds) if _SECONDS.fullmatch(seconds) else 0, UTC)
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(by.person)
            expected = self._token(user.id, user.email, until=until)
            is_right = compare_digest(token.encode(), expected.encode())
            if not is_right or until < self.clock.now():
                raise InvalidEmailToken(FieldError(path="token", detail=InvalidEmailToken.title))
            self.verified_emails.save(user.id, email=user.email)
            self.event_bus.publish(EmailVerified(user_id=user.id, email=user.email))
        return user

    def _token(self, user_id: UserId, email: str, *, until: datetime) -> str:
        """The time at which it expires, and a keyed hash of that, the user and the address."""
        seconds = str(int(until.timestamp()))
        claims = canonical_json(["verify-email", str(user_id), email, seconds]).decode()
        return f"{seconds}.{self.opaque_tokens.hash(claims)}"

    def verify(self, user_id: UserId, *, email: str) -> None:
        """Record that the user followed the link sent to *email*, which becomes their address if it was not.

        Raises UserNotFound, EmailTaken.
        """
        email = self.email_addresses.normalized(email)
        with self.unit_of_work.atomic():
            if self.users.get_for_update(user_id).email != email:
                self.users.change_email(user_id, email=email, at=self.clock.now())
            self.verified_emails.save(user_id, email=email)
            self.event_bus.publish(EmailVerified(user_id=user_id, email=email))


@dataclass(frozen=True, slots=True, kw_only=True)
class UserService:
    """User management. It requires the right to manage users, and for staff also the right to appoint staff."""

    users: UserRepository
    emails: EmailService
    password_links: PasswordLinks
    outbox: Outbox
    mail_budgets: MailBudgets
    revocation: SessionRevocation
    passwords: Passwords
    email_addresses: EmailAddresses
    security_log: SecurityLog
    audit_log: AuditLog
    events: EventOutbox
    unit_of_work: UnitOfWork
    clock: Clock

    def get(self, user_id: UserId, *, by: Principal) -> User:
        """The caller, or any user if the caller manages users. Raises UserNotFound otherwise."""
        if user_id != by.user_id and not by.may(Right.MANAGE_USERS):
            raise UserNotFound
        return self.users.get(user_id)

    def find(self, email: str, *, by: Principal) -> User:
        """The active user who has verified this e-mail address. Raises NotPermitted, UserNotFound."""
        by.require(Right.MANAGE_USERS)
        user = self.emails.find_verified(email)
        if user is None:
            raise UserNotFound
        return user

    def page_of(
        self,
        request: PageRequest,
        *,
        search: str = "",
        changed_since: datetime | None = None,
        by: Principal,
    ) -> Page[User]:
        """Those with *search* in their name or address, oldest first; the id breaks ties.

        With *changed_since*, those created or changed since then. Raises NotPermitted.
        """
        by.require(Right.MANAGE_USERS)
        return self.users.page_of(request, search=PersonSearch(search), changed_since=changed_since)

    def create(
        self,
        *,
        email: str,
        name: str,
        password: str | None = None,
        roles: Collection[Role],
        is_staff: bool = False,
        required_actions: Collection[RequiredAction] = (),
        reason: str = "",
        by: Principal,
    ) -> User:
        """Create an account with rights that the caller has, and mail a link to choose its password.

        An admin is staff, whatever *is_staff* says. Only callers who may appoint staff can choose the password
        themselves, in which case no mail is sent. Raises NotPermitted, InvalidEmail, EmailTaken, UnsuitablePassword,
        VerifiedEmailNeeded, MailBudgetSpent.
        """
        self._require_may_create(password, by=by)
        user = User.registered(
            UserId(uuid4()),
            email=email_of_new(email, self.email_addresses),
            name=name,
            password_hash="",
            roles=roles,
            is_staff=is_staff,
            required_actions=required_actions,
            at=self.clock.now(),
        )
        require_rights_over(user, by=by)
        require_rights_of(user, by=by)
        user = replace(user, password_hash=self._initial_hash(password, owner=user))
        with self.unit_of_work.atomic():
            self.users.add(user)
            self.security_log.record(SecurityEvent.REGISTERED, by=by.identity, user_id=user.id)
            self.audit_log.record(
                AuditAction.USER_CREATED,
                user_subject(user),
                by=by,
                because=reason,
                after=members_of_user(user),
            )
            if password is None:
                self._mail_link(MailKind.ACCOUNT_INVITATION, user, by=by)
        return user

    def edit(
        self,
        user_id: UserId,
        changes: UserChanges,
        *,
        if_match: Precondition = UNCONDITIONAL,
        reason: str = "",
        by: Principal,
    ) -> User:
        """Change a user. Everyone may change their own name and profile. Deactivating a user ends their sessions.

        Nobody gives rights that they don't have, or takes any from themselves.
        Raises NotPermitted, UserNotFound, OwnAccount, LastAdmin, UnsuitableProfile, PreconditionFailed.
        """
        return self._edit(user_id, changes, if_match=if_match, reason=reason, by=by)[0]

    def deactivate(self, user_id: UserId, *, reason: str = "", by: Principal) -> EndedSessions:
        """Deactivate a user, and return how many sessions that ended. Raises as `edit` does."""
        changes = UserChanges(is_active=False)
        return self._edit(user_id, changes, if_match=UNCONDITIONAL, reason=reason, by=by)[1]

    def _edit(
        self,
        user_id: UserId,
        changes: UserChanges,
        *,
        if_match: Precondition,
        reason: str,
        by: Principal,
    ) -> tuple[User, EndedSessions]:
        """The changed user, and the sessions that the change ended."""
        ended = EndedSessions()
        if user_id != by.user_id and not by.may(Right.MANAGE_USERS):
            raise UserNotFound
        is_own_description = user_id == by.user_id and changes.is_description_only
        with self.unit_of_work.atomic():
            admins = self.users.admins_for_update() if changes.may_remove_admin else frozenset()
            user = self.users.get_for_update(user_id)
            if_match.require(user)
            edited = changes.applied_to(user, at=self.clock.now())
            if not is_own_description:
                require_rights_over(user, edited, by=by)
                require_rights_of(edited, since=user, by=by)
                if user.id == by.user_id and user.loses(edited):
                    raise OwnAccount
                if user.is_active_admin and not edited.is_active_admin:
                    _require_other_admin(user, admins, by=by)
            self.users.save(edited)
            self.events.record(*changes_of(user, edited, at=self.clock.now()))
            if user.is_active and not edited.is_active:
                because = SessionEnd.DEACTIVATED
                ended = self.revocation.end_everywhere(user_id, because=because, by=by.identity)
            if edited != user and not is_own_description:
                self.audit_log.record(
                    AuditAction.USER_EDITED,
                    user_subject(user),
                    by=by,
                    because=reason,
                    before=members_of_user(user),
                    after=members_of_user(edited, since=user),
                )
        return edited, ended

    def send_password_link(self, user_id: UserId, *, reason: str = "", by: Principal) -> None:
        """Mail a user a link to set a password. Raises as `create` does, and UserNotFound."""
        by.require(Right.MANAGE_USERS)
        self.emails.require_verified(by)
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            require_rights_over(user, by=by)
            self._mail_link(MailKind.PASSWORD_RESET, user, by=by)
            action = AuditAction.USER_PASSWORD_LINK_SENT
            self.audit_log.record(action, user_subject(user), by=by, because=reason)

    def set_password(
        self, user_id: UserId, *, password: str, reason: str = "", by: Principal
    ) -> None:
        """Set a user's password and end their sessions. Needs the right to appoint staff, whoever the user is.

        Raises NotPermitted, UserNotFound, UnsuitablePassword.
        """
        by.require(Right.APPOINT_STAFF)
        password_hash = self.passwords.hash_of_new(password, owner=self.users.get(user_id))
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            require_rights_over(user, by=by)
            self.users.save(replace(user, password_hash=password_hash))
            because = SessionEnd.PASSWORD_CHANGED
            self.revocation.end_everywhere(user_id, because=because, by=by.identity)
            self.security_log.record(SecurityEvent.PASSWORD_RESET, by=by.identity, user_id=user_id)
            action = AuditAction.USER_PASSWORD_SET
            self.audit_log.record(action, user_subject(user), by=by, because=reason)

    def _require_may_create(self, password: str | None, *, by: Principal) -> None:
        """Raises NotPermitted; VerifiedEmailNeeded if the person is to be mailed a link."""
        by.require(Right.MANAGE_USERS)
        if password is None:
            self.emails.require_verified(by)
        else:
            by.require(Right.APPOINT_STAFF)

    def _initial_hash(self, password: str | None, *, owner: User) -> str:
        """The hash of the password, or of one that nobody knows. Raises UnsuitablePassword."""
        if password is None:
            return self.unknown_password_hash()
        return self.passwords.hash_of_new(password, owner=owner)

    def unknown_password_hash(self) -> str:
        """The hash of a password that nobody knows."""
        return self.passwords.hasher.hash(self.emails.opaque_tokens.new())

    def _mail_link(self, kind: MailKind, user: User, *, by: Principal) -> None:
        link = self.outbox.url_of(self.password_links.path_for(user.id))
        facts = {"password_reset_url": link}
        message = Message(kind=kind, recipient=user.email, facts=facts)
        self.mail_budgets.queue([message], by=by)


def require_rights_of(user: User, *, since: User | None = None, by: Principal) -> None:
    """Raise NotPermitted if the user gets a right that the caller does not have."""
    former = frozenset() if since is None else rights_of(since.roles)
    for right in sorted(rights_of(user.roles) - former):
        by.require(right)


def _require_other_admin(admin: User, admins: frozenset[UserId], *, by: Principal) -> None:
    """Raise LastAdmin if there is no other, and NotPermitted if the caller was one until just now."""
    if admins <= {admin.id}:
        raise LastAdmin
    if by.user_id is not None and by.user_id not in admins:
        raise NotPermitted(right=Right.APPOINT_STAFF.value)


def require_rights_over(*users: User, by: Principal) -> None:
    """Only those who may appoint staff can create, change or become staff. Raises NotPermitted."""
    by.require(Right.MANAGE_USERS)
    if any(user.is_staff for user in users):
        by.require(Right.APPOINT_STAFF)


def managed_user(users: UserRepository, user_id: UserId, *, by: Principal) -> User:
    """The user, locked, for whoever may manage them. Raises Impersonating, NotPermitted, UserNotFound."""
    by.require_in_person()
    by.require(Right.MANAGE_USERS)
    user = users.get_for_update(user_id)
    require_rights_over(user, by=by)
    return user


def user_subject(user: User) -> AuditSubject:
    return AuditSubject(SubjectType.USER, str(user.id), None)


def members_of_user(user: User, *, since: User | None = None) -> Members:
    """The members of a user for the audit log.

    Names and profiles stay out of it: that they changed is recorded as `renamed` and `profile_changed`.
    """
    members: dict[str, Any] = {
        "roles": [role.value for role in user.roles],
        "is_staff": user.is_staff,
        "is_active": user.is_active,
    }
    if since is not None and since.name != user.name:
        members["renamed"] = True
    if since is not None and since.profile != user.profile:
        members["profile_changed"] = True
    return members
