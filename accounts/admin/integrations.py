"""Admin pages of webhooks and their deliveries."""

from datetime import UTC, timedelta
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import models as rows
from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.integrations.entities.deliveries import DeliveryId, DeliveryStatus
from accounts.domain.integrations.entities.webhooks import PauseCause, WebhookId
from authsvc.admin_site.actions import shows_domain_errors, staff_action
from authsvc.admin_site.labels import BAD, NEUTRAL, status_badge
from authsvc.admin_site.model_admins import ReadOnlyAdmin, ReadOnlyInline
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from authsvc.http.actors import staff_of

RECENT: Final = timedelta(hours=24)
PAUSES: Final = {
    PauseCause.REQUESTED: ("Paused by request", NEUTRAL),
    PauseCause.FAILING: ("Paused: deliveries failed", BAD),
    PauseCause.GONE: ("Paused: the receiver is gone", BAD),
}
"""Words and colours for the causes of pauses."""
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
    list_display = ["url", "description", "org", "state", "success", "last_error", "created_at"]
    list_filter = ["paused_because"]
    empty_text = "No webhook yet. They are created over the API, which shows their secret once."
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Webhooks with how their deliveries of the last day ended, in one statement with them."""
        own = rows.WebhookDelivery.objects.filter(webhook=OuterRef("pk"))
        begin = services().ports.clock.now() - RECENT
        attempted = own.filter(created_at__gte=begin, attempted_at__isnull=False).order_by()
        latest = own.exclude(error="").order_by("-created_at", "-id")
        webhooks = super().get_queryset(request)
        annotated: QuerySet[Any] = webhooks.annotate(
            attempted=_number_of(attempted),
            delivered=_number_of(attempted.filter(status=DeliveryStatus.DELIVERED)),
            last_error=Subquery(latest.values("error")[:1]),
        )
        return annotated

    @admin.display(description="status", ordering="paused_at")
    def state(self, row: rows.Webhook) -> SafeString:
        if row.paused_at is None:
            return status_badge("active")
        words, colour = PAUSES[PauseCause(row.paused_because)]
        return format_html(
            '<span class="badge {}">{}</span> since {} UTC',
            colour,
            words,
            row.paused_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
        )

    @admin.display(description="success in 24 hours")
    def success(self, row: Any) -> str:
        return success_words(row.delivered or 0, row.attempted or 0)

    @admin.display
    def last_error(self, row: Any) -> str:
        return row.last_error or ""

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

    def label_of(self, row: rows.WebhookDelivery) -> str:
        return f"{row.type} to {row.webhook.url}"

    @staff_action("Send again", done="queued again")
    def redeliver(self, row: rows.WebhookDelivery, reason: str, by: Principal) -> None:
        services().webhook_deliveries.redeliver(
            _owner_of(row.webhook), WebhookId(row.webhook_id), DeliveryId(row.pk), by=by
        )


def _owner_of(row: rows.Webhook) -> OrganizationId | None:
    return OrganizationId(row.org_id) if row.org_id else None


def success_words(delivered: int, attempted: int) -> str:
    """How many of the attempted deliveries arrived, such as "98 % of 120"."""
    if not attempted:
        return "None sent"
    return f"{100 * delivered // attempted} % of {attempted:,}"


def _number_of(deliveries: QuerySet[Any]) -> Subquery:
    """The number of deliveries of each webhook, for an annotation."""
    numbers = deliveries.values("webhook").annotate(number=Count("pk")).values("number")
    return Subquery(numbers, output_field=IntegerField())
