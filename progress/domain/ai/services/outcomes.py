"""Outcome reports: what learners reached after AI sessions on a course."""

from dataclasses import dataclass

from accounts.public import Principal, Right, SubjectType, TenantAccess
from courses.public import CatalogService
from progress.domain.ai.entities.outcomes import CourseOutcome, items_of
from progress.domain.ai.repositories.protocols.budgets import AIOutcomeRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class AIOutcomeService:
    outcomes: AIOutcomeRepository
    catalog: CatalogService
    tenant_access: TenantAccess

    def of_course(self, slug_or_id: str, *, by: Principal) -> CourseOutcome:
        """Return the outcomes on the course, without names. Raises CourseNotFound, NotPermitted."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        sessions = tuple(self.outcomes.of_course(course.id, scope=by.tenant_scope))
        outline = self.catalog.entry(str(course.id), by=by).outline
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by
        )
        return CourseOutcome(
            course_id=course.id,
            course_slug=course.slug,
            sessions=sessions,
            items=items_of(sessions, outline),
        )
