"""The audit log, for staff."""

from django.contrib import admin

from accounts import models as rows
from authsvc.staff import LookOnlyAdmin


@admin.register(rows.AuditEntry)
class AuditEntryAdmin(LookOnlyAdmin):
    list_display = ["occurred_at", "org", "action", "subject_type", "subject_id", "actor_id"]
    list_filter = ["action", "subject_type", "org"]
    list_select_related = ["org"]
    search_fields = ["=id", "=subject_id", "=actor_id", "=client_id", "=request_id"]
    ordering = ["-position"]
