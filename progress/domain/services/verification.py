"""Verification of the event log: hash chains, and the projection folded from them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256

from accounts.public import Principal, Right
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService, CourseVersionNotFound
from progress.domain.entities.events import GENESIS, ProgressEvent, StreamId
from progress.domain.entities.progress import CourseProgress, version_after
from progress.domain.errors import AlreadyEnrolled
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository


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
class ChainReport:
    streams: int
    events: int
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLogVerifier:
    """Needs the right to manage all organizations, because it reads the whole log; raises NotPermitted without it.

    Raises InsideUnitOfWork when the caller has a unit of work open.
    """

    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService
    unit_of_work: UnitOfWork

    def compare(self, *, by: Principal) -> ProjectionReport:
        """Fold every stream and compare the result with the stored projection; change nothing."""
        self._require_access(by)
        return self._fold_all(repair=False, scope=by.tenant_scope)

    def rebuild(self, *, by: Principal) -> ProjectionReport:
        """Fold every stream and store the result, each in its own unit of work."""
        self._require_access(by)
        return self._fold_all(repair=True, scope=by.tenant_scope)

    def verify(self, *, by: Principal) -> ChainReport:
        """Verify the hash chain of every stream, up to the head in the projection."""
        self._require_access(by)
        streams = events = 0
        flaws: list[Flaw] = []
        for stream in self._streams(by.tenant_scope):
            length, reason = self._examined(stream, by.tenant_scope)
            streams += 1
            events += length
            if reason:
                flaws.append(Flaw(stream=stream, reason=reason))
        flaws.extend(self._orphans(by.tenant_scope))
        return ChainReport(streams=streams, events=events, flaws=tuple(flaws))

    def _require_access(self, by: Principal) -> None:
        by.require(Right.MANAGE_ORGANIZATIONS)
        # One unit of work around all streams would keep each of them locked to the end.
        self.unit_of_work.require_outside()

    def _examined(self, stream: StreamId, scope: TenantScope) -> tuple[int, str]:
        """Return the number of events of the locked stream, and its defect or an empty string."""
        with self.unit_of_work.atomic():
            head = self._stored(stream, scope)
            try:
                events = self.log.stream(stream, scope=scope)
            except ValueError as error:
                return 0, f"an event cannot be read: {error}"
        return len(events), _broken_link(events) or _wrong_head(head, events[-1])

    def _fold_all(self, *, repair: bool, scope: TenantScope) -> ProjectionReport:
        tally = _Tally()
        for stream in self._streams(scope):
            with self.unit_of_work.atomic():
                stored = self._stored(stream, scope)
                folded = self._folded(stream, scope)
                if repair and isinstance(folded, CourseProgress) and folded != stored:
                    self._store(folded, scope)
            tally.count(folded, stored)
        return tally.report(self._orphans(scope))

    def _folded(self, stream: StreamId, scope: TenantScope) -> CourseProgress | Flaw:
        """Return the progress folded from the stream, or why it cannot be folded."""
        try:
            return self._fold(self.log.stream(stream, scope=scope), scope)
        except ValueError as error:
            return Flaw(stream=stream, reason=f"an event cannot be read: {error}")
        except CourseVersionNotFound:
            return Flaw(stream=stream, reason="there is no such version of the course")

    def _fold(self, events: list[ProgressEvent], scope: TenantScope) -> CourseProgress:
        """Raises CourseVersionNotFound."""
        first = events[0]
        number = int(first.fact.payload.get("course_version", 0))
        version = self.catalog.version(first.course_id, number, scope=scope)
        progress = CourseProgress.before(version, user_id=first.user_id, at=first.occurred_at)
        for event in events:
            number = version_after(event, progress)
            version = self.catalog.version(event.course_id, number, scope=scope)
            progress = progress.apply(event, version.outline)
        return progress

    def _orphans(self, scope: TenantScope) -> Iterator[Flaw]:
        """Yield progress without a first event: `_streams` finds streams by that, so it misses these."""
        for stream in self.progress.orphans(scope=scope):
            yield Flaw(stream=stream, reason="event 1 is missing")

    def _streams(self, scope: TenantScope) -> Iterator[StreamId]:
        cursor = None
        while True:
            request = PageRequest(limit=100, cursor=cursor)
            page = self.log.page_of_streams(request, scope=scope)
            yield from page.items
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


def _broken_link(events: list[ProgressEvent]) -> str:
    """Return the first defect of the chain, or an empty string."""
    previous_hash = GENESIS
    for sequence, event in enumerate(events, start=1):
        if event.sequence != sequence:
            return f"event {sequence} is missing"
        if event.previous_hash != previous_hash:
            return f"event {sequence} does not follow from the one before"
        if event.hash != event.computed_hash():
            return f"event {sequence} was changed"
        previous_hash = event.hash
    return ""


def _wrong_head(head: CourseProgress | None, last: ProgressEvent) -> str:
    if head is not None and (head.sequence, head.hash) == (last.sequence, last.hash):
        return ""
    return "the projection ends with another event"
