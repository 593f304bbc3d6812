"""Verification of the event log: hash chains, and the projection folded from them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import ClassVar, Final
from uuid import UUID

from accounts.public import OrganizationId, Principal, Right, UserId
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from authsvc.kernel.verification import (
    ALL_USERS,
    UNREADABLE,
    Check,
    DivisibleCheck,
    Finding,
    FindingKind,
    Stored,
    Tally,
    UserRange,
    grouped,
    ranges_between,
    side_by_side,
)
from courses.public import CatalogService, CourseVersionNotFound
from progress.domain.entities.events import GENESIS, ProgressEvent, StreamId
from progress.domain.entities.progress import CourseProgress, version_after
from progress.domain.errors import AlreadyEnrolled, LogNotVerified
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository

EVENTS: Final = "progress_progressevent"
PROGRESS: Final = "progress_courseprogress"
STREAMS_AT_ONCE: Final = 1000
"""Number of streams that a rebuild verifies in one snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projector:
    """Folds streams into progress."""

    catalog: CatalogService

    def fold(self, events: Sequence[ProgressEvent], *, scope: TenantScope) -> CourseProgress:
        """Fold the events of a stream, of which there is at least one. Raises CourseVersionNotFound."""
        first, number = events[0], 0
        numbers = [number := version_after(event, number) for event in events]
        versions = {
            number: self.catalog.version(first.course_id, number, scope=scope)
            for number in dict.fromkeys(numbers)
        }
        version = versions[numbers[0]]
        progress = CourseProgress.before(version, user_id=first.user_id, at=first.occurred_at)
        return progress.apply_all(events, versions[number].outline)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLogCheck:
    """Verifies the hash chain of every stream up to its head, and that the stored progress is what follows from it."""

    name: ClassVar[str] = "event-log"

    progress: ProgressRepository
    log: EventRepository
    projector: Projector
    users: UserRange = ALL_USERS

    def of(self, users: UserRange) -> "EventLogCheck":
        return replace(self, users=users)

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        log = self.log.in_streams(users=self.users, scope=scope)
        progress = self.progress.in_streams(users=self.users, scope=scope)
        sides = side_by_side(
            grouped(log, lambda row: row.key), grouped(progress, lambda row: row.key)
        )
        for stream, events, heads in sides:
            tally.count(EVENTS, len(events))
            tally.count(PROGRESS, len(heads))
            yield from self._findings_in(stream, events, heads, scope)

    def _findings_in(
        self,
        stream: StreamId,
        rows: list[Stored[ProgressEvent]],
        heads: list[Stored[CourseProgress]],
        scope: TenantScope,
    ) -> Iterator[Finding]:
        """Yield the first defect of the chain, and else those of the stored progress."""
        events = [row.item for row in rows if row.item is not None]
        if defect := _defect_of(rows):
            kind, detail = defect
            yield Finding(kind=kind, table=EVENTS, id=str(stream), detail=detail)
            return
        problem = self._problem_of_head(heads, events, scope)
        if problem is not None:
            kind, detail = problem
            yield Finding(kind=kind, table=PROGRESS, id=str(stream), detail=detail)

    def _problem_of_head(
        self, heads: list[Stored[CourseProgress]], events: list[ProgressEvent], scope: TenantScope
    ) -> tuple[FindingKind, str] | None:
        if not heads:
            return FindingKind.PROJECTION_DIFFERS, "it is missing"
        head = heads[0].item
        if head is None:
            return FindingKind.UNREADABLE, heads[0].fault
        if is_ahead(head, events):
            return FindingKind.HEAD_DIFFERS, "the projection ends with another event"
        detail = self._problem_of_fold(head, events, scope)
        return (FindingKind.PROJECTION_DIFFERS, detail) if detail else None

    def _problem_of_fold(
        self, head: CourseProgress, events: list[ProgressEvent], scope: TenantScope
    ) -> str:
        """Return how the stored progress differs from the fold; empty if it does not."""
        try:
            folded = self.projector.fold(events, scope=scope)
        except CourseVersionNotFound:
            return "there is no such version of the course"
        except UNREADABLE:
            return "the version of the course is unreadable"
        if folded == head:
            return ""
        at = "" if head.hash == folded.hash else f", and ends with event {head.sequence}"
        return f"it does not follow from the events{at}"


