"""Keeping the log and its projection true."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256

from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.pages import PageRequest
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService
from progress.domain.entities import (
    GENESIS,
    CourseProgress,
    ProgressEvent,
    StreamId,
    version_after,
)
from progress.domain.repositories.protocols import EventRepository, ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionReport:
    """How the projection compares with the log.

    `checksum` is over what the log amounts to, `kept_checksum` over what was kept before; `orphans` counts what was
    kept without any log. All of it is in the order in which the streams were begun.
    """

    streams: int
    differing: tuple[StreamId, ...]
    orphans: int
    checksum: str
    kept_checksum: str

    @property
    def is_true(self) -> bool:
        return not self.differing and not self.orphans


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Where a stream cannot be believed, and why."""

    stream: StreamId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    streams: int
    events: int
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogService:
    progress: ProgressRepository
    log: EventRepository
    catalog: CatalogService
    unit_of_work: UnitOfWork

    def compare(self) -> ProjectionReport:
        """Fold every stream and compare the outcome with the kept projection; change nothing."""
        return self._fold_all(repair=False)

    def rebuild(self) -> ProjectionReport:
        """Fold every stream and keep the outcome, each in a unit of work of its own."""
        return self._fold_all(repair=True)

    def verify(self) -> ChainReport:
        """Walk the hash chain of every stream, up to the head that the projection holds."""
        streams = events = 0
        flaws: list[Flaw] = []
        for stream in self._streams():
            length, reason = self._examined(stream)
            streams += 1
            events += length
            if reason:
                flaws.append(Flaw(stream=stream, reason=reason))
        return ChainReport(streams=streams, events=events, flaws=tuple(flaws))

    def _examined(self, stream: StreamId) -> tuple[int, str]:
        """How many events the stream has and what is wrong with it, while nobody adds to it."""
        with self.unit_of_work.atomic():
            head = self.progress.find_for_update(stream.user_id, str(stream.course_id))
            try:
                events = self.log.stream(stream)
            except ValueError as error:
                return 0, f"an event cannot be read: {error}"
        return len(events), _broken_link(events) or _wrong_head(head, events[-1])

    def _fold_all(self, *, repair: bool) -> ProjectionReport:
        tally = _Tally(kept_in_all=self.progress.count())
        for stream in self._streams():
            with self.unit_of_work.atomic():
                kept = self.progress.find_for_update(stream.user_id, str(stream.course_id))
                folded = self._folded(self.log.stream(stream))
                if repair and kept is None:
                    self.progress.add(folded)
                elif repair and folded != kept:
                    self.progress.save(folded)
            tally.count(folded, kept)
        return tally.report()

    def _streams(self) -> Iterator[StreamId]:
        cursor = None
        while True:
            page = self.log.page_of_streams(PageRequest(limit=100, cursor=cursor))
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _folded(self, events: list[ProgressEvent]) -> CourseProgress:
        first = events[0]
        version = self.catalog.version(first.course_id, int(first.fact.payload["course_version"]))
        progress = CourseProgress.before(version, user_id=first.user_id, at=first.occurred_at)
        for event in events:
            version = self.catalog.version(event.course_id, version_after(event, progress))
            progress = progress.apply(event, version.outline)
        return progress


class _Tally:
    """Counts as it goes, so that a long log needs no memory."""

    def __init__(self, *, kept_in_all: int) -> None:
        self._kept_in_all = kept_in_all
        self._streams = self._kept = 0
        self._differing: list[StreamId] = []
        self._folded_sum, self._kept_sum = sha256(), sha256()

    def count(self, folded: CourseProgress, kept: CourseProgress | None) -> None:
        self._streams += 1
        if kept is not None:
            self._kept += 1
            self._kept_sum.update(canonical_json(asdict(kept)))
        self._folded_sum.update(canonical_json(asdict(folded)))
        if folded != kept:
            self._differing.append(folded.stream)

    def report(self) -> ProjectionReport:
        return ProjectionReport(
            streams=self._streams,
            differing=tuple(self._differing),
            orphans=self._kept_in_all - self._kept,
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
