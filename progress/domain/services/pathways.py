"""Pathways: prerequisites of courses, and the progress of learners."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from accounts.public import Principal, TenantAccess, UserId
from authsvc.kernel.errors import Listed
from authsvc.kernel.events import EventBus
from authsvc.kernel.tenancy import TenantScope
from courses.public import (
    CatalogService,
    Course,
    CourseId,
    LearningPathway,
    PathwayCatalogService,
    PathwayId,
)
from progress.domain.entities.pathways import PathwayProgress, completed_in
from progress.domain.errors import PrerequisitesMissing
from progress.domain.events import CourseCompleted, PathwayCompleted
from progress.domain.repositories.protocols.progress import ProgressRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayService:
    """Courses count the pathways they are on, so that a course on none costs no query."""

    progress: ProgressRepository
    catalog: CatalogService
    pathways: PathwayCatalogService
    tenant_access: TenantAccess
    events: EventBus

    def get(self, slug_or_id: str, *, by: Principal) -> PathwayProgress:
        """Return the caller's progress on the pathway. Raises PathwayNotFound."""
        return self.progress_on(self.pathways.get(slug_or_id, by=by), by=by)

    def progress_on(self, pathway: LearningPathway, *, by: Principal) -> PathwayProgress:
        """Return the caller's progress on the pathway; a client that acts for itself has none."""
        if by.user_id is None:
            return PathwayProgress.of(pathway, [])
        courses = self.progress.on_courses(by.user_id, pathway.course_ids, scope=by.member_scope)
        return PathwayProgress.of(pathway, courses)

    def require_prerequisites(self, course: Course, *, by: Principal) -> None:
        """Raise PrerequisitesMissing unless the prerequisites of the course are completed on one of its pathways.

        A course on no pathway in scope has no prerequisites, and nobody is kept from a course they are enrolled on. The
        error names the prerequisites of the pathway with the fewest missing.
        """
        if not course.pathways:
            return
        pathways = self.pathways.open_with(course.id, scope=by.member_scope)
        if not pathways or not all(pathway.missing_before(course.id, ()) for pathway in pathways):
            return
        courses = self.progress.on_courses(by.person, _courses_of(pathways), scope=by.member_scope)
        if any(progress.course_id == course.id and progress.is_enrolled for progress in courses):
            return
        completed = completed_in(courses)
        missing = min(
            (pathway.missing_before(course.id, completed) for pathway in pathways), key=len
        )
        if missing:
            titles = (self.catalog.learnable_by(by, slug).title for slug in missing)
            raise PrerequisitesMissing(missing=Listed(missing), titles=Listed(titles))

    def completed_by(self, user_id: UserId, *, scope: TenantScope) -> AbstractSet[PathwayId]:
        """Return the pathways in scope that the learner has completed as they are now, retired ones included."""
        completed = completed_in(self.progress.all_of(user_id, scope=scope))
        return self.pathways.completed_by(completed, scope=scope)

    def on_course_completed(self, event: CourseCompleted) -> None:
        """Publish each pathway that the course completes, inside the unit of work of the publisher."""
        course = self.catalog.course(event.course_id, scope=TenantScope.into(event.org_id))
        if not course.pathways:
            return
        scope = self.tenant_access.member_scope_of(event.user_id)
        pathways = self.pathways.open_with(event.course_id, scope=scope)
        # Two simultaneous completions of one learner are serialized, or neither would see the other.
        courses = self.progress.on_courses_for_update(
            event.user_id, _courses_of(pathways), scope=scope
        )
        completed = completed_in(courses)
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
