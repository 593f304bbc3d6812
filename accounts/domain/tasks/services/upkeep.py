"""Upkeep: periodic work that no caller asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accounts.domain.access import OPERATOR, Right, Scope
from accounts.domain.audit.services.anchors import AnchorService
from authsvc.jobs.entities import LONGEST_SILENCE, JobProgress, JobRequest, Queue
from authsvc.jobs.errors import JobRetry
from authsvc.jobs.ports import JobKind, Run

EXPIRY: Final = "remove-expired"
ANCHOR: Final = "anchor"


def periodic(
    kind: str,
    *,
    every: timedelta,
    delay: timedelta = timedelta(),
    shown_to: Right | None = None,
) -> JobRequest:
    """The request for a periodic job whose result is shown to callers with that right on the platform."""
    arguments = (
        {} if shown_to is None else {"right": shown_to.value, "scope": Scope.ORGS_READ.value}
    )
    return JobRequest.periodic(kind, every=every, delay=delay, arguments=arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Deletes what has expired, each kind of it by its own service, and the browser sessions that have ended."""

    removals: Callable[[], Mapping[str, Callable[[], int]]]
    clear_browser_sessions: Callable[[], None]

    @property
    def kind(self) -> JobKind:
        return JobKind(name=EXPIRY, run=self.run, queue=Queue.LONG, longest_silence=LONGEST_SILENCE)

    def run(self, run: Run) -> dict[str, int]:
        """Return how much of each kind was deleted."""
        removals, removed = self.removals(), dict[str, int]()
        for done, (noun, remove) in enumerate(removals.items()):
            run.report(JobProgress(done=done, total=len(removals), message=noun))
            removed[noun] = remove()
        self.clear_browser_sessions()
        return removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """Makes anchors and exports them."""

    anchors: AnchorService

    @property
    def kind(self) -> JobKind:
        return JobKind(name=ANCHOR, run=self.run, queue=Queue.LONG, longest_silence=LONGEST_SILENCE)

    def run(self, run: Run) -> dict[str, int | str]:
        """Return the number of the anchor, and the place it was exported to."""
        anchor = self.anchors.make(by=OPERATOR)
        try:
            place = self.anchors.export(anchor)
        except OSError as error:
            msg = f"anchor {anchor.sequence} is stored, but cannot be exported: {error.strerror}"
            raise JobRetry(msg) from None
        return {"sequence": anchor.sequence, "exported_to": place}
