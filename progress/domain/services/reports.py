"""Course reports for instructors and managers."""

from dataclasses import dataclass
from datetime import UTC, date

from accounts.public import OrganizationId, Principal, Right, SubjectType, TenantAccess
from authsvc.kernel.clock import Clock
from courses.public import CatalogService, Course, Outline
from progress.domain.entities.reports import (
    CourseReport,
    CourseSummary,
    DayCount,
    Window,
    distributions_of,
    funnel_of,
)
from progress.domain.repositories.protocols.reports import ReportRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportService:
    reports: ReportRepository
    catalog: CatalogService
    tenant_access: TenantAccess
    clock: Clock

    def of_course(
        self,
        slug_or_id: str,
        *,
        since: date | None = None,
        until: date | None = None,
        by: Principal,
    ) -> CourseReport:
        """Return the report on a course, with its completions in a window. Raises CourseNotFound, NotPermitted."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        window = Window.of(since, until, today=self.clock.now().astimezone(UTC).date())
        report = self._report(course, window, by)
        self.tenant_access.record_access(
            course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by
        )
        return report

    def learners_of(self, slug_or_id: str, *, by: Principal) -> int:
        """Return how many learners the course has or had. Raises CourseNotFound, NotPermitted."""
        course = self.catalog.visible_to(by, slug_or_id)
        by.require(Right.SEE_PROGRESS, of=course.org_id)
        return sum(self.reports.statuses(course.id, scope=by.tenant_scope).values())

    def of_organization(self, org_id: OrganizationId, *, by: Principal) -> list[CourseSummary]:
        """Return the number of learners by status for each course of the organization, to those who manage members.

        Raises OrganizationNotFound, NotPermitted.
        """
        self.tenant_access.organization(org_id, by=by)
        by.require(Right.MANAGE_MEMBERS, of=org_id)
        summaries = self.reports.summaries(org_id, scope=by.tenant_scope)
        self.tenant_access.record_access(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        return summaries

    def _report(self, course: Course, window: Window, by: Principal) -> CourseReport:
        outline = self._outline(course, by)
        days = self.reports.completions(course.id, window, scope=by.tenant_scope)
        return CourseReport(
            summary=CourseSummary(
                course_id=course.id,
                course_slug=course.slug,
                org_id=course.org_id,
                statuses=self.reports.statuses(course.id, scope=by.tenant_scope),
            ),
            window=window,
            completions=tuple(DayCount(day=day, learners=count) for day, count in days.items()),
            items=funnel_of(
                outline, self.reports.item_completions(course.id, scope=by.tenant_scope)
            ),
            scores=distributions_of(
                outline, self.reports.score_bands(course.id, scope=by.tenant_scope)
            ),
        )

    def _outline(self, course: Course, by: Principal) -> Outline:
        """Return the outline of the published version; empty before the first publication."""
        if not course.version:
            return Outline()
        return self.catalog.version(course.id, course.version, scope=by.tenant_scope).outline
