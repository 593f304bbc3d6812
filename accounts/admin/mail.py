"""Admin pages of outgoing mail."""

from collections.abc import Mapping
from typing import Final

from django.contrib import admin

from accounts import models as rows
from accounts.domain.access import Principal, Right
from accounts.domain.mail.entities import MailId, MailKind
from authsvc.admin_site.actions import staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.composition.container import services

KINDS: Final[Mapping[str, str]] = {
    MailKind.ACCOUNT_EXISTS: "Account exists already",
    MailKind.ACCOUNT_INVITATION: "Choose a password",
    MailKind.CREDENTIAL_CLAIM: "A credential to claim",
    MailKind.EMAIL_CONFIRMATION: "Verify an address",
    MailKind.EMAIL_CONFIRMATION_SIGNUP: "Verify a new account",
    MailKind.EMAIL_TOKEN: "Code that verifies an address",
    MailKind.IMPERSONATION: "An administrator signed in",
    MailKind.INVITATION: "Invitation to an organization",
    MailKind.MEMBER_ADDED: "Added to an organization",
    MailKind.NEW_ADDRESS: "Verify a corrected address",
    MailKind.NOTE: "Notice about the account",
    MailKind.PASSWORD_RESET: "Password reset",
    MailKind.UNKNOWN_ACCOUNT: "No account with this address",
    MailKind.WEBHOOK_PAUSED: "Webhook paused",
}
"""What messages are for, by their kind."""


@admin.register(rows.OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Bodies are never shown: they contain links that sign people in."""

    right = Right.MANAGE_USERS
    list_display = [
        "recipient",
        "message",
        "status",
        "attempts",
        "error",
        "created_at",
        "sent_at",
    ]
    empty_text = "No mail yet. Invitations, links and notices appear here when they are sent."
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

    def label_of(self, row: rows.OutgoingMail) -> str:
        return f"the mail to {row.recipient}"

    @admin.display(ordering="kind")
    def message(self, row: rows.OutgoingMail) -> str:
        return KINDS.get(row.kind, row.kind)

    @staff_action("Send again", done="sent again")
    def retry(self, row: rows.OutgoingMail, reason: str, by: Principal) -> str:
        if services().outbox.retry(MailId(row.pk), by=by):
            return f"Mail to {row.recipient} is sent again now."
        return (
            f"Mail to {row.recipient} is not sent again: it was sent or given up, and its text is removed. "
            "Start what it was for again."
        )
