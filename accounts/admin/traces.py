"""What is kept of requests, of attempts and of what was done in the back office, for staff."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import models as rows
from authsvc.staff import LookOnlyAdmin


@admin.register(rows.LedgerEntry)
class LedgerEntryAdmin(LookOnlyAdmin):
    list_display = ["id", "status", "content_type", "kept_at"]
    list_filter = ["status"]
    list_select_related = []
    fields = ["id", "status", "content_type", "kept_at"]
    ordering = ["-kept_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What callers were told is not for staff."""
        return super().get_queryset(request).defer("body", "fingerprint")


@admin.register(rows.LimitState)
class LimitStateAdmin(LookOnlyAdmin):
    list_display = ["key", "limit", "count", "refusals", "waits_until", "forgotten_at"]
    list_filter = ["limit"]
    list_select_related = []
    ordering = ["-forgotten_at"]


@admin.register(rows.FamiliarAddress)
class FamiliarAddressAdmin(LookOnlyAdmin):
    list_display = ["key", "seen_at"]
    list_select_related = []
    ordering = ["-seen_at"]


@admin.register(LogEntry)
class LogEntryAdmin(LookOnlyAdmin):
    list_display = ["action_time", "user", "object_repr", "message", "content_type"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__email", "object_repr", "change_message"]
    ordering = ["-action_time"]
    fields = ["action_time", "user", "content_type", "object_id", "object_repr", "message"]

    @admin.display(description="what was done")
    def message(self, row: LogEntry) -> str:
        return row.get_change_message()
