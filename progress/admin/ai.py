"""Admin pages of AI sessions: reading them, deciding about flags, limits of courses, and outcomes."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.public import OrganizationId, Principal, Right, SubjectType
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.charts import Chart, in_cents
from authsvc.admin_site.downloads import csv_download
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.kernel.paging import MOST_ON_A_PAGE, PageRequest
from authsvc.overview.entities import Period
from progress import models as rows
from progress.domain.ai.entities.feedback import AIFlagId, FlagOutcome
from progress.domain.ai.entities.outcomes import SessionOutcome, table_of_outcomes
from progress.domain.ai.entities.sessions import AISessionId
from progress.domain.ai.services.settings import AIDecisions

MESSAGES = "progress_aisession_messages"


def _link_to_messages(session_id: UUID) -> SafeString:
    return format_html('<a href="{}">Messages</a>', reverse(f"admin:{MESSAGES}", args=[session_id]))


@admin.register(rows.AISession)
class AISessionAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    """Sessions without their texts, which have a page of their own: reading them is an audited access."""

    right = Right.SEE_PROGRESS
    subject_type = SubjectType.AI_SESSION
    owner = "org"
    list_display = ["user", "course", "org", "session_type", "started_at", "ended_at", "sequence"]
    list_filter = ["session_type", "org"]
    list_select_related = ["user", "course", "org"]
    search_fields = ["user__email", "course__slug"]
    ordering = ["-started_at"]
    fields = [
        "user",
        "course",
        "org",
        "item_id",
        "session_type",
        "client_id",
        "started_at",
        "ended_at",
        "sequence",
        "hash",
        "removed_through",
        "messages",
    ]

    @admin.display
    def messages(self, row: rows.AISession) -> SafeString:
        return _link_to_messages(row.id)

    @admin_page({"<id:session_id>/messages/": MESSAGES})
    def messages_view(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        """Show a page of the messages with their texts."""
        row = self.row_allowed_by(self.has_act_permission, request, session_id)
        wanted = PageRequest(limit=MOST_ON_A_PAGE, cursor=request.GET.get("cursor"))
        page = services().ai_oversight.interactions_of(
            AISessionId(session_id), wanted, by=staff_of(request)
        )
        about = {"title": f"Messages of {row.user}", "row": row, "page": page}
        context = self.admin_site.each_context(request) | about
        return TemplateResponse(request, "admin/progress/aisession/messages.html", context)

    @admin_page({"outcomes/<id:course_id>/": "progress_aisession_outcomes"})
    def outcomes_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Show what learners reached after sessions on a course."""
        outcome = services().ai_outcomes.of_course(str(course_id), by=staff_of(request))
        about = {
            "title": f"AI sessions on {outcome.course_slug}",
            "outcome": outcome,
            "charts": _charts(outcome.sessions),
        }
        context = self.admin_site.each_context(request) | about
        return TemplateResponse(request, "admin/progress/aisession/outcomes.html", context)

    @admin_page({"outcomes/<id:course_id>/csv/": "progress_aisession_table"})
    def table_view(self, request: HttpRequest, course_id: UUID) -> HttpResponse:
        """Return the sessions with their outcomes as a CSV file."""
        outcome = services().ai_outcomes.of_course(str(course_id), by=staff_of(request))
        filename = f"ai-outcomes-{outcome.course_slug}.csv"
        return csv_download(table_of_outcomes(outcome.sessions), filename=filename)


def _charts(sessions: Sequence[SessionOutcome]) -> list[Chart]:
    """How many of the sessions came before a pass, and what they cost, by day or week; none without sessions."""
    if not sessions:
        return []
    numbers, passes, costs = Counter[date](), Counter[date](), Counter[date]()
    for session in sessions:
        day = session.started_at.astimezone(UTC).date()
        numbers[day] += 1
        passes[day] += session.was_passed
        costs[day] += session.cost_micro_usd
    period = Period.of(min(numbers), max(numbers), today=max(numbers))
    before = {"Sessions": period.by_part(numbers), "Before a pass": period.by_part(passes)}
    cents = {"US cents": in_cents(period.by_part(costs))}
    return [
        Chart.over(period, "sessions", "Sessions and those before a pass", before),
        Chart.over(period, "cost", "Cost in US cents", cents),
    ]


@admin.register(rows.AIInteraction)
class AIInteractionAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.AI_SESSION
    owner = "org"
    list_display = [
        "position",
        "occurred_at",
        "user",
        "org",
        "role",
        "model_id",
        "input_tokens",
        "output_tokens",
        "cost_micro_usd",
    ]
    list_filter = ["role", "is_reported", "org"]
    list_select_related = ["user", "org"]
    search_fields = ["user__email"]
    ordering = ["-position"]


