"""Repository protocols of identity."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.second_factors import SignInChallenge
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sessions import (
    RefreshToken,
    Session,
    SessionEnd,
    SessionState,
)
from accounts.domain.identity.entities.sign_in_records import FailedAttempts, SignInRecord
from accounts.domain.identity.entities.users import EVERYONE, PersonSearch, User
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.rate_limits import Limit, LimitState

SESSIONS: Final = Keyset("sessions", {"started_at": datetime, "id": UUID}, descends=True)
USERS: Final = Keyset("users", {"created_at": datetime, "id": UUID})


class UserRepository(Protocol):
    def add(self, user: User) -> None:
        """Store a new user. Raises EmailTaken if another user has this address."""

    def add_all(self, users: Sequence[User]) -> None:
        """Like add, for many users. Call it in a unit of work that ends if it raises: some may have been stored."""

    def get(self, user_id: UserId) -> User:
        """The user with this id. Raises UserNotFound."""

    def find_by_email(self, email: str) -> User | None:
        """The user with this normalized address, if any."""

    def with_emails(self, emails: Collection[str]) -> list[User]:
        """The users with these normalized addresses, in any order."""

    def with_emails_for_update(self, emails: Collection[str]) -> list[User]:
        """Like with_emails, and lock them until the unit of work ends. Call it after admins_for_update."""

    def with_ids(self, user_ids: Collection[UserId]) -> list[User]:
        """The users with these ids, in any order. Ids without a user are ignored."""

    def get_for_update(self, user_id: UserId) -> User:
        """Like get, and lock the user until the unit of work ends."""

    def admins_for_update(self) -> frozenset[UserId]:
        """The ids of all active admins, locked until the unit of work ends. Call it before get_for_update."""

    def save(self, user: User) -> None:
        """Replace the stored user."""

    def change_email(self, user_id: UserId, *, email: str, at: datetime) -> None:
        """Replace the user's address, at this time. Raises EmailTaken if another user has it."""

    def page_of(
        self,
        request: PageRequest,
        *,
        search: PersonSearch = EVERYONE,
        changed_since: datetime | None = None,
    ) -> Page[User]:
        """Those that the search finds, oldest first; the id breaks ties.

        With *changed_since*, those created or changed since then.
        """


class VerifiedEmailRepository(Protocol):
    def find(self, user_id: UserId) -> str | None:
        """The user's verified address, if any."""

    def of_users(self, user_ids: Collection[UserId]) -> dict[UserId, str]:
        """The verified addresses of those of these users that have one."""

    def save(self, user_id: UserId, *, email: str) -> None:
        """Record that the user has verified this address, instead of any other."""


class RateLimitRepository(Protocol):
    """Counted attempts under limits, by key of the subject."""

    def count(self, key: str, limit: Limit, *, at: datetime, amount: int = 1) -> LimitState:
        """Count an attempt as *amount* and return the new state. Concurrent attempts are counted exactly."""

    def count_each(
        self, keys: Collection[str], limit: Limit, *, at: datetime
    ) -> dict[str, LimitState]:
        """Count an attempt for each of these different keys and return the new states."""

    def refund(self, key: str) -> None:
        """Take back one allowed attempt, with the wait that it caused."""

    def reset(self, key: str) -> None:
        """Delete all attempts of the key."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete the attempts that no longer count at that time; return how many keys had some."""


class KnownAddressRepository(Protocol):
    """Client IP addresses of earlier sign-ins, by a key of account and address together."""

    def save(self, key: str, *, seen_at: datetime) -> None:
        """Set the time of the last sign-in."""

    def last_seen(self, key: str) -> datetime | None:
        """The time of the last sign-in, if any."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete those last seen before that time; return how many."""


class SignInRecordRepository(Protocol):
    """Sign-ins and failed attempts, without what was typed."""

    def save(self, record: SignInRecord) -> None:
        """Store the record. If there is one with its id, add its attempts to that, at its time."""

    def latest_of(self, user_id: UserId, *, limit: int) -> list[SignInRecord]:
        """The latest records of the user, the latest first."""

    def first_sign_ins_of(self, user_id: UserId) -> dict[str, datetime]:
        """When the user first signed in from each client IP address, of the sign-ins that are recorded."""

    def failures_by_address(
        self, reasons: Collection[SignInFailure], *, since: datetime, at_least: int
    ) -> dict[str, FailedAttempts]:
        """The attempts since that time that failed for these reasons, for each client IP address with so many."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete the records of attempts before that time. Return how many."""


