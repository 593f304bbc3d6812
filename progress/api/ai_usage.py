"""Usage of AI, as JSON and as tables, and settings about it."""

from typing import Final

from rest_framework.renderers import JSONRenderer

from accounts.public import (
    OrganizationId,
    OrganizationNotFound,
    OrganizationSuspended,
    Principal,
    Right,
    Scope,
)
from authsvc.composition.container import services
from authsvc.http.operations import Access, Forms, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.renderers import CsvRenderer
from authsvc.http.rendering import JSON, Download
from authsvc.http.views import ApiView
from authsvc.kernel.preconditions import Precondition
from authsvc.kernel.tables import csv_of
from courses.public import CourseNotFound
from progress.api.ai_usage_serializers import (
    AISettingsRequestSerializer,
    AISettingsSerializer,
    CourseAISettingsRequestSerializer,
    CourseAISettingsSerializer,
    CourseOutcomeSerializer,
    UsageReportSerializer,
)
from progress.domain.ai.entities.budgets import AISettings
from progress.domain.ai.entities.outcomes import CourseOutcome, table_of_outcomes
from progress.domain.ai.entities.usage import table_of_usage
from progress.domain.ai.errors import AIBudgetTooHigh
from progress.domain.ai.services.settings import AIDecisions
from progress.domain.ai.services.usage import UsageReport

CSV: Final = CsvRenderer.media_type
FORMS: "Final[Forms[UsageReport]]" = {
    JSON: UsageReportSerializer,
    CSV: {"type": "string", "description": "One row per month, organization, course and model."},
}
OUTCOMES: "Final[Forms[CourseOutcome]]" = {
    JSON: CourseOutcomeSerializer,
    CSV: {
        "type": "string",
        "description": "One row per session, oldest first, without its learner.",
    },
}
EDITORS: Final = Access(Whose.HELD, Right.EDIT_ORGANIZATION)


class MyUsageView(ApiView):
    renderer_classes = (JSONRenderer, CsvRenderer)

    @operation(
        name="getMyAIUsage",
        summary="AI usage of the caller by month, course and model, and their budget",
        access=Access(Whose.ONESELF),
        is_expensive=True,
        scope=Scope.AI_READ,
        answer=FORMS,
    )
    def get(self, *, by: Principal, media_type: str) -> UsageReport | Download:
        return _shown(services().ai_usage.of_caller(by=by), media_type, name="mine")


class CourseUsageView(ApiView):
    renderer_classes = (JSONRenderer, CsvRenderer)

    @operation(
        name="getAIUsageOfCourse",
        summary="AI usage on a course by month and model, without names, and its budget",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        is_expensive=True,
        scope=Scope.AI_READ,
        answer=FORMS,
        errors=(CourseNotFound,),
    )
    def get(self, course: str, *, by: Principal, media_type: str) -> UsageReport | Download:
        return _shown(services().ai_usage.of_course(course, by=by), media_type, name=course)


class OrganizationUsageView(ApiView):
    renderer_classes = (JSONRenderer, CsvRenderer)

    @operation(
        name="getAIUsageOfOrganization",
        summary="AI usage in an organization by month, course and model, without names, and its budget",
        access=Access(Whose.HELD, Right.MANAGE_MEMBERS),
        is_expensive=True,
        scope=Scope.AI_READ,
        answer=FORMS,
        errors=(OrganizationNotFound,),
    )
    def get(
        self, org_id: OrganizationId, *, by: Principal, media_type: str
    ) -> UsageReport | Download:
        report = services().ai_usage.of_organization(org_id, by=by)
        return _shown(report, media_type, name=str(org_id))


class CourseOutcomeView(ApiView):
    renderer_classes = (JSONRenderer, CsvRenderer)

    @operation(
        name="getAIOutcomesOfCourse",
        summary="What learners reached after AI sessions on a course, and cost per completion, without names",
        access=Access(Whose.HELD, Right.SEE_PROGRESS),
        is_expensive=True,
        scope=Scope.AI_READ,
        answer=OUTCOMES,
        errors=(CourseNotFound,),
    )
    def get(self, course: str, *, by: Principal, media_type: str) -> CourseOutcome | Download:
        outcome = services().ai_outcomes.of_course(course, by=by)
        if media_type == CSV:
            table = csv_of(table_of_outcomes(outcome.sessions))
            return Download(table.encode(), filename=f"ai-outcomes-{outcome.course_slug}.csv")
        return outcome


class OrganizationSettingsView(ApiView):
    @operation(
        name="getAISettingsOfOrganization",
        summary="Get the AI budget of an organization, and how long it stores texts",
        access=EDITORS,
        scope=Scope.AI_READ,
        answer=AISettingsSerializer,
        errors=(OrganizationNotFound,),
        has_etag=True,
    )
    def get(self, org_id: OrganizationId, *, by: Principal) -> AISettings:
        return services().ai_settings.of_organization(org_id, by=by)

    @operation(
        name="changeAISettingsOfOrganization",
        summary="Replace the AI budget of an organization, and how long it stores texts",
        access=EDITORS,
        scope=Scope.AI_WRITE,
        body=AISettingsRequestSerializer,
        answer=AISettingsSerializer,
        errors=(OrganizationNotFound, OrganizationSuspended, AIBudgetTooHigh),
        is_idempotent=True,
        has_etag=True,
    )
    def put(
        self, org_id: OrganizationId, *, body: Members, if_match: Precondition, by: Principal
    ) -> AISettings:
        return services().ai_settings.decide_for_organization(
            org_id, AIDecisions(**body), if_match=if_match, by=by
        )


class CourseSettingsView(ApiView):
    @operation(
        name="getAISettingsOfCourse",
        summary="Get the AI budget of a course, and whether scores are proposed to its graders",
        access=EDITORS,
        scope=Scope.AI_READ,
        answer=CourseAISettingsSerializer,
        errors=(CourseNotFound,),
        has_etag=True,
    )
    def get(self, course: str, *, by: Principal) -> AISettings:
        return services().ai_settings.of_course(course, by=by)

    @operation(
        name="changeAISettingsOfCourse",
        summary="Replace the AI budget of a course, and whether scores are proposed to its graders",
        access=EDITORS,
        scope=Scope.AI_WRITE,
        body=CourseAISettingsRequestSerializer,
        answer=CourseAISettingsSerializer,
        errors=(CourseNotFound, OrganizationSuspended, AIBudgetTooHigh),
        is_idempotent=True,
        has_etag=True,
    )
    def put(
        self, course: str, *, body: Members, if_match: Precondition, by: Principal
    ) -> AISettings:
        return services().ai_settings.decide_for_course(
            course, AIDecisions(**body), if_match=if_match, by=by
        )


def _shown(report: UsageReport, media_type: str, *, name: str) -> UsageReport | Download:
    if media_type == CSV:
        return Download(
            csv_of(table_of_usage(report.rows)).encode(), filename=f"ai-usage-{name}.csv"
        )
    return report
