"""Course reports for instructors and managers."""

from dataclasses import dataclass
from datetime import UTC, date

from accounts.public import Gate, OrganizationId, Principal, Right, SubjectType
from authsvc.kernel.clock import Clock
from courses.public import CatalogService, Course, Outline
from progress.domain.entities import (
    CourseReport,
    CourseSummary,
    DayCount,
    Window,
    distributions_of,
    funnel_of,
)
from progress.domain.repositories.protocols import ReportRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportService:
    reports: ReportRepository
    catalog: CatalogService
    gate: Gate
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
        self.gate.note_look(course.org_id, at=SubjectType.LEARNERS, subject_id=course.id, by=by)
        return report

    def of_organization(self, org_id: OrganizationId, *, by: Principal) -> list[CourseSummary]:
        """Return the number of learners by status for each course of the organization, to those who manage members.

        Raises OrganizationNotFound, NotPermitted.
        """
        self.gate.organization(org_id, by=by)
        by.require(Right.MANAGE_MEMBERS, of=org_id)
        summaries = self.reports.summaries(org_id, within=by.reach)
        self.gate.note_look(org_id, at=SubjectType.LEARNERS, subject_id=org_id, by=by)
        return summaries

    def _report(self, course: Course, window: Window, by: Principal) -> CourseReport:
        outline = self._outline(course, by)
        days = self.reports.completions(course.id, window, within=by.reach)
        return CourseReport(
            summary=CourseSummary(
                course_id=course.id,
                course_slug=course.slug,
                org_id=course.org_id,
                statuses=self.reports.statuses(course.id, within=by.reach),
            ),
            window=window,
            completions=tuple(DayCount(day=day, learners=count) for day, count in days.items()),
            items=funnel_of(outline, self.reports.item_completions(course.id, within=by.reach)),
            scores=distributions_of(outline, self.reports.score_bands(course.id, within=by.reach)),
        )

    def _outline(self, course: Course, by: Principal) -> Outline:
        """Return the outline of the published version; empty before the first publication."""
        if not course.version:
            return Outline()
        return self.catalog.version(course.id, course.version, within=by.reach).outline
