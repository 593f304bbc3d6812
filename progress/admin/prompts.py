"""Admin pages of prompt templates: new versions, previews, which version answers, and how their results compare."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.public import Principal, Right
from authsvc.admin_site.actions import admin_page, staff_action
from authsvc.admin_site.downloads import csv_download
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import add_form_errors
from authsvc.kernel.errors import Conflict, Invalid
from progress import models as rows
from progress.domain.ai.entities.prompts import (
    BUILT_IN,
    GREATEST_SHARE,
    LONGEST_NAME,
    PromptTemplateId,
    table_of_results,
)
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.prompts import LONGEST_PROMPT, PLACEHOLDERS, TUTORING
from progress.domain.ai.services.prompts import COMPARED, PromptDraft

LIST: Final = "admin:progress_prompttemplate_changelist"
PAGE: Final = "admin:progress_prompttemplate_change"


class TextForm(ReasonForm):
    text = forms.CharField(
        max_length=LONGEST_PROMPT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "vLargeTextField"}),
        help_text="Contains each of these once: "
        + ", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS),
    )


class TemplateForm(TextForm):
    """A template with another name."""

    name = forms.SlugField(
        max_length=LONGEST_NAME, help_text="Lowercase letters, digits and single hyphens."
    )
    session_type = forms.ChoiceField(choices=[(type_.value, type_.value) for type_ in BUILT_IN])
    field_order = ["name", "session_type", "text", "reason"]


class VersionForm(TextForm):
    """The next version, with the number of the latest one that its author has seen."""

    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = ["text", "reason", "after"]


class TrialForm(ReasonForm):
    traffic_percent = forms.IntegerField(
        min_value=1,
        max_value=GREATEST_SHARE,
        help_text="Per cent of the sessions that are started from now on.",
    )
    field_order = ["traffic_percent", "reason"]


@admin.register(rows.PromptTemplate)
class PromptTemplateAdmin(ReadOnlyAdmin):
    """Versions of templates, which belong to the platform. What a version is used for is a row of its own."""

    right = Right.MANAGE_PROMPTS
    change_list_template = "admin/progress/prompttemplate/change_list.html"
    list_display = [
        "name",
        "version",
        "session_type",
        "status",
        "traffic_percent",
        "created_by",
        "created_at",
        "activated_at",
    ]
    list_filter = ["session_type", "use__status"]
    list_select_related = ["created_by"]
    search_fields = ["name"]
    ordering = ["name", "-version"]
    fields = [
        "name",
        "version",
        "session_type",
        "text",
        "created_by",
        "created_at",
        "status",
        "traffic_percent",
        "trial_since",
        "activated_by",
        "activated_at",
    ]
    actions = ["activate", "end_trial", "retire"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The versions with what they are used for, in one query."""
        return super().get_queryset(request).select_related("use__activated_by")

    @admin.display(ordering="use__status")
    def status(self, row: rows.PromptTemplate) -> str:
        return row.use.status

    @admin.display(ordering="use__traffic_percent")
    def traffic_percent(self, row: rows.PromptTemplate) -> int:
        return row.use.traffic_percent

    @admin.display(ordering="use__trial_since")
    def trial_since(self, row: rows.PromptTemplate) -> Any:
        return row.use.trial_since

    @admin.display
    def activated_by(self, row: rows.PromptTemplate) -> Any:
        return row.use.activated_by

    @admin.display(ordering="use__activated_at")
    def activated_at(self, row: rows.PromptTemplate) -> Any:
        return row.use.activated_at

    @staff_action("Activate", done="activated", requires_reason=True)
    def activate(self, row: rows.PromptTemplate, reason: str, by: Principal) -> None:
        services().ai_prompts.activate(PromptTemplateId(row.id), because=reason, by=by)

    @staff_action("End the trial of", done="taken off trial", requires_reason=True)
    def end_trial(self, row: rows.PromptTemplate, reason: str, by: Principal) -> None:
        services().ai_prompts.end_trial(PromptTemplateId(row.id), because=reason, by=by)

    @staff_action("Retire", done="retired", requires_reason=True)
    def retire(self, row: rows.PromptTemplate, reason: str, by: Principal) -> None:
        services().ai_prompts.retire(PromptTemplateId(row.id), because=reason, by=by)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"may_edit": self.has_act_permission(request)})

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_edit"] = self.has_act_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin_page({"create/": "progress_prompttemplate_create"})
    def create_view(self, request: HttpRequest) -> HttpResponse:
        """Create a template, starting from the built-in text."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = TemplateForm(request.POST or None, initial={"text": TUTORING.text})
        created = self._created(request, form)
        return created or self.form_page(
            request, form, title="Create a template", back=reverse(LIST)
        )

    @admin_page({"<id:template_id>/edit/": "progress_prompttemplate_edit"})
    def edit_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Create the next version, starting from the text of this one."""
        row = self.row_allowed_by(self.has_act_permission, request, template_id)
        versions = rows.PromptTemplate.objects.filter(name=row.name)
        latest = versions.aggregate(number=Max("version"))["number"]
        form = VersionForm(request.POST or None, initial={"text": row.text, "after": latest})
        created = self._created(request, form, name=row.name, session_type=row.session_type)
        return created or self.row_form_page(request, row, form, title="Create a new version")

    @admin_page({"<id:template_id>/trial/": "progress_prompttemplate_trial"}, takes_away=True)
    def trial_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Start a trial with a share of the sessions."""
        row = self.row_allowed_by(self.has_act_permission, request, template_id)
        form = TrialForm(request.POST or None)
        if not form.is_valid():
            return self.row_form_page(request, row, form, title="Start a trial")
        percent, reason = form.cleaned_data["traffic_percent"], form.cleaned_data["reason"]
        self.perform(
            request,
            row,
            lambda: services().ai_prompts.start_trial(
                PromptTemplateId(template_id), percent, because=reason, by=staff_of(request)
            ),
            f"On trial with {percent} %. Reason: {reason}",
        )
        self.message_user(request, f"{row} is on trial.", messages.SUCCESS)
        return redirect(PAGE, template_id)

    @admin_page({"<id:template_id>/preview/": "progress_prompttemplate_preview"})
    def preview_view(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Show what a model would be told about a sample item."""
        row = self.row_allowed_by(self.has_view_permission, request, template_id)
        text = services().ai_prompts.preview(PromptTemplateId(template_id))
        return self._page(request, "preview", title=f"Preview of {row}", row=row, text=text)

    @admin_page({"results/": "progress_prompttemplate_results"})
    def results_view(self, request: HttpRequest) -> HttpResponse:
        """Compare the results of the versions."""
        results = services().ai_prompts.results(by=staff_of(request))
        days = COMPARED.days
        return self._page(request, "results", title="Results", results=results, days=days)

    @admin_page({"results/csv/": "progress_prompttemplate_table"})
    def table_view(self, request: HttpRequest) -> HttpResponse:
        """Return the results as a CSV file."""
        results = services().ai_prompts.results(by=staff_of(request))
        return csv_download(table_of_results(results), filename="prompt-results.csv")

    def _created(self, request: HttpRequest, form: forms.Form, **fixed: str) -> HttpResponse | None:
        """Create the version of the form and show it. None, with the errors in the form, if that is not possible."""
        if not form.is_valid():
            return None
        values = form.cleaned_data | fixed
        draft = PromptDraft(
            name=values["name"],
            session_type=SessionType(values["session_type"]),
            text=values["text"],
            after=values.get("after"),
        )
        try:
            template = services().ai_prompts.create_version(
                draft, because=values["reason"], by=staff_of(request)
            )
        except (Conflict, Invalid) as error:
            # Not shown elsewhere: the text would be lost.
            add_form_errors(form, error)
            return None
        self.message_user(request, f"Version {template.version} is a draft.", messages.SUCCESS)
        return redirect(PAGE, template.id)

    def _page(self, request: HttpRequest, name: str, **about: Any) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts} | about
        return TemplateResponse(request, f"admin/progress/prompttemplate/{name}.html", context)
