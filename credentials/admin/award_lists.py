"""Admin pages for awarding a credential to everyone on a list: upload, preview, start, result."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.forms import show_text_of_file
from authsvc.admin_site.model_admins import StaffAdmin
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import TextFileField, add_form_errors
from authsvc.jobs.entities import JobId
from credentials.domain.entities.batches import BatchTerms, RowOutcome
from credentials.domain.entities.definitions import CredentialId
from credentials.domain.errors import InvalidAwardList

LONGEST_FILE: Final = 500_000
WORDS: Final = {
    RowOutcome.AWARDED: "awarded",
    RowOutcome.CLAIM_SENT: "offered by mail",
    RowOutcome.ALREADY_HELD: "hold it already",
    RowOutcome.ALREADY_REVOKED: "had it revoked before: re-issue that one",
    RowOutcome.ALREADY_CLAIMABLE: "have an open offer already",
    RowOutcome.NOT_FOUND: "not found",
    RowOutcome.NOT_ELIGIBLE: "not eligible",
    RowOutcome.NEVER_ENROLLED: "were never enrolled on a course",
    RowOutcome.MAIL_BUDGET_SPENT: "not offered, because the budget for mail is spent",
}
"""What became of rows."""


class AwardListForm(forms.Form):
    """The list, why it is awarded, and how."""

    rows = forms.CharField(
        required=False,
        label="List",
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text="CSV with the heading email or user_id, at most 10,000 rows.",
    )
    file = TextFileField(most_bytes=LONGEST_FILE, help_text="Or a CSV file.")
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Kept in the audit log.",
    )
    even_if_not_eligible = forms.BooleanField(
        label="Also issue it to those who are not eligible", required=False
    )
    makes_claims = forms.BooleanField(
        label="Mail an offer to addresses that are not known",
        required=False,
        help_text="Whoever shows within 90 days that the address is theirs gets the credential.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["text"] = values.get("file") or values.get("rows", "")
        if not values["text"].strip():
            raise ValidationError("Paste a list, or choose a file.")
        return values

    @property
    def terms(self) -> BatchTerms:
        names = ("reason", "even_if_not_eligible", "makes_claims")
        return BatchTerms(**{name: self.cleaned_data[name] for name in names})


class AwardListPages(StaffAdmin):
    """Pages below the list of credential definitions."""

    @admin_page(
        {"<id:credential_id>/issue-list/": "credentials_credential_issue_list"}, takes_away=True
    )
    def issue_list_view(self, request: HttpRequest, credential_id: UUID) -> HttpResponse:
        """Ask for a list, show what is known of it, and start to award the credential or only to check that."""
        row = self.row_allowed_by(self.has_act_permission, request, credential_id)
        form = AwardListForm(request.POST or None, request.FILES or None)
        title = f"Issue “{row.name}” to a list"
        if not form.is_valid():
            return self.row_form_page(request, row, form, title=title, verb="Preview")
        text, by = form.cleaned_data["text"], staff_of(request)
        show_text_of_file(form, "rows", text)
        try:
            preview = services().award_tasks.previewed(CredentialId(row.pk), text, by=by)
        except InvalidAwardList as error:
            add_form_errors(form, error)
            return self.row_form_page(request, row, form, title=title, verb="Preview")
        start = request.POST.get("start")
        if start not in ("check", "issue"):
            context = {"title": f"{title}: preview", "form": form, "preview": preview}
            return self._list_page(request, "list_preview", row, context)
        task = services().award_tasks.start(
            CredentialId(row.pk), text, form.terms, is_dry_run=start == "check", by=by
        )
        started = "Checking" if start == "check" else "Issuing"
        messages.success(request, f"{started} has begun. Reload this page to see how far it is.")
        return redirect("admin:credentials_credential_list_result", row.pk, task.id)

    @admin_page(
        {"<id:credential_id>/issue-list/<id:task_id>/": "credentials_credential_list_result"}
    )
    def list_result_view(
        self, request: HttpRequest, credential_id: UUID, task_id: UUID
    ) -> HttpResponse:
        """How far a list is, how many rows had which outcome, and the file with the outcome of each row."""
        row = self.row_allowed_by(self.has_act_permission, request, credential_id)
        by = staff_of(request)
        if "file" in request.GET:
            file = services().tasks.result_of(JobId(task_id), by=by)
            headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
            return HttpResponse(file.content, content_type=file.media_type, headers=headers)
        task = services().tasks.get(JobId(task_id), by=by)
        counts = (task.result or {}).get("outcomes", {})
        context = {
            "title": f"Issue “{row.name}” to a list: result",
            "task": task,
            "status": capfirst(task.status.value),
            "is_dry_run": (task.result or {}).get("is_dry_run", False),
            "counts": [(WORDS[RowOutcome(name)], number) for name, number in counts.items()],
        }
        return self._list_page(request, "list_result", row, context)

    def _list_page(
        self, request: HttpRequest, template: str, row: Any, about: dict[str, Any]
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "row": row} | about
        return TemplateResponse(request, f"admin/credentials/credential/{template}.html", context)
