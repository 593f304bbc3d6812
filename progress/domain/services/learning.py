"""What learners do."""

from dataclasses import dataclass

from accounts.public import Principal
from authsvc.kernel.clock import Clock
from authsvc.kernel.reach import Reach
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import CatalogService, ItemId, Outline
from progress.domain.entities import Cause, CourseProgress
from progress.domain.errors import AlreadyEnrolled, NotEnrolled
from progress.domain.repositories.protocols import ProgressRepository
from progress.domain.services.pathways import PathwayService
from progress.domain.services.recording import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningService:
    """Each act is one unit of work: its events, the projection, and what follows from them elsewhere.

    What an organization teaches is for its members: for everybody else there is no such course.
    """

    progress: ProgressRepository
    recorder: Recorder
    catalog: CatalogService
    pathways: PathwayService
    unit_of_work: UnitOfWork
    clock: Clock

    def enroll(self, address: str, *, by: Principal, idempotency_key: str = "") -> CourseProgress:
        """Put the asker on the version of the course that is published now.

        Who has withdrawn may come back, to what he had done. Raises CourseNotFound, CourseNotOpen,
        PrerequisitesMissing, AlreadyEnrolled.
        """
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            course = self.catalog.open_course(address, by=by)
            version = self.catalog.version(course.id, course.version, within=by.own_reach)
            self.pathways.require_prerequisites(course, by=by)
            nothing_yet = CourseProgress.before(version, user_id=by.person, at=self.clock.now())
            try:
                return self.recorder.begin(nothing_yet, nothing_yet.enrolment(version), cause)
            except AlreadyEnrolled:
                progress = self._progress_of(by, address)
                return self.recorder.record(progress, progress.enrolment(version), cause)

    def withdraw(self, address: str, *, by: Principal, idempotency_key: str = "") -> CourseProgress:
        """Take the asker off the course. Raises CourseNotFound, NotEnrolled, AlreadyCompleted."""
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            progress = self._progress_of(by, address)
            return self.recorder.record(progress, progress.withdrawal(), cause)

    def start_item(
        self, address: str, item_id: ItemId, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Start the module that holds the item; nothing new if it was started.

        Raises CourseNotFound, NotEnrolled, ItemNotFound.
        """
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            progress = self._progress_of(by, address)
            fact = progress.start_of(item_id, self._outline_of(progress))
            return self.recorder.record(progress, fact, cause) if fact else progress

    def complete_item(
        self, address: str, item_id: ItemId, *, by: Principal, idempotency_key: str = ""
    ) -> CourseProgress:
        """Complete the item, and the course if it was the last one required; nothing new if it was completed.

        Raises CourseNotFound, NotEnrolled, ItemNotFound, AssessmentRequired.
        """
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            progress = self._progress_of(by, address)
            fact = progress.completion_of(item_id, self._outline_of(progress))
            return self.recorder.record(progress, fact, cause) if fact else progress

    def upgrade(self, address: str, *, by: Principal, idempotency_key: str = "") -> CourseProgress:
        """Move the asker to the version that is published now; nothing new if he is on it.

        What he has completed stays completed, for items keep their ids. Raises CourseNotFound, CourseNotOpen,
        NotEnrolled.
        """
        cause = Cause(user_id=by.person, idempotency_key=idempotency_key)
        with self.unit_of_work.atomic():
            progress = self._progress_of(by, address)
            fact = progress.upgrade(self.catalog.open_version(address, by=by))
            return self.recorder.record(progress, fact, cause) if fact else progress

    def _progress_of(self, learner: Principal, address: str) -> CourseProgress:
        """The learner's progress, locked. Raises NotEnrolled, or CourseNotFound if there is not even a course."""
        within = learner.own_reach
        progress = self.progress.find_for_update(learner.person, address, within=within)
        if progress is None:
            self.catalog.learnable_by(learner, address)
            raise NotEnrolled
        return progress

    def _outline_of(self, progress: CourseProgress) -> Outline:
        within = Reach.into(progress.org_id)
        number = progress.course_version
        return self.catalog.version(progress.course_id, number, within=within).outline
