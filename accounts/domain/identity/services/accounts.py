"""Account service: registration, name, profile and password of a user's own account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from accounts.domain.access import Principal, UserId
from accounts.domain.identity.entities.events import EmailVerified
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import RequiredAction, User
from accounts.domain.identity.errors import InvalidEmail, UnsuitablePassword, WrongPassword
from accounts.domain.identity.ports import (
    EmailAddresses,
    PasswordHasher,
    PasswordOwner,
    PasswordPolicy,
)
from accounts.domain.identity.repositories.protocols import UserRepository, VerifiedEmailRepository
from accounts.domain.identity.services.outgoing_events import changes_of
from accounts.domain.identity.services.revocation import SessionRevocation
from accounts.domain.identity.services.security_log import SecurityLog
from authsvc.events.services.outbox import EventOutbox
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.events import EventBus
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Password policy and hasher together, so that no new password is hashed unchecked."""

    policy: PasswordPolicy
    hasher: PasswordHasher

    def hash_of_new(
        self, password: str, *, owner: PasswordOwner | User, member: str = "password"
    ) -> str:
        """The hash to store. Raises UnsuitablePassword, with field errors for this *member* of the request."""
        owner = PasswordOwner(email=owner.email, name=owner.name, is_staff=owner.is_staff)
        field_errors = self.policy.field_errors(password, owner=owner)
        if field_errors:
            raise UnsuitablePassword(
                *(FieldError(path=member, detail=text) for text in field_errors)
            )
        return self.hasher.hash(password)


def email_of_new(email: str, addresses: EmailAddresses) -> str:
    """The address to store for a new user. Raises InvalidEmail."""
    if not addresses.is_valid(email):
        raise InvalidEmail(FieldError(path="email", detail=f"{email!r} is not a valid address."))
    return addresses.normalized(email)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountService:
    users: UserRepository
    verified_emails: VerifiedEmailRepository
    revocation: SessionRevocation
    passwords: Passwords
    email_addresses: EmailAddresses
    security_log: SecurityLog
    events: EventOutbox
    event_bus: EventBus
    unit_of_work: UnitOfWork
    clock: Clock

    def register(self, *, email: str, name: str, password: str) -> User:
        """Create a learner's account. Raises InvalidEmail, EmailTaken, UnsuitablePassword."""
        user = self.new_user(email=email, name=name, password=password)
        with self.unit_of_work.atomic():
            self.users.add(user)
            self.security_log.record(SecurityEvent.REGISTERED, user_id=user.id)
        return user

    def new_user(self, *, email: str, name: str, password: str) -> User:
        """A learner that is not stored yet. Raises InvalidEmail, UnsuitablePassword."""
        return User.registered(
            UserId(uuid4()),
            email=email_of_new(email, self.email_addresses),
            name=name,
            password_hash=self.passwords.hash_of_new(
                password, owner=PasswordOwner(email=email, name=name)
            ),
            at=self.clock.now(),
        )

    def get(self, by: Principal) -> User:
        return self.users.get(by.person)

    def describe(
        self,
        *,
        name: str | None = None,
        profile: Mapping[str, str] | None = None,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> User:
        """Change the caller's name and members of their profile; None leaves it unchanged.

        Raises UnsuitableProfile, PreconditionFailed.
        """
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(by.person)
            if_match.require(user)
            described = user.described(name=name, profile=profile, at=self.clock.now())
            self.users.save(described)
            self.events.record(*changes_of(user, described, at=self.clock.now()))
        return described

    def change_password(self, *, current: str, new: str, by: Principal) -> None:
        """Change the caller's password and end all their sessions, the current one too.

        Raises Impersonating, WrongPassword, UnsuitablePassword.
        """
        by.require_in_person()
        owner = self.users.get(by.person)
        current_hash = owner.password_hash
        self._require(current, password_hash=current_hash)
        self._require_other(new, owner=owner, member="new_password")
        new_hash = self.passwords.hash_of_new(new, owner=owner, member="new_password")
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(by.person)
            if user.password_hash != current_hash:
                self._require(current, password_hash=user.password_hash)
            self._replace_password(user, new_hash)
            self.security_log.record(SecurityEvent.PASSWORD_CHANGED, user_id=user.id)

    def reset_password(self, user_id: UserId, *, password: str) -> None:
        """Set the password of a user who followed an e-mailed link, and end all their sessions.

        The link was mailed to their address, so that is verified.
        Raises UserNotFound, UnsuitablePassword.
        """
        owner = self.users.get(user_id)
        self._require_other(password, owner=owner, member="password")
        password_hash = self.passwords.hash_of_new(password, owner=owner)
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            self._replace_password(user, password_hash)
            self.verified_emails.save(user.id, email=user.email)
            self.event_bus.publish(EmailVerified(user_id=user.id, email=user.email))
            self.security_log.record(SecurityEvent.PASSWORD_RESET, user_id=user.id)

    def complete(self, action: RequiredAction, *, user_id: UserId) -> None:
        """Record that the user has done what staff may have required of them."""
        with self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            if action in user.required_actions:
                self.users.save(user.having_done(action))

    def _replace_password(self, user: User, password_hash: str) -> None:
        done = user.having_done(RequiredAction.CHANGE_PASSWORD)
        self.users.save(replace(done, password_hash=password_hash))
        self.revocation.revoke_all_of(user.id, because=SessionEnd.PASSWORD_CHANGED)

    def _require_other(self, password: str, *, owner: User, member: str) -> None:
        """Raise UnsuitablePassword if the user must change their password, and this is the one they have."""
        is_required = RequiredAction.CHANGE_PASSWORD in owner.required_actions
        if is_required and self.passwords.hasher.verify(
            password, password_hash=owner.password_hash
        ):
            detail = "Choose a password other than the current one."
            raise UnsuitablePassword(FieldError(path=member, detail=detail))

    def _require(self, current: str, *, password_hash: str) -> None:
        """Raises WrongPassword."""
        if not self.passwords.hasher.verify(current, password_hash=password_hash):
            raise WrongPassword(FieldError(path="current_password", detail=WrongPassword.title))
