"""User management and verified e-mail addresses."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.domain.access import Principal, Right, Role, UserId
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import AuditLog
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.domain.identity.errors import UserNotFound
from accounts.domain.identity.ports import EmailAddresses
from accounts.domain.identity.repositories.protocols import (
    UserRepository,
    VerifiedEmailRepository,
)
from accounts.domain.identity.services.accounts import Passwords, email_of_new
from accounts.domain.identity.services.revocation import SessionRevocation
from accounts.domain.identity.services.security_log import SecurityLog
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailService:
    users: UserRepository
    verified_emails: VerifiedEmailRepository
    email_addresses: EmailAddresses
    unit_of_work: UnitOfWork

    def verified(self, user_id: UserId) -> str | None:
        """The user's e-mail address, if it is verified. Raises UserNotFound."""
        email = self.users.get(user_id).email
        return email if self.verified_emails.find(user_id) == email else None

    def verify(self, user_id: UserId, *, email: str) -> None:
        """Record that the user followed the link sent to *email*, which becomes their address if it was not.

        Raises UserNotFound, EmailTaken.
        """
        email = self.email_addresses.normalized(email)
        with self.unit_of_work.atomic():
            if self.users.get_for_update(user_id).email != email:
                self.users.change_email(user_id, email=email)
            self.verified_emails.save(user_id, email=email)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserService:
    """User management. It requires the right to manage users, and for staff also the right to appoint staff."""

    users: UserRepository
    revocation: SessionRevocation
    passwords: Passwords
    email_addresses: EmailAddresses
    security_log: SecurityLog
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def get(self, user_id: UserId, *, by: Principal) -> User:
        """The caller, or any user if the caller manages users. Raises UserNotFound otherwise."""
        if user_id != by.user_id and not by.may(Right.MANAGE_USERS):
            raise UserNotFound
        return self.users.get(user_id)

    def find(self, email: str, *, by: Principal) -> User:
        """The user with this e-mail address. Raises NotPermitted, UserNotFound."""
        by.require(Right.MANAGE_USERS)
        user = self.users.find_by_email(self.email_addresses.normalized(email))
        if user is None:
            raise UserNotFound
        return user

    def page_of(self, request: PageRequest, *, by: Principal) -> Page[User]:
        """Oldest first; the id breaks ties. Raises NotPermitted."""
        by.require(Right.MANAGE_USERS)
        return self.users.page_of(request)

    def create(
        self,
        *,
        email: str,
        name: str,
        password: str,
        roles: Collection[Role],
        is_staff: bool = False,
        reason: str = "",
        by: Principal,
    ) -> User:
        """Create a user; an admin is staff, whatever *is_staff* says.

        Raises NotPermitted, InvalidEmail, EmailTaken, UnsuitablePassword.
        """
        by.require(Right.MANAGE_USERS)
        user = User.registered(
            UserId(uuid4()),
            email=email_of_new(email, self.email_addresses),
            name=name,
            password_hash="",
            roles=roles,
            is_staff=is_staff,
            at=self.clock.now(),
        )
        _require_rights_over(user, by=by)
        password_hash = self.passwords.hash_of_new(password, owner=user)
        user = replace(user, password_hash=password_hash)
        with self.unit_of_work.atomic():
            self.users.add(user)
            self.security_log.record(SecurityEvent.REGISTERED, by=by.identity, user_id=user.id)
            self.audit_log.record(
                AuditAction.USER_CREATED,
                _subject(user),
                by=by,
                because=reason,
                after=_members_of(user),
            )
        return user

    def edit(
        self, user_id: UserId, changes: UserChanges, *, reason: str = "", by: Principal
    ) -> User:
        """Change a user. Everyone may change their own name. Deactivating a user ends their sessions.

        Raises NotPermitted, UserNotFound.
        """
        if user_id != by.user_id and not by.may(Right.MANAGE_USERS):
            raise UserNotFound
        is_own_name = user_id == by.user_id and changes.is_name_only
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            edited = changes.applied_to(user)
            if not is_own_name:
                _require_rights_over(user, edited, by=by)
            self.users.save(edited)
            if user.is_active and not edited.is_active:
                because = SessionEnd.DEACTIVATED
                self.revocation.revoke_all_of(user_id, because=because, by=by.identity)
            if edited != user and not is_own_name:
                self.audit_log.record(
                    AuditAction.USER_EDITED,
                    _subject(user),
                    by=by,
                    because=reason,
                    before=_members_of(user),
                    after=_members_of(edited, since=user),
                )
        return edited

    def set_password(
        self, user_id: UserId, *, password: str, reason: str = "", by: Principal
    ) -> None:
        """Set a user's password and end their sessions. Raises NotPermitted, UserNotFound, UnsuitablePassword."""
        by.require(Right.MANAGE_USERS)
        password_hash = self.passwords.hash_of_new(password, owner=self.users.get(user_id))
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            _require_rights_over(user, by=by)
            self.users.save(replace(user, password_hash=password_hash))
            because = SessionEnd.PASSWORD_CHANGED
            self.revocation.revoke_all_of(user_id, because=because, by=by.identity)
            self.security_log.record(SecurityEvent.PASSWORD_RESET, by=by.identity, user_id=user_id)
            action = AuditAction.USER_PASSWORD_SET
            self.audit_log.record(action, _subject(user), by=by, because=reason)


def _require_rights_over(*users: User, by: Principal) -> None:
    """Only those who may appoint staff can create, change or become staff. Raises NotPermitted."""
    by.require(Right.MANAGE_USERS)
    if any(user.is_staff for user in users):
        by.require(Right.APPOINT_STAFF)


def _subject(user: User) -> AuditSubject:
    return AuditSubject(SubjectType.USER, str(user.id), None)


def _members_of(user: User, *, since: User | None = None) -> Members:
    """The members of a user for the audit log. Names stay out of it; a changed name is recorded as `renamed`."""
    members = {
        "roles": [role.value for role in user.roles],
        "is_staff": user.is_staff,
        "is_active": user.is_active,
    }
    is_renamed = since is not None and since.name != user.name
    return members | {"renamed": True} if is_renamed else members
