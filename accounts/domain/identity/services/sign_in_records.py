"""Sign-in records service: what staff see of sign-ins and of failed attempts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from accounts.domain.access import SessionId, UserId
from accounts.domain.identity.entities.browsers import BrowserSession, network_of
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.entities.sessions import Session, SignInPolicy
from accounts.domain.identity.entities.sign_in_records import (
    MANY_FAILURES,
    MANY_WITHIN,
    SUSPICIOUS_FAILURES,
    FailedAttempts,
    SignInRecord,
    SignInRecordId,
    SignInWay,
)
from accounts.domain.identity.repositories.protocols import SignInRecordRepository
from accounts.domain.identity.services.security_log import SecurityLog
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

MOST_RECENT: Final = 20
MOST_ADDRESSES: Final = 1000
SAME_SIGN_IN: Final = timedelta(minutes=1)
"""A record this close to the beginning of a session is that of its own sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRecords:
    """Records sign-ins and failed attempts in the security log and, in one statement, for staff.

    Every way to sign in calls it. Attempts that are alike share a record, so that a flood of them stores one per hour
    for each client IP address, person, way and reason. Who was meant by an attempt that a limit rejects is not looked
    up: these share one record per client IP address, way and hour.
    """

    records: SignInRecordRepository
    security_log: SecurityLog
    policy: SignInPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def record(self, user_id: UserId, *, way: SignInWay, client_ip: str | None) -> None:
        """Record a sign-in to the account pages."""
        self.security_log.record(SecurityEvent.SIGNED_IN, user_id=user_id)
        self._save_success(user_id, way, client_ip)

    def record_session(
        self, session: Session, user_id: UserId, *, way: SignInWay, client_ip: str | None
    ) -> None:
        """Record a sign-in that starts this session, within the unit of work that stores it."""
        self.security_log.record_session(SecurityEvent.SIGNED_IN, session)
        self._save_success(user_id, way, client_ip)

    def record_device(self, user_id: UserId, *, client_ip: str | None) -> None:
        """Record that the user let a device sign in as them, which the security log records as an event of its own."""
        self._save_success(user_id, SignInWay.DEVICE, client_ip)

    def record_failure(
        self,
        reason: SignInFailure,
        *,
        way: SignInWay,
        client_ip: str | None,
        user_id: UserId | None = None,
        email: str = "",
    ) -> None:
        """Record a failed attempt of this user, or with this address, which only the security log has as a hash.

        Raises InsideUnitOfWork: the error that the caller raises next would roll the record back.
        """
        self.unit_of_work.require_outside()
        if user_id is not None:
            self.security_log.record_failure_of(user_id, reason)
        elif email:
            self.security_log.record_failure_for(email, reason)
        else:
            self.security_log.record(SecurityEvent.SIGN_IN_FAILED, reason=reason)
        failed = SignInRecord.failed(
            reason, user_id=user_id, way=way, client_ip=client_ip, at=self.clock.now()
        )
        with self.unit_of_work.single():
            self.records.save(failed)

    def latest_of(self, user_id: UserId) -> list[SignInRecord]:
        """The latest records of the user, at most MOST_RECENT."""
        return self.records.latest_of(user_id, limit=MOST_RECENT)

    def new_networks(self, browsers: Sequence[BrowserSession]) -> frozenset[SessionId]:
        """Those of a user's sessions that are at a network from which the user had not signed in before they began.

        None is if no earlier sign-in is recorded.
        """
        firsts: dict[str, datetime] = {}
        for client_ip, at in self._first_sign_ins(browsers).items():
            network = network_of(client_ip)
            firsts[network] = min(at, firsts.get(network, at))
        return frozenset(
            browser.id
            for browser in browsers
            if any(at < browser.started_at - SAME_SIGN_IN for at in firsts.values())
            and firsts.get(browser.network, browser.started_at) >= browser.started_at - SAME_SIGN_IN
        )

    def addresses_with_failures(self, *, most: int = MOST_ADDRESSES) -> dict[str, int]:
        """The client IP addresses from which many attempts have failed lately, and how many: most of them first."""
        totals = {ip: failed.attempts for ip, failed in self._many_failures().items()}
        return dict(sorted(totals.items(), key=lambda total: (-total[1], total[0]))[:most])

    def many_failures(self) -> FailedAttempts | None:
        """The attempts from all client IP addresses from which many have failed lately, if there are any."""
        failures = self._many_failures().values()
        if not failures:
            return None
        return FailedAttempts(
            attempts=sum(failed.attempts for failed in failures),
            last_at=max(failed.last_at for failed in failures),
        )

    def remove_expired(self) -> int:
        """Delete records older than the policy says; return how many."""
        with self.unit_of_work.atomic():
            return self.records.remove_expired(before=self.clock.now() - self.policy.recorded_for)

    def _many_failures(self) -> dict[str, FailedAttempts]:
        return self.records.failures_by_address(
            SUSPICIOUS_FAILURES, since=self.clock.now() - MANY_WITHIN, at_least=MANY_FAILURES
        )

    def _first_sign_ins(self, browsers: Sequence[BrowserSession]) -> dict[str, datetime]:
        return self.records.first_sign_ins_of(browsers[0].user_id) if browsers else {}

    def _save_success(self, user_id: UserId, way: SignInWay, client_ip: str | None) -> None:
        succeeded = SignInRecord(
            id=SignInRecordId(uuid4()),
            user_id=user_id,
            client_ip=client_ip or "",
            way=way,
            at=self.clock.now(),
        )
        with self.unit_of_work.single():
            self.records.save(succeeded)
