"""Reports, as JSON and as tables."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import Serializer

from accounts.public import OrganizationId, OrganizationNotFound, Principal, Right, Scope
from authsvc.composition.container import services
from authsvc.http.operations import Access, Forms, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.renderers import CsvRenderer
from authsvc.http.rendering import JSON, Download
from authsvc.http.views import ApiView
from authsvc.kernel.tables import Row, csv_of
from courses.public import CourseNotFound
from progress.api.report_serializers import (
    CourseReportSerializer,
    OrganizationReportSerializer,
    WindowQuerySerializer,
)
from progress.domain.entities.reports import CourseReport, table_of_course, table_of_courses

CSV: Final = CsvRenderer.media_type
Report = TypeVar("Report")


def _json_or_csv(serializer: type[Serializer[Report]], rows: str) -> "Forms[Report]":
    return {JSON: serializer, CSV: {"type": "string", "description": rows}}


class CourseReportView(ApiView):
    renderer_classes = (JSONRenderer, CsvRenderer)

    @operation(
        name="getCourseReport",
        summary="Report on a course: learners, completions by day, items and scores, without names",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        is_expensive=True,
        scope=Scope.PROGRESS_READ,
        query=WindowQuerySerializer,
        answer=_json_or_csv(
            CourseReportSerializer, "One row per count: section,key,title,from_percent,learners."
        ),
        errors=(CourseNotFound,),
    )
    def get(
        self, course: str, *, query: Members, by: Principal, media_type: str
    ) -> CourseReport | Download:
        report = services().reports.of_course(
            course, since=query["since"], until=query["until"], by=by
        )
        if media_type == CSV:
            return _table(table_of_course(report), name=report.summary.course_slug)
        return report


class OrganizationReportView(ApiView):
    renderer_classes = (JSONRenderer, CsvRenderer)

    @operation(
        name="getOrganizationReport",
        summary="Report on the courses of an organization: learners by status",
        access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
        is_expensive=True,
        scope=Scope.PROGRESS_READ,
        answer=_json_or_csv(
            OrganizationReportSerializer,
            "One row per course: course_id,course_slug,learners, and a column per status.",
        ),
        errors=(OrganizationNotFound,),
    )
    def get(
        self, org_id: OrganizationId, *, by: Principal, media_type: str
    ) -> Mapping[str, Any] | Download:
        courses = services().reports.of_organization(org_id, by=by)
        if media_type == CSV:
            return _table(table_of_courses(courses), name=str(org_id))
        return {"courses": courses}


def _table(rows: Iterable[Row], *, name: str) -> Download:
    return Download(csv_of(rows).encode(), filename=f"report-{name}.csv")
