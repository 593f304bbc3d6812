"""What learning pathways ask of learners, and how far these have come."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from accounts.public import Gate, Principal, UserId
from authsvc.kernel.errors import Listed
from authsvc.kernel.events import EventBus
from authsvc.kernel.reach import Reach
from courses.public import (
    CatalogService,
    Course,
    CourseId,
    LearningPathway,
    PathwayCatalogService,
    PathwayId,
)
from progress.domain.entities import PathwayProgress, completed_in
from progress.domain.errors import PrerequisitesMissing
from progress.domain.events import CourseCompleted, PathwayCompleted
from progress.domain.repositories.protocols import ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayService:
    """A course knows whether it is on pathways at all, so that those that are not cost nothing."""

    progress: ProgressRepository
    catalog: CatalogService
    pathways: PathwayCatalogService
    gate: Gate
    events: EventBus

    def get(self, address: str, *, by: Principal) -> PathwayProgress:
        """The pathway, and where the asker stands on it. Raises PathwayNotFound."""
        return self.progress_on(self.pathways.get(address, by=by), by=by)

    def progress_on(self, pathway: LearningPathway, *, by: Principal) -> PathwayProgress:
        """Where the asker stands; a program stands at the beginning."""
        if by.user_id is None:
            return PathwayProgress.of(pathway, [])
        kept = self.progress.on_courses(by.user_id, pathway.course_ids, within=by.own_reach)
        return PathwayProgress.of(pathway, kept)

    def require_prerequisites(self, course: Course, *, by: Principal) -> None:
        """Raise PrerequisitesMissing unless on one of its pathways all that comes before the course is completed.

        A course that is on none in view, or that nothing comes before on one of them, is free; and nobody is kept from
        a course that he is on. What is missing is that of the pathway that asks for the least.
        """
        if not course.pathways:
            return
        pathways = self.pathways.open_with(course.id, within=by.own_reach)
        if not pathways or not all(each.missing_before(course.id, ()) for each in pathways):
            return
        kept = self.progress.on_courses(by.person, _courses_of(pathways), within=by.own_reach)
        if any(progress.course_id == course.id and progress.is_on_it for progress in kept):
            return
        completed = completed_in(kept)
        missing = min((each.missing_before(course.id, completed) for each in pathways), key=len)
        if missing:
            titles = (self.catalog.learnable_by(by, slug).title for slug in missing)
            raise PrerequisitesMissing(missing=Listed(missing), titles=Listed(titles))

    def completed_by(self, user_id: UserId, *, within: Reach) -> AbstractSet[PathwayId]:
        """The pathways in view that the learner has gone to the end, as they are now; retired ones, too."""
        completed = completed_in(self.progress.all_of(user_id, within=within))
        return self.pathways.completed_by(completed, within=within)

    def on_course_completed(self, event: CourseCompleted) -> None:
        """Tell the others of each pathway that is completed with the course. Inside the publisher's unit of work."""
        course = self.catalog.course(event.course_id, within=Reach.into(event.org_id))
        if not course.pathways:
            return
        within = self.gate.view_of(event.user_id)
        pathways = self.pathways.open_with(event.course_id, within=within)
        # Whoever completes two courses at once is let through one by one, or neither would see the other.
        kept = self.progress.on_courses_for_update(
            event.user_id, _courses_of(pathways), within=within
        )
        completed = completed_in(kept)
        for pathway in pathways:
            if pathway.is_completed_with(event.course_id, completed):
                self.events.publish(_completed(pathway, event))


def _courses_of(pathways: Iterable[LearningPathway]) -> frozenset[CourseId]:
    return frozenset().union(*(pathway.course_ids for pathway in pathways))


def _completed(pathway: LearningPathway, event: CourseCompleted) -> PathwayCompleted:
    return PathwayCompleted(
        user_id=event.user_id,
        pathway_id=pathway.id,
        org_id=pathway.org_id,
        pathway_version=pathway.version,
        course_id=event.course_id,
        course_version=event.course_version,
        course_org_id=event.org_id,
        completed_at=event.completed_at,
    )
