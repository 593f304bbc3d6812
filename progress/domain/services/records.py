"""What somebody has done, for the apps that reward it."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.public import UserId
from authsvc.kernel.reach import Reach
from progress.domain.entities import CourseProgress, CourseRecord, LearnerRecord
from progress.domain.repositories.protocols import AttemptRepository, ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordService:
    progress: ProgressRepository
    attempts: AttemptRepository

    def record_of(self, user_id: UserId, *, within: Reach) -> LearnerRecord:
        """What the person has done in view; nothing of somebody who is not known."""
        return self._record(user_id, self.progress.all_of(user_id, within=within), within)

    def record_for_update(self, user_id: UserId, *, within: Reach) -> LearnerRecord:
        """The same, one asker after the other: who does two things at once is seen to have done both."""
        kept = self.progress.all_of_for_update(user_id, within=within)
        return self._record(user_id, kept, within)

    def _record(
        self, user_id: UserId, kept: Iterable[CourseProgress], within: Reach
    ) -> LearnerRecord:
        return LearnerRecord(
            courses={
                progress.course_id: CourseRecord(
                    course_version=progress.course_version,
                    last_activity_at=progress.last_activity_at,
                    completed_at=progress.completed_at,
                )
                for progress in kept
            },
            best_percents=self.attempts.best_percents(user_id, within=within),
        )
