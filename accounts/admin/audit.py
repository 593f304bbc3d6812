"""The audit log, for staff."""

from django.contrib import admin

from accounts import models as rows
from authsvc.admin_site.model_admins import ReadOnlyAdmin


@admin.register(rows.AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["occurred_at", "org", "action", "subject_type", "subject_id", "actor_id"]
    list_filter = ["action", "subject_type", "org"]
    list_select_related = ["org"]
    search_fields = ["=id", "=subject_id", "=actor_id", "=client_id", "=request_id"]
    ordering = ["-position"]
