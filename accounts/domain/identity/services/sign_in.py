"""Sign-in service: registration, passwords, second factors, and the sessions that they begin."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import (
    PASSWORD,
    SECOND_FACTOR,
    Authentication,
    Scope,
    SessionId,
    UserId,
)
from accounts.domain.identity.entities.second_factors import (
    FactorMethod,
    PasskeyRequest,
    SignInChallenge,
)
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.entities.sessions import (
    FIRST_PARTY_CLIENT,
    Session,
    SessionPolicy,
    SignInPolicy,
)
from accounts.domain.identity.entities.sign_in_records import SignInWay
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import (
    ActionRequired,
    EmailTaken,
    InvalidChallenge,
    InvalidCredentials,
    SecondFactorMissing,
    SecondFactorRequired,
    UnverifiedEmail,
    WrongSecondFactor,
)
from accounts.domain.identity.ports import (
    EmailAddresses,
    OpaqueTokens,
    PasswordHasher,
    SecondFactors,
    SignUpMails,
)
from accounts.domain.identity.repositories.protocols import (
    SessionRepository,
    SignInChallengeRepository,
    UserRepository,
    VerifiedEmailRepository,
)
from accounts.domain.identity.services.accounts import AccountService
from accounts.domain.identity.services.login_attempts import LoginAttempts, Secret
from accounts.domain.identity.services.security_log import SecurityLog
from accounts.domain.identity.services.sign_in_records import SignInRecords
from accounts.domain.identity.services.tokens import TokenPairs
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import DomainError, Listed
from authsvc.kernel.rate_limits import LimitState, TooManyAttempts
from authsvc.kernel.unit_of_work import UnitOfWork

CHALLENGE_LIVES: Final = timedelta(minutes=5)
_REJECTIONS: Final[Mapping[type[DomainError], SignInFailure]] = {
    InvalidCredentials: SignInFailure.CHANGED_MEANWHILE,
    UnverifiedEmail: SignInFailure.UNVERIFIED_EMAIL,
    SecondFactorMissing: SignInFailure.SECOND_FACTOR_MISSING,
    ActionRequired: SignInFailure.ACTION_REQUIRED,
}
"""Why a user whose password is right does not sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInService:
    accounts: AccountService
    users: UserRepository
    verified_emails: VerifiedEmailRepository
    sign_up_mails: SignUpMails
    sessions: SessionRepository
    challenges: SignInChallengeRepository
    pairs: TokenPairs
    limits: LoginAttempts
    opaque_tokens: OpaqueTokens
    second_factors: SecondFactors
    security_log: SecurityLog
    sign_in_records: SignInRecords
    passwords: PasswordHasher
    email_addresses: EmailAddresses
    policy: SignInPolicy
    session_policy: SessionPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def register(
        self, *, email: str, name: str, password: str, client_ip: str | None = None
    ) -> SignedIn:
        """Create a learner's account and sign them in. Raises EmailTaken, UnsuitablePassword."""
        user = self.accounts.new_user(email=email, name=name, password=password)
        with self.unit_of_work.atomic():
            self.users.add(user)
            self.limits.save_known_address(user.email, client_ip=client_ip)
            self.security_log.record(SecurityEvent.REGISTERED, user_id=user.id)
            return self._start(user, methods=(PASSWORD,), client_ip=client_ip)

    def register_unverified(
        self, *, email: str, name: str, password: str, client_ip: str | None = None
    ) -> str:
        """Create a learner's account and mail a link that verifies its address, which is returned.

        An address that has an account gets a mail, too: neither the answer nor its timing reveals it. Raises
        InvalidEmail, UnsuitablePassword.
        """
        user = self.accounts.new_user(email=email, name=name, password=password)
        try:
            with self.unit_of_work.atomic():
                self.users.add(user)
                self.limits.save_known_address(user.email, client_ip=client_ip)
                self.security_log.record(SecurityEvent.REGISTERED, user_id=user.id)
        except EmailTaken:
            self.sign_up_mails.send(user.email, user_id=None)
        else:
            self.sign_up_mails.send(user.email, user_id=user.id)
        return user.email

    def authenticate(
        self,
        *,
        email: str,
        password: str,
        client_ip: str | None = None,
        address_limit: LimitState | None = None,
        way: SignInWay = SignInWay.PASSWORD,
    ) -> User:
        """The active user with this e-mail address and password; the limits are those of `LoginAttempts.attempt`.

        Raises InvalidCredentials, and TooManyAttempts after too many failed attempts. Neither the answer nor its
        timing reveals whether the account exists.
        """
        account = self.email_addresses.normalized(email)
        try:
            with self.limits.attempt(account, client_ip=client_ip, address_limit=address_limit):
                user = self.users.find_by_email(account)
                password_hash = user.password_hash if user else None
                is_right = self.passwords.verify(password, password_hash=password_hash)
                if user is None or not is_right or not user.is_active:
                    reason = _reason_against(user, is_right=is_right)
                    self.sign_in_records.record_failure(
                        reason,
                        user_id=user.id if user else None,
                        email=account,
                        way=way,
                        client_ip=client_ip,
                    )
                    raise InvalidCredentials
        except TooManyAttempts:
            reason = SignInFailure.TOO_MANY_ATTEMPTS
            self.sign_in_records.record_failure(reason, email=account, way=way, client_ip=client_ip)
            raise
        return user

    def authenticate_and_rehash(
        self,
        *,
        email: str,
        password: str,
        client_ip: str | None = None,
        address_limit: LimitState | None = None,
    ) -> User:
        """Like authenticate, and replace a password hash whose parameters are outdated."""
        user = self.authenticate(
            email=email, password=password, client_ip=client_ip, address_limit=address_limit
        )
        if not self.passwords.is_outdated(user.password_hash, password=password):
            return user
        new_hash = self.passwords.hash(password)
        with (
            self._recorded_rejection(user.id, SignInWay.PASSWORD, client_ip),
            self._locked_unchanged(user, password) as locked,
        ):
            user = replace(locked, password_hash=new_hash)
            self.users.save(user)
        return user

    def log_in(
        self,
        *,
        email: str,
        password: str,
        client_ip: str | None = None,
        address_limit: LimitState | None = None,
    ) -> SignedIn:
        """Start a session of the first-party client.

        Raises InvalidCredentials, TooManyAttempts; UnverifiedEmail if the policy requires a verified address;
        SecondFactorRequired if the user has a second factor, with a challenge for `verify`; SecondFactorMissing if
        the user needs one and has none; ActionRequired if staff have required something of the user first.
        """
        user = self.authenticate(
            email=email,
            password=password,
            client_ip=client_ip,
            address_limit=address_limit,
            way=SignInWay.API,
        )
        new_hash = user.password_hash
        if self.passwords.is_outdated(user.password_hash, password=password):
            new_hash = self.passwords.hash(password)
        with self._recorded_rejection(user.id, SignInWay.API, client_ip):
            methods = self._methods_of(user)
            with self._locked_unchanged(user, password) as locked:
                user = locked
                if new_hash != user.password_hash:
                    user = replace(user, password_hash=new_hash)
                    self.users.save(user)
                self._require_actions_done(user)
                if not methods:
                    return self._start(user, methods=(PASSWORD,), client_ip=client_ip)
                secret, passkey = self._challenge(user, methods)
        raise SecondFactorRequired(
            challenge=secret,
            methods=Listed(methods),
            expires_in=int(CHALLENGE_LIVES.total_seconds()),
            passkey_options=passkey.options if passkey else None,
        )

    def verify(
        self,
        secret: str,
        *,
        code: str | None = None,
        assertion: Mapping[str, Any] | None = None,
        client_ip: str | None = None,
        address_limit: LimitState | None = None,
    ) -> SignedIn:
        """Answer a challenge of `log_in`, with a code or with the assertion of a passkey, and start the session.

        A challenge starts one session. Raises InvalidChallenge, WrongSecondFactor, TooManyAttempts, ActionRequired.
        """
        challenge = self.challenges.find(self.opaque_tokens.hash(secret))
        if challenge is None or not challenge.is_live(at=self.clock.now()):
            if address_limit is not None:
                address_limit.require()
            raise InvalidChallenge
        user_id, way = challenge.user_id, SignInWay.API_SECOND_FACTOR
        try:
            with self.limits.attempt(
                str(user_id), client_ip=client_ip, secret=Secret.CODE, address_limit=address_limit
            ):
                method = self._performed(challenge, code=code, assertion=assertion)
        except (WrongSecondFactor, TooManyAttempts) as error:
            is_wrong = isinstance(error, WrongSecondFactor)
            self.sign_in_records.record_failure(
                SignInFailure.WRONG_SECOND_FACTOR if is_wrong else SignInFailure.TOO_MANY_ATTEMPTS,
                user_id=user_id,
                way=way,
                client_ip=client_ip,
            )
            raise
        with self._recorded_rejection(user_id, way, client_ip), self.unit_of_work.atomic():
            user = self.users.get_for_update(user_id)
            if not self.challenges.remove(challenge.hash) or not user.is_active:
                raise InvalidChallenge
            self._require_actions_done(user)
            methods = (PASSWORD, method, SECOND_FACTOR)
            return self._start(user, methods=methods, client_ip=client_ip)

    def remove_expired(self) -> int:
        """Delete expired challenges. Return how many."""
        with self.unit_of_work.atomic():
            return self.challenges.remove_expired(before=self.clock.now())

    def _challenge(
        self, user: User, methods: tuple[FactorMethod, ...]
    ) -> tuple[str, PasskeyRequest | None]:
        """Store a challenge. Return its secret, and the request for a passkey if the user has one."""
        secret, passkey = self.opaque_tokens.new(), None
        if FactorMethod.PASSKEY in methods:
            passkey = self.second_factors.begin_passkey(user.id)
        self.challenges.add(
            SignInChallenge(
                hash=self.opaque_tokens.hash(secret),
                user_id=user.id,
                expires_at=self.clock.now() + CHALLENGE_LIVES,
                passkey_state=passkey.state if passkey else None,
            )
        )
        return secret, passkey

    def _performed(
        self,
        challenge: SignInChallenge,
        *,
        code: str | None,
        assertion: Mapping[str, Any] | None,
    ) -> str:
        """The method (RFC 8176) of the code or the assertion. Raises WrongSecondFactor."""
        method, state = None, challenge.passkey_state
        if code is not None:
            method = self.second_factors.redeem_code(challenge.user_id, code)
        elif assertion is not None and state is not None:
            method = self.second_factors.verify_assertion(challenge.user_id, assertion, state=state)
        if method is None:
            raise WrongSecondFactor
        return method

    def _methods_of(self, user: User) -> tuple[FactorMethod, ...]:
        """The second factors that the user must choose from. Raises UnverifiedEmail, SecondFactorMissing."""
        if self.policy.needs_verified_email and self.verified_emails.find(user.id) != user.email:
            raise UnverifiedEmail(url=self.policy.sign_in_url)
        methods = self.second_factors.methods_of(user.id)
        if not methods and self.policy.requires_second_factor(is_staff=user.is_staff):
            raise SecondFactorMissing(url=self.policy.second_factor_url)
        return methods

    def _require_actions_done(self, user: User) -> None:
        """Raise ActionRequired while the locked user has something to do on the account pages."""
        if user.required_actions:
            actions = Listed(action.value for action in user.required_actions)
            raise ActionRequired(url=self.policy.sign_in_url, actions=actions)

    @contextmanager
    def _recorded_rejection(
        self, user_id: UserId, way: SignInWay, client_ip: str | None
    ) -> Iterator[None]:
        """Record why the block rejects the user. Opened outside the unit of work that an error rolls back."""
        try:
            yield
        except tuple(_REJECTIONS) as error:
            self.sign_in_records.record_failure(
                _REJECTIONS[type(error)], user_id=user_id, way=way, client_ip=client_ip
            )
            raise

    @contextmanager
    def _locked_unchanged(self, user: User, password: str) -> Iterator[User]:
        """A unit of work with the user locked.

        A user who was deactivated or whose password changed meanwhile must not get a session.
        """
        with self.unit_of_work.atomic():
            locked = self.users.get_for_update(user.id)
            self._require_same(locked, user, password)
            yield locked

    def _require_same(self, locked: User, user: User, password: str) -> None:
        is_same = locked.password_hash == user.password_hash
        if not locked.is_active or not (
            is_same or self.passwords.verify(password, password_hash=locked.password_hash)
        ):
            raise InvalidCredentials

    def _start(self, user: User, *, methods: tuple[str, ...], client_ip: str | None) -> SignedIn:
        now = self.clock.now()
        session = Session(
            id=SessionId(uuid4()),
            user_id=user.id,
            client_id=FIRST_PARTY_CLIENT,
            scopes=frozenset(Scope),
            started_at=now,
            expires_at=now + self.session_policy.ends_after,
            authentication=Authentication(at=now, methods=methods),
        )
        self.sessions.add(session)
        way = SignInWay.API_SECOND_FACTOR if SECOND_FACTOR in methods else SignInWay.API
        self.sign_in_records.record_session(session, user.id, way=way, client_ip=client_ip)
        return SignedIn(user=user, tokens=self.pairs.initial(session, user, at=now))


def _reason_against(user: User | None, *, is_right: bool) -> SignInFailure:
    """Why a password that is right, or not, does not sign in."""
    if user is None:
        return SignInFailure.UNKNOWN_ACCOUNT
    return SignInFailure.INACTIVE if is_right else SignInFailure.WRONG_PASSWORD
