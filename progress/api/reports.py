"""Reports over HTTP, as JSON and as tables."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.public import NotPermitted, OrganizationId, OrganizationNotFound, Right, Scope
from authsvc.actors import principal_of
from authsvc.api.operations import Access, Operation, Shape, Whose, describes
from authsvc.api.renderers import CsvRenderer
from authsvc.api.views import ApiView, json_of, query_of
from authsvc.container import services
from authsvc.kernel.tables import Row
from courses.public import CourseNotFound
from progress.api.report_serializers import (
    CourseReportSerializer,
    OrganizationReportSerializer,
    WindowQuerySerializer,
)
from progress.domain.entities import table_of_course, table_of_courses

RENDERERS: Final = (JSONRenderer, CsvRenderer)


def in_both_forms(serializer: type[Serializer[Any]], table: str) -> Shape:
    """As JSON; or as CSV, for whoever asks for that with Accept."""
    return {
        str(JSONRenderer.media_type): serializer,
        CsvRenderer.media_type: {"type": "string", "description": table},
    }


def report_response(
    request: Request,
    report: object,
    serializer: type[Serializer[Any]],
    *,
    table: Iterable[Row],
    name: str,
) -> Response:
    """The report in the form that was asked for; a table is a file with this *name*."""
    if not isinstance(request.accepted_renderer, CsvRenderer):
        return Response(json_of(report, serializer))
    headers = {"Content-Disposition": f'attachment; filename="report-{name}.csv"'}
    return Response(table, headers=headers)


class CourseReportView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}
    renderer_classes = RENDERERS

    @describes(
        Operation(
            name="getCourseReport",
            access=Access(Whose.HELD, Right.SEE_PROGRESS),
            summary="How a course goes: learners, completions by day, items and scores, without names",
            query=WindowQuerySerializer,
            answer=in_both_forms(
                CourseReportSerializer, "A count a row: section,key,title,from_percent,learners."
            ),
            refusals=(NotPermitted, CourseNotFound),
        )
    )
    def get(self, request: Request, course: str) -> Response:
        query = query_of(request, WindowQuerySerializer)
        report = services().reports.of_course(
            course, since=query["since"], until=query["until"], by=principal_of(request)
        )
        return report_response(
            request,
            report,
            CourseReportSerializer,
            table=table_of_course(report),
            name=report.summary.course_slug,
        )


class OrganizationReportView(ApiView):
    required_scopes = {"GET": Scope.PROGRESS_READ}
    renderer_classes = RENDERERS

    @describes(
        Operation(
            name="getOrganizationReport",
            access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
            summary="How many learners of each course of an organization are in which status",
            answer=in_both_forms(
                OrganizationReportSerializer,
                "A course a row: course_id,course_slug,learners, and a column for each status.",
            ),
            refusals=(NotPermitted, OrganizationNotFound),
        )
    )
    def get(self, request: Request, org_id: UUID) -> Response:
        courses = services().reports.of_organization(
            OrganizationId(org_id), by=principal_of(request)
        )
        return report_response(
            request,
            {"courses": courses},
            OrganizationReportSerializer,
            table=table_of_courses(courses),
            name=str(org_id),
        )
