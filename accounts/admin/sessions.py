"""Sessions, and what leads to one, for staff."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts import models as rows
from authsvc.staff import LookOnlyAdmin


class ListAlone(LookOnlyAdmin):
    """A page of one row would have a hash for an address."""

    list_display_links = None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None and super().has_view_permission(request)


@admin.register(rows.Session)
class SessionAdmin(LookOnlyAdmin):
    list_display = [
        "id",
        "user",
        "client_id",
        "started_at",
        "expires_at",
        "ended_at",
        "ended_because",
    ]
    list_filter = ["ended_because"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    ordering = ["-started_at"]


@admin.register(rows.RefreshToken)
class RefreshTokenAdmin(ListAlone):
    list_display = ["session", "issued_at", "expires_at", "used_at"]
    list_select_related = ["session"]
    search_fields = ["session__user__email"]
    ordering = ["-issued_at"]


@admin.register(rows.AuthorizationCode)
class AuthorizationCodeAdmin(ListAlone):
    list_display = ["client", "user", "expires_at", "used_at"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.DeviceCode)
class DeviceCodeAdmin(ListAlone):
    list_display = ["client", "user", "status", "expires_at", "polled_at"]
    list_filter = ["status"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["-expires_at"]


@admin.register(rows.PushedRequest)
class PushedRequestAdmin(ListAlone):
    list_display = ["client", "expires_at", "is_opened"]
    list_select_related = ["client"]
    search_fields = ["client__name"]
    ordering = ["-expires_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What somebody is on his way to is not for staff."""
        return super().get_queryset(request).defer("parameters")


@admin.register(rows.Consent)
class ConsentAdmin(LookOnlyAdmin):
    list_display = ["user", "client", "given_at"]
    list_select_related = ["user", "client"]
    search_fields = ["user__email", "client__name"]
    ordering = ["-given_at"]


@admin.register(rows.LogoutNotice)
class LogoutNoticeAdmin(LookOnlyAdmin):
    list_display = ["client", "user", "due_at", "failures"]
    list_select_related = ["client", "user"]
    search_fields = ["client__name", "user__email"]
    ordering = ["due_at"]
