"""Last seen: when users last opened a page, signed in, or used an app that renewed its token."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accounts.domain.identity.repositories.protocols import LastSeenTimes
from authsvc.jobs.entities import JobProgress, JobRequest
from authsvc.jobs.ports import Run
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

LAST_SEEN: Final = JobRequest.periodic("update-last-seen", every=timedelta(minutes=5))
MOST_UPDATED: Final = 100_000
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSeenService:
    """Brings up to date, in a periodic job, when users were last seen.

    Sessions, sign-ins and tokens say it, but the latest of each of very many users takes a list too long to find, and
    requests would have to write one more row, whose lock others wait for, to store it.
    """

    last_seen: LastSeenTimes
    unit_of_work: UnitOfWork
    clock: Clock

    def update(self, run: Run) -> dict[str, int]:
        """Return the number of people who have been seen since the last time; of very many, the next run does the rest.

        Few are locked at once, and none for long.
        """
        times = list(self.last_seen.latest(limit=MOST_UPDATED, at=self.clock.now()).items())
        for begin in range(0, len(times), AT_ONCE):
            with self.unit_of_work.atomic():
                self.last_seen.save(dict(times[begin : begin + AT_ONCE]))
            run.report(JobProgress(done=begin, total=len(times)))
        return {"people": len(times)}
