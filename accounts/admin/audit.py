"""Admin pages of the audit log and of the log of the admin site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import models as rows
from accounts.admin.audit_filters import AuditFilter, presets
from accounts.admin.audit_words import changes_in
from accounts.admin.person_activity import sentences_of
from accounts.admin.sign_ins import VIEW as VIEW_SIGN_INS
from accounts.domain.access import Right
from accounts.domain.tasks.services.audit_exports import AuditFormat
from authsvc.admin_site.actions import admin_page, shows_domain_errors
from authsvc.admin_site.downloads import job_started
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.pages import thing_page
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.jobs.models import Job

PER_PAGE: Final = 50
MOST_NEWER: Final = 1000
"""Number of entries up to which those are counted that the last verification has not seen."""
_FAINT: Final = "Who did what to whom. Entries are kept, chained by hash, and cannot be changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """The last verification of all records, and how many entries are newer."""

    job_id: UUID
    at: datetime | None
    findings: int
    newer: str


def chain_state() -> ChainState | None:
    """The state of the chains, in two statements; None before the first verification."""
    jobs = Job.objects.filter(kind__in=("verify", "verify-weekly"), result__isnull=False)
    job = jobs.order_by("-ended_at").first()
    if job is None or job.started_at is None:
        return None
    newer = rows.AuditEntry.objects.filter(occurred_at__gt=job.started_at)[:MOST_NEWER].count()
    return ChainState(
        job_id=job.pk,
        at=job.ended_at,
        findings=(job.result or {}).get("findings", 0),
        newer=f"{newer:,}+" if newer == MOST_NEWER else f"{newer:,}",
    )


@admin.register(rows.AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The list has sentences in place of columns, and cursors in place of page numbers."""

    list_display = ["occurred_at", "org", "action", "subject_type", "subject_id", "actor_id"]
    list_select_related = ["org"]
    ordering = ["-position"]

    @shows_domain_errors
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form, by = AuditFilter(request), staff_of(request)
        older, newer = (request.GET.get(name) or None for name in ("older", "newer"))
        context: dict[str, Any] = {"sentences": [], "urls": {}}
        if form.is_valid():
            page = services().audit_search.page_of(
                form.selection, limit=PER_PAGE, older=older, newer=newer, by=by
            )
            sentences = sentences_of(request, page.entries)
            acts = [entry.act for entry in page.entries]
            context = {
                "sentences": list(zip(sentences, map(list, map(changes_in, acts)), strict=True)),
                "older_query": _with(form.query, older=page.older),
                "newer_query": _with(form.query, newer=page.newer),
            }
        return thing_page(
            request,
            "admin/accounts/auditentry/log.html",
            title="Audit log",
            faint=_FAINT,
            opts=self.opts,
            form=form,
            presets=presets(services().ports.clock.now().date()),
            chain=chain_state(),
            sees_jobs=request.user.has_perm("jobs.view_job"),
            sees_sign_ins=request.user.has_perm(VIEW_SIGN_INS),
            formats=[
                ("Export CSV", AuditFormat.CSV),
                ("Export JSON Lines", AuditFormat.JSON_LINES),
            ],
            **context,
        )

    @admin_page({"export/": "accounts_auditentry_export"})
    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Start to export what the list shows."""
        by = staff_of(request)
        by.require(Right.READ_AUDIT)
        form = AuditFilter(request)
        list_url = f"../?{form.query}"
        if request.method != "POST" or not form.is_valid():
            return redirect(list_url)
        is_csv = request.POST.get("format") == AuditFormat.CSV
        chosen = AuditFormat.CSV if is_csv else AuditFormat.JSON_LINES
        task = services().audit_export_tasks.start(form.selection, chosen, by=by)
        sentence = "The export has started. That you export was recorded in the audit log."
        return job_started(request, task, message=sentence)


def _with(query: str, **cursor: str | None) -> str:
    """The filter and a cursor as the query of a URL; empty without a cursor."""
    chosen = {name: value for name, value in cursor.items() if value}
    return "&".join(filter(None, [query, urlencode(chosen)])) if chosen else ""


@admin.register(rows.Anchor)
class AnchorAdmin(ReadOnlyAdmin):
    list_display = ["sequence"]
    list_select_related = []
    ordering = ["-sequence"]


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ["action_time", "user", "object_repr", "message", "content_type"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__email", "object_repr", "change_message"]
    ordering = ["-action_time"]
    fields = ["action_time", "user", "content_type", "object_id", "object_repr", "message"]

    @admin.display(description="what was done")
    def message(self, row: LogEntry) -> str:
        return row.get_change_message()
