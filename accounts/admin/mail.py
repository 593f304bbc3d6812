"""Admin pages of outgoing mail."""

from django.contrib import admin

from accounts import models as rows
from accounts.domain.access import Principal, Right
from accounts.domain.mail.entities import MailId
from authsvc.admin_site.actions import staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.composition.container import services


@admin.register(rows.OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Bodies are never shown: they contain links that sign people in."""

    right = Right.MANAGE_USERS
    list_display = ["recipient", "kind", "status", "attempts", "error", "created_at", "sent_at"]
    list_filter = ["status", "kind", "error"]
    list_select_related = []
    search_fields = ["recipient"]
    ordering = ["-created_at"]
    fields = [
        "recipient",
        "kind",
        "subject",
        "status",
        "attempts",
        "error",
        "created_at",
        "expires_at",
        "sent_at",
    ]
    actions = ["retry"]
    deferred = ["body"]

    @staff_action("Retry", done="retried")
    def retry(self, row: rows.OutgoingMail, reason: str, by: Principal) -> None:
        services().outbox.retry(MailId(row.pk), by=by)
