"""Admin pages of webhooks and their deliveries."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts import models as rows
from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.integrations.entities.deliveries import DeliveryId
from accounts.domain.integrations.entities.webhooks import WebhookId
from authsvc.admin_site.actions import shows_domain_errors, staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ReadOnlyInline
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of

_SECRETS = ["encrypted_secret", "former_encrypted_secret"]


class DeliveryInline(ReadOnlyInline):
    model = rows.WebhookDelivery
    verbose_name_plural = "latest deliveries"
    ordering = ["-created_at"]
    fields = ["type", "event_id", "status", "attempts", "http_status", "duration_ms", "error"]


@admin.register(rows.Webhook)
class WebhookAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    """Webhooks are created over the API, which shows the secret. No secret is read here."""

    right = Right.MANAGE_WEBHOOKS
    owner = "org"
    subject_type = SubjectType.WEBHOOK
    list_display = ["url", "description", "org", "paused_because", "paused_at", "created_at"]
    list_filter = ["paused_because"]
    list_select_related = ["org"]
    search_fields = ["url", "description"]
    ordering = ["-created_at"]
    fields = [
        "url",
        "description",
        "org",
        "types",
        "paused_because",
        "paused_at",
        "former_secret_expires_at",
        "position",
        "resting_until",
        "created_by",
        "created_at",
    ]
    inlines = [DeliveryInline]
    actions = ["pause", "resume", "ping"]
    deferred = _SECRETS

    @staff_action("Pause", done="paused", requires_reason=True)
    def pause(self, row: rows.Webhook, reason: str, by: Principal) -> None:
        services().webhooks.pause(_owner_of(row), WebhookId(row.pk), reason=reason, by=by)

    @staff_action("Resume", done="resumed")
    def resume(self, row: rows.Webhook, reason: str, by: Principal) -> None:
        services().webhooks.resume(_owner_of(row), WebhookId(row.pk), by=by)

    @admin.action(description="Send a test message to the selected webhook", permissions=["act"])
    @shows_domain_errors
    def ping(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """One at a time, and in no unit of work, because a receiver may be slow."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, "Select one webhook.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        (row,) = chosen
        result = services().webhook_deliveries.ping(
            _owner_of(row), WebhookId(row.pk), by=staff_of(request)
        )
        self.log_change(request, row, "Sent a test message.")
        level = messages.SUCCESS if result.is_success else messages.ERROR
        outcome = result.error or f"the receiver answered {result.http_status}"
        self.message_user(request, f"{outcome} after {result.duration_ms} ms".capitalize(), level)
        return HttpResponseRedirect(request.get_full_path())


@admin.register(rows.WebhookDelivery)
class WebhookDeliveryAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    right = Right.MANAGE_WEBHOOKS
    owner = "webhook__org"
    subject_type = SubjectType.WEBHOOK
    list_display = [
        "type",
        "webhook",
        "status",
        "attempts",
        "http_status",
        "duration_ms",
        "error",
        "created_at",
        "due_at",
    ]
    list_filter = ["status", "type"]
    list_select_related = ["webhook"]
    search_fields = ["event_id__exact", "webhook__url"]
    ordering = ["-created_at"]
    actions = ["redeliver"]

    @staff_action("Redeliver", done="queued")
    def redeliver(self, row: rows.WebhookDelivery, reason: str, by: Principal) -> None:
        services().webhook_deliveries.redeliver(
            _owner_of(row.webhook), WebhookId(row.webhook_id), DeliveryId(row.pk), by=by
        )


def _owner_of(row: rows.Webhook) -> OrganizationId | None:
    return OrganizationId(row.org_id) if row.org_id else None