class LastSeenTimes(Protocol):
    """When users were last seen: the last page, sign-in or renewal of a token that is stored of them."""

    def latest(self, *, limit: int, at: datetime) -> dict[UserId, datetime]:
        """When users were last seen for whom it is later than what was saved: the least recent first.

        Only what has happened since the latest time that was saved, or shortly before, is read. So save in this order.
        """

    def save(self, times: Mapping[UserId, datetime]) -> None:
        """Save when these users were last seen; those who are gone are left out. Call it in a unit of work."""


class SessionRepository(Protocol):
    def add(self, session: Session) -> None:
        """Store a new session."""

    def state_of(self, session_id: SessionId) -> SessionState | None:
        """The state that decides whether tokens of the session are accepted; None if there is no such session."""

    def get_for_update(self, session_id: SessionId) -> Session:
        """The session with this id, locked until the unit of work ends. Raises SessionNotFound."""

    def save(self, session: Session) -> None:
        """Replace the stored session."""

    def page_for_user(
        self, user_id: UserId, request: PageRequest, *, at: datetime
    ) -> Page[Session]:
        """The user's live sessions, newest first; the id breaks ties."""

    def live_in_browser(self, browser_id: SessionId, *, at: datetime) -> list[Session]:
        """The live sessions that started in this browser session, ordered by id."""

    def end_all_of(self, user_id: UserId, *, at: datetime, because: SessionEnd) -> int:
        """End the user's live sessions, and return how many; those that have ended keep their reason."""

    def end_all_of_users(self, *, at: datetime, because: SessionEnd) -> dict[UserId, int]:
        """End the live sessions of all users, and return how many by user.

        Those in which clients act for themselves stay.
        """

    def last_used(self, session_ids: Collection[SessionId]) -> dict[SessionId, datetime]:
        """When the newest refresh token of each of these sessions was issued, if it has any."""

    def end_all_between(
        self, user_id: UserId, client_id: str, *, at: datetime, because: SessionEnd
    ) -> None:
        """End the user's sessions with this client; those that have ended keep their reason."""

    def end_all_of_client(
        self, client_id: str, *, at: datetime, because: SessionEnd, of_users: bool
    ) -> None:
        """End the sessions in which the client acts for itself, and those of users if *of_users*.

        Those that have ended keep their reason.
        """

    def expire_own_of_client(self, client_id: str, *, at: datetime) -> None:
        """Let the sessions in which the client acts for itself expire at that time, unless they do so earlier."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete sessions that expired before that time, with their tokens; return how many."""


class SignInChallengeRepository(Protocol):
    def add(self, challenge: SignInChallenge) -> None:
        """Store a new challenge."""

    def find(self, challenge_hash: str) -> SignInChallenge | None:
        """The challenge with this hash, if any."""

    def remove(self, challenge_hash: str) -> bool:
        """Delete the challenge; return whether it was there. Of concurrent callers one succeeds."""

    def remove_pending(self, user_id: UserId) -> None:
        """Delete all challenges of the user."""

    def remove_all_pending(self) -> None:
        """Delete all challenges."""

    def remove_expired(self, *, before: datetime) -> int:
        """Delete the challenges that expired before that time; return how many."""


class RefreshTokenRepository(Protocol):
    def add(self, token: RefreshToken) -> None:
        """Store a new token."""

    def find(self, token_hash: str) -> RefreshToken | None:
        """The token with this hash, if any."""

    def find_with_session(self, token_hash: str) -> tuple[RefreshToken, Session] | None:
        """Like find, together with the token's session."""

    def find_for_update(self, token_hash: str) -> RefreshToken | None:
        """Like find, and lock the token until the unit of work ends."""

    def save(self, token: RefreshToken) -> None:
        """Replace the stored token."""