@admin.register(rows.AIFlag)
class AIFlagAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.GRADE_ATTEMPTS
    subject_type = SubjectType.AI_SESSION
    owner = "org"
    list_display = ["flagged_at", "user", "comment", "is_open", "outcome"]
    list_filter = ["is_open", "outcome", "org"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-is_open", "flagged_at"]
    fields = [
        "user",
        "org",
        "flagged_at",
        "comment",
        "is_open",
        "outcome",
        "note",
        "decided_by",
        "decided_at",
        "messages",
    ]
    actions = ["uphold", "dismiss"]

    @admin.display
    def messages(self, row: rows.AIFlag) -> SafeString:
        return _link_to_messages(row.session_id)

    @staff_action("Uphold", done="upheld", requires_reason=True)
    def uphold(self, row: rows.AIFlag, reason: str, by: Principal) -> None:
        _decide(row, FlagOutcome.UPHELD, reason, by)

    @staff_action("Dismiss", done="dismissed", requires_reason=True)
    def dismiss(self, row: rows.AIFlag, reason: str, by: Principal) -> None:
        _decide(row, FlagOutcome.DISMISSED, reason, by)


def _decide(row: rows.AIFlag, outcome: FlagOutcome, note: str, by: Principal) -> None:
    services().ai_flags.decide(AIFlagId(row.id), outcome, note=note, by=by)


class LimitsForm(forms.Form):
    """Either the organization or the course is needed; an empty limit is the default of the platform."""

    organization = forms.UUIDField(required=False, help_text="The id of an organization, or …")
    course = forms.SlugField(required=False, help_text="… the slug or id of a course.")
    monthly_tokens = forms.IntegerField(required=False, min_value=0, help_text="0 for no limit.")
    monthly_cost_micro_usd = forms.IntegerField(
        required=False, min_value=0, help_text="In millionths of a US dollar; 0 for no limit."
    )
    retention_days = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=36_500,
        help_text="Of an organization: days after which texts are removed; 0 for never.",
    )
    proposes_grades = forms.BooleanField(
        label="Propose scores",
        required=False,
        help_text="Of a course: whether graders can have a language model propose scores.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("organization")) == bool(values.get("course")):
            raise forms.ValidationError("Enter an organization or a course.")
        if values.get("organization") and values.get("proposes_grades"):
            raise forms.ValidationError("Only a course can have scores proposed.")
        return values


@admin.register(rows.AISettings)
class AISettingsAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.EDIT_ORGANIZATION
    subject_type = SubjectType.ORGANIZATION
    owner = "org"
    list_display = [
        "subject_id",
        "org",
        "course",
        "monthly_tokens",
        "monthly_cost_micro_usd",
        "retention_days",
        "proposes_grades",
    ]
    list_filter = ["org"]
    list_select_related = ["org", "course"]
    search_fields = ["course__slug", "org__slug"]
    ordering = ["subject_id"]

    @admin_page({"decide/": "progress_aisettings_decide"})
    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Set the limits of an organization or a course."""
        by = staff_of(request)
        by.require(Right.EDIT_ORGANIZATION)
        back = reverse("admin:progress_aisettings_changelist")
        form = LimitsForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.form_page(request, form, title="Set limits", back=back)
        values = dict(form.cleaned_data)
        org_id, course = values.pop("organization"), values.pop("course")
        decisions, service = AIDecisions(**values), services().ai_settings
        if org_id:
            service.decide_for_organization(OrganizationId(org_id), decisions, by=by)
        else:
            service.decide_for_course(course, decisions, by=by)
        self.message_user(request, "The limits are set.", messages.SUCCESS)
        return redirect(back)


@admin.register(rows.AIFeedback)
class AIFeedbackAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.AI_SESSION
    owner = "org"
    list_display = ["given_at", "user", "org", "rating", "comment"]
    list_filter = ["rating", "org"]
    list_select_related = ["user", "org"]
    search_fields = ["user__email"]
    ordering = ["-given_at"]


@admin.register(rows.AIBudgetCounter)
class AIBudgetCounterAdmin(ReadOnlyAdmin):
    list_display = [
        "key",
        "spent_tokens",
        "spent_micro_usd",
        "reserved_tokens",
        "reserved_micro_usd",
    ]
    list_select_related = []
    search_fields = ["key"]
    ordering = ["key"]


@admin.register(rows.AIReservation)
class AIReservationAdmin(ReadOnlyAdmin):
    list_display = ["id", "tokens", "micro_usd", "expires_at"]
    list_select_related = []
    ordering = ["expires_at"]