def is_ahead(head: CourseProgress, events: list[ProgressEvent]) -> bool:
    """Whether the stored progress ends with an event that is not in the log, which is then not complete."""
    if not 1 <= head.sequence <= len(events):
        return True
    return events[head.sequence - 1].hash != head.hash


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSelection:
    """The streams to rebuild: those of one learner, of the courses of one organization, of both, or all."""

    user_id: UserId | None = None
    org_id: OrganizationId | None = None

    @property
    def users(self) -> UserRange:
        """The users whose streams are read."""
        if self.user_id is None:
            return ALL_USERS
        before = self.user_id.int - 1
        return UserRange(above=UUID(int=before) if before >= 0 else None, up_to=self.user_id)

    def covers(self, stream: StreamId) -> bool:
        is_of_org = self.org_id is None or stream.org_id == self.org_id
        return is_of_org and self.users.covers(stream.user_id)


EVERYTHING: Final = RebuildSelection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A defect of a stream."""

    stream: StreamId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionReport:
    """Comparison of the projection with the log.

    `differing` are streams whose fold differs from the stored progress; `flaws` are streams that cannot be folded, and
    progress without a stream. `checksum` covers the folded progress and `stored_checksum` the stored progress before
    any repair, in the order in which the streams were started.
    """

    streams: int
    differing: tuple[StreamId, ...]
    flaws: tuple[Flaw, ...]
    checksum: str
    stored_checksum: str

    @property
    def is_clean(self) -> bool:
        return not self.differing and not self.flaws


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLogVerifier:
    """Compares and rebuilds the projection.

    Needs the right to manage all organizations, because it reads the whole log; raises NotPermitted without it. Raises
    InsideUnitOfWork when the caller has a unit of work open.
    """

    progress: ProgressRepository
    log: EventRepository
    projector: Projector
    log_check: DivisibleCheck
    anchor_check: Check
    unit_of_work: UnitOfWork
    streams_at_once: int = STREAMS_AT_ONCE

    def compare(self, *, by: Principal) -> ProjectionReport:
        """Fold every stream and compare the result with the stored projection; change nothing."""
        self._require_access(by)
        return self._fold_all(repair=False, scope=by.tenant_scope)

    def rebuild(
        self,
        selection: RebuildSelection = EVERYTHING,
        *,
        trusts_log: bool = False,
        report: Callable[[int, str], None] = lambda _number, _phase: None,
        by: Principal,
    ) -> ProjectionReport:
        """Fold the selected streams and store the results, each in its own unit of work.

        Learners go on meanwhile: the log is verified in parts, each in a snapshot of its own, and a stream is locked
        while it is folded and no longer. So the result is that of a rebuild without them. *report* is called outside of
        units of work, with the number of parts or streams that are done and what is being done.

        Raises LogNotVerified if a chain is broken or the log is not what an anchor states, and if stored progress ends
        with an event that is not in the log: the log may have been cut, and only that progress still shows it. With
        *trusts_log* the latter is repaired.
        """
        self._require_access(by)
        scope = by.tenant_scope
        for number, users in enumerate(self._parts(selection, scope)):
            report(number, "verifying the log")
            self._require_verified(self.log_check.of(users), scope, trusts_log=trusts_log)
        report(0, "comparing the log with the anchors")
        self._require_verified(self.anchor_check, scope, trusts_log=trusts_log)
        return self._fold_all(selection, report, repair=True, scope=scope)

    def _require_access(self, by: Principal) -> None:
        by.require(Right.MANAGE_ORGANIZATIONS)
        # One unit of work around all streams would keep each of them locked to the end.
        self.unit_of_work.require_outside()

    def _parts(self, selection: RebuildSelection, scope: TenantScope) -> Iterable[UserRange]:
        if selection.user_id is not None:
            return [selection.users]
        return ranges_between(
            self.progress.user_boundaries(every=self.streams_at_once, scope=scope)
        )

    def _require_verified(self, check: Check, scope: TenantScope, *, trusts_log: bool) -> None:
        with self.unit_of_work.snapshot():
            for finding in check.findings(Tally(), scope=scope):
                is_of_head = (finding.table, finding.kind) == (PROGRESS, FindingKind.HEAD_DIFFERS)
                if finding.table == EVENTS or (is_of_head and not trusts_log):
                    raise LogNotVerified(part=finding.id, defect=finding.detail)

    def _fold_all(
        self,
        selection: RebuildSelection = EVERYTHING,
        report: Callable[[int, str], None] = lambda _number, _phase: None,
        *,
        repair: bool,
        scope: TenantScope,
    ) -> ProjectionReport:
        tally = _Tally()
        for number, stream in enumerate(self._streams(selection, scope)):
            report(number, "folding streams")
            with self.unit_of_work.atomic():
                stored = self._stored(stream, scope)
                folded = self._folded(stream, scope)
                if repair and isinstance(folded, CourseProgress) and folded != stored:
                    self._store(folded, scope)
            tally.count(folded, stored)
        return tally.report(self._orphans(selection, scope))

    def _folded(self, stream: StreamId, scope: TenantScope) -> CourseProgress | Flaw:
        """Return the progress folded from the stream, or why it cannot be folded."""
        try:
            events = self.log.stream(stream, scope=scope)
        except ValueError as error:
            return Flaw(stream=stream, reason=f"an event cannot be read: {error}")
        try:
            return self.projector.fold(events, scope=scope)
        except CourseVersionNotFound:
            return Flaw(stream=stream, reason="there is no such version of the course")
        except UNREADABLE:
            return Flaw(stream=stream, reason="the version of the course is unreadable")

    def _orphans(self, selection: RebuildSelection, scope: TenantScope) -> Iterator[Flaw]:
        """Yield progress without a first event: `_streams` finds streams by that, so it misses these."""
        for stream in filter(selection.covers, self.progress.orphans(scope=scope)):
            yield Flaw(stream=stream, reason="event 1 is missing")

    def _streams(self, selection: RebuildSelection, scope: TenantScope) -> Iterator[StreamId]:
        cursor = None
        while True:
            request = PageRequest(limit=100, cursor=cursor)
            page = self.log.page_of_streams(request, users=selection.users, scope=scope)
            yield from filter(selection.covers, page.items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def _stored(self, stream: StreamId, scope: TenantScope) -> CourseProgress | None:
        """Return the stored progress of the stream, locked; None if there is none or it cannot be read."""
        try:
            return self.progress.find_for_update(stream.user_id, str(stream.course_id), scope=scope)
        except ValueError:
            return None

    def _store(self, folded: CourseProgress, scope: TenantScope) -> None:
        try:
            self.progress.add(folded, scope=scope)
        except AlreadyEnrolled:
            self.progress.save(folded, scope=scope)


class _Tally:
    """Builds a report stream by stream, so that memory does not grow with the log."""

    def __init__(self) -> None:
        self._streams = 0
        self._differing: list[StreamId] = []
        self._flaws: list[Flaw] = []
        self._folded_sum, self._stored_sum = sha256(), sha256()

    def count(self, folded: CourseProgress | Flaw, stored: CourseProgress | None) -> None:
        self._streams += 1
        if stored is not None:
            self._stored_sum.update(canonical_json(asdict(stored)))
        if isinstance(folded, Flaw):
            self._flaws.append(folded)
            return
        self._folded_sum.update(canonical_json(asdict(folded)))
        if folded != stored:
            self._differing.append(folded.stream)

    def report(self, orphans: Iterable[Flaw]) -> ProjectionReport:
        return ProjectionReport(
            streams=self._streams,
            differing=tuple(self._differing),
            flaws=(*self._flaws, *orphans),
            checksum=self._folded_sum.hexdigest(),
            stored_checksum=self._stored_sum.hexdigest(),
        )


def _defect_of(rows: list[Stored[ProgressEvent]]) -> tuple[FindingKind, str] | None:
    """Return the first defect of a chain, if there is one."""
    if not rows:
        return FindingKind.MISSING, "event 1 is missing"
    previous_hash = GENESIS
    for sequence, row in enumerate(rows, start=1):
        event = row.item
        if event is None:
            return FindingKind.UNREADABLE, f"an event is unreadable: {row.fault}"
        if event.sequence != sequence:
            return FindingKind.MISSING, f"event {sequence} is missing"
        if event.previous_hash != previous_hash:
            return FindingKind.UNLINKED, f"event {sequence} does not follow from the one before"
        if event.hash != event.computed_hash():
            return FindingKind.CHANGED, f"event {sequence} was changed"
        previous_hash = event.hash
    return None
