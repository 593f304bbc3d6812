"""Keeping the log and its projection true."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256

from accounts.public import Principal, Right
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.pages import PageRequest
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService, CourseVersionNotFound
from progress.domain.entities import (
    GENESIS,
    CourseProgress,
    ProgressEvent,
    StreamId,
    version_after,
)
from progress.domain.errors import AlreadyEnrolled
from progress.domain.repositories.protocols import EventRepository, ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Where a stream cannot be believed, and why."""

    stream: StreamId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionReport:
    """How the projection compares with the log.

    `differing` are streams that amount to something else than was kept, `flaws` say what cannot be compared: a stream
    that cannot be folded, or progress without a stream. `checksum` is over what the log amounts to, `kept_checksum`
    over what was kept before, in the order in which the streams were begun.
    """

    streams: int
    differing: tuple[StreamId, ...]
    flaws: tuple[Flaw, ...]
    checksum: str
    kept_checksum: str

    @property
    def is_true(self) -> bool:
        return not self.differing and not self.flaws


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    streams: int
    events: int
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogService:
    """For those who may see all of the log, and so manage all organizations. Raises NotPermitted."""

    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService
    unit_of_work: UnitOfWork

    def compare(self, *, by: Principal) -> ProjectionReport:
        """Fold every stream and compare the outcome with the kept projection; change nothing."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        return self._fold_all(repair=False, within=by.reach)

    def rebuild(self, *, by: Principal) -> ProjectionReport:
        """Fold every stream and keep the outcome, each in a unit of work of its own."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        return self._fold_all(repair=True, within=by.reach)

    def verify(self, *, by: Principal) -> ChainReport:
        """Walk the hash chain of every stream, up to the head that the projection holds."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        streams = events = 0
        flaws: list[Flaw] = []
        for stream in self._streams(by.reach):
            length, reason = self._examined(stream, by.reach)
            streams += 1
            events += length
            if reason:
                flaws.append(Flaw(stream=stream, reason=reason))
        flaws.extend(self._orphans(by.reach))
        return ChainReport(streams=streams, events=events, flaws=tuple(flaws))

    def _examined(self, stream: StreamId, within: Reach) -> tuple[int, str]:
        """How many events the stream has and what is wrong with it, while nobody adds to it."""
        with self.unit_of_work.atomic():
            head = self._kept(stream, within)
            try:
                events = self.log.stream(stream, within=within)
            except ValueError as error:
                return 0, f"an event cannot be read: {error}"
        return len(events), _broken_link(events) or _wrong_head(head, events[-1])

    def _fold_all(self, *, repair: bool, within: Reach) -> ProjectionReport:
        tally = _Tally()
        for stream in self._streams(within):
            with self.unit_of_work.atomic():
                kept = self._kept(stream, within)
                folded = self._folded(stream, within)
                if repair and isinstance(folded, CourseProgress) and folded != kept:
                    self._keep(folded, within)
            tally.count(folded, kept)
        return tally.report(self._orphans(within))

    def _folded(self, stream: StreamId, within: Reach) -> CourseProgress | Flaw:
        """What the stream amounts to, or why nobody can say."""
        try:
            return self._outcome_of(self.log.stream(stream, within=within), within)
        except ValueError as error:
            return Flaw(stream=stream, reason=f"an event cannot be read: {error}")
        except CourseVersionNotFound:
            return Flaw(stream=stream, reason="there is no such version of the course")

    def _outcome_of(self, events: list[ProgressEvent], within: Reach) -> CourseProgress:
        """Raises CourseVersionNotFound."""
        first = events[0]
        number = int(first.fact.payload.get("course_version", 0))
        version = self.catalog.version(first.course_id, number, within=within)
        progress = CourseProgress.before(version, user_id=first.user_id, at=first.occurred_at)
        for event in events:
            number = version_after(event, progress)
            version = self.catalog.version(event.course_id, number, within=within)
            progress = progress.apply(event, version.outline)
        return progress

    def _orphans(self, within: Reach) -> Iterator[Flaw]:
        """Progress without a beginning in the log: streams are found by that, so these are not among them."""
        for stream in self.progress.orphans(within=within):
            yield Flaw(stream=stream, reason="event 1 is missing")

    def _streams(self, within: Reach) -> Iterator[StreamId]:
        cursor = None
        while True:
            request = PageRequest(limit=100, cursor=cursor)
            page = self.log.page_of_streams(request, within=within)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _kept(self, stream: StreamId, within: Reach) -> CourseProgress | None:
        """What is kept of the stream, locked; None also for what cannot be read, for that is as good as nothing."""
        try:
            return self.progress.find_for_update(
                stream.user_id, str(stream.course_id), within=within
            )
        except ValueError:
            return None

    def _keep(self, folded: CourseProgress, within: Reach) -> None:
        try:
            self.progress.add(folded, within=within)
        except AlreadyEnrolled:
            self.progress.save(folded, within=within)


class _Tally:
    """Counts as it goes, so that a long log needs no memory."""

    def __init__(self) -> None:
        self._streams = 0
        self._differing: list[StreamId] = []
        self._flaws: list[Flaw] = []
        self._folded_sum, self._kept_sum = sha256(), sha256()

    def count(self, folded: CourseProgress | Flaw, kept: CourseProgress | None) -> None:
        self._streams += 1
        if kept is not None:
            self._kept_sum.update(canonical_json(asdict(kept)))
        if isinstance(folded, Flaw):
            self._flaws.append(folded)
            return
        self._folded_sum.update(canonical_json(asdict(folded)))
        if folded != kept:
            self._differing.append(folded.stream)

    def report(self, orphans: Iterable[Flaw]) -> ProjectionReport:
        return ProjectionReport(
            streams=self._streams,
            differing=tuple(self._differing),
            flaws=(*self._flaws, *orphans),
            checksum=self._folded_sum.hexdigest(),
            kept_checksum=self._kept_sum.hexdigest(),
        )


def _broken_link(events: list[ProgressEvent]) -> str:
    """What is wrong with the chain of a stream; nothing when it holds."""
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
