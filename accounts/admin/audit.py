"""Admin pages of the audit log and of the log of the admin site."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from accounts import models as rows
from authsvc.admin_site.model_admins import ReadOnlyAdmin


@admin.register(rows.AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "org", "action", "subject_type", "subject_id", "actor_id"]
    list_filter = ["action", "subject_type", "org"]
    list_select_related = ["org"]
    search_fields = ["=id", "=subject_id", "=actor_id", "=client_id", "=request_id"]
    ordering = ["-position"]


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
