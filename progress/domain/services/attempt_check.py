"""Comparison of assessment attempts with the events about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final
from uuid import UUID

from accounts.public import Principal, Right
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.kernel.verification import (
    ALL_USERS,
    Finding,
    FindingKind,
    Stored,
    Tally,
    UserRange,
    content_hash_of,
    grouped,
    missing,
    side_by_side,
)
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.events import Cause, EntityType, EventType, ProgressEvent
from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import EventRepository
from progress.domain.services.attempt_outcomes import AttemptOutcomes

ATTEMPTS: Final = "progress_assessmentattempt"
GRADES: Final = "progress_attemptgrade"
_UNRECORDED: Final = (AttemptStatus.STARTED, AttemptStatus.EXPIRED)
"""Statuses of attempts without an event: nothing was submitted."""

_CONTINUED: Final = (EventType.ASSESSMENT_REOPENED, EventType.ASSESSMENT_EXTENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCheck:
    """Verifies that every attempt, with its answers and grades, is what the last event about it recorded."""

    name: ClassVar[str] = "attempts"

    attempts: AttemptRepository
    log: EventRepository
    users: UserRange = ALL_USERS

    def of(self, users: UserRange) -> "AttemptCheck":
        return replace(self, users=users)

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        for events, attempts in self._by_stream(scope):
            tally.count(ATTEMPTS, len(attempts))
            last = _last_by_attempt(events)
            for row in attempts:
                event = last.pop(row.id, None)
                if problem := _problem_of(row, event):
                    yield Finding(
                        kind=problem[0], table=ATTEMPTS, id=str(row.id), detail=problem[1]
                    )
            for attempt_id in last:
                yield missing(ATTEMPTS, attempt_id, log="event log")

    def unbound(self, *, scope: TenantScope) -> Iterator[AssessmentAttempt]:
        """Yield the attempts that their events do not bind, but do not contradict."""
        for events, attempts in self._by_stream(scope):
            last = _last_by_attempt(events)
            for row in attempts:
                problem = _problem_of(row, last.get(row.id))
                if row.item is not None and problem and problem[0] is FindingKind.UNBOUND:
                    yield row.item

    def _by_stream(
        self, scope: TenantScope
    ) -> Iterator[tuple[list[Stored[ProgressEvent]], list[Stored[AssessmentAttempt]]]]:
        log = self.log.in_streams(about=EntityType.ATTEMPT, users=self.users, scope=scope)
        attempts = self.attempts.in_streams(users=self.users, scope=scope)
        sides = side_by_side(
            grouped(log, lambda row: row.key), grouped(attempts, lambda row: row.key)
        )
        return ((events, rows) for _, events, rows in sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBinder:
    """Binds attempts whose events are from before events contained hashes."""

    check: AttemptCheck
    outcomes: AttemptOutcomes
    unit_of_work: UnitOfWork

    def bind_all(self, *, by: Principal) -> int:
        """Record an event with the hash of each unbound attempt, and return their number. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        self.unit_of_work.require_outside()
        with self.unit_of_work.snapshot():
            unbound = [(a.id, a.content_hash) for a in self.check.unbound(scope=by.tenant_scope)]
        return sum(self._bind(*attempt, by=by) for attempt in unbound)

    def _bind(self, attempt_id: AttemptId, content_hash: str, *, by: Principal) -> bool:
        """Bind the attempt, unless it was changed in the meantime, and return whether it was bound."""
        with self.unit_of_work.atomic():
            attempt = self.outcomes.attempts.get(attempt_id, scope=by.tenant_scope)
            progress, locked = self.outcomes.lock(attempt, scope=by.tenant_scope)
            is_unchanged = locked.content_hash == content_hash
            if is_unchanged:
                self.outcomes.record(locked.binding(), progress, Cause(user_id=by.user_id))
        return is_unchanged


def _last_by_attempt(events: Iterable[Stored[ProgressEvent]]) -> dict[UUID, ProgressEvent]:
    """Return the last readable event about each attempt; the others are left to the verification of the log."""
    return {row.item.fact.entity_id: row.item for row in events if row.item is not None}


def _problem_of(
    row: Stored[AssessmentAttempt], event: ProgressEvent | None
) -> tuple[FindingKind, str] | None:
    attempt = row.item
    if attempt is None:
        return FindingKind.UNREADABLE, row.fault
    if row.fault:
        return FindingKind.CHANGED, row.fault
    if event is None:
        is_free = attempt.status in _UNRECORDED
        return None if is_free else (FindingKind.UNRECORDED, "no event records it")
    return _problem_with(attempt, event)


def _problem_with(
    attempt: AssessmentAttempt, event: ProgressEvent
) -> tuple[FindingKind, str] | None:
    if event.fact.type in _CONTINUED:
        return _problem_of_continued(attempt, event)
    if event.fact.binding is None:
        return _problem_of_unbound(attempt, event)
    if event.fact.binding != content_hash_of(attempt):
        return FindingKind.CHANGED, "it is not what the last event about it recorded"
    return None


def _problem_of_continued(
    attempt: AssessmentAttempt, event: ProgressEvent
) -> tuple[FindingKind, str] | None:
    """An attempt that was reopened or extended takes answers until its next submission; its deadline is stated."""
    is_open = attempt.status in _UNRECORDED
    if is_open and event.fact.payload.get("expires_at") == attempt.deadline_text:
        return None
    return FindingKind.CHANGED, "it is not what the last event about it recorded"


def _problem_of_unbound(
    attempt: AssessmentAttempt, event: ProgressEvent
) -> tuple[FindingKind, str]:
    """Events without a hash state the score alone."""
    if event.fact.payload.get("score") != attempt.score:
        return FindingKind.CHANGED, "its score is not what the last event about it recorded"
    return FindingKind.UNBOUND, "its events have no hash; run bind_records"
