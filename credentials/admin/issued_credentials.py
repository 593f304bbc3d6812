"""Admin pages of issued credentials: reading, revoking and re-issuing them."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.public import OPERATOR, Principal, Right, SubjectType
from authsvc.admin_site.actions import staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from credentials import models as rows
from credentials.admin.rules import proofs_of, text_of
from credentials.domain.entities.credentials import IssuedCredentialId


@admin.register(rows.UserCredential)
class UserCredentialAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.USER_CREDENTIAL
    right = Right.AWARD_CREDENTIALS
    owner = "org"
    list_display = [
        "user",
        "credential",
        "org",
        "issued_at",
        "expires_at",
        "revoked_at",
        "is_current",
    ]
    list_filter = ["is_current", ("revoked_at", admin.EmptyFieldListFilter), "org"]
    list_select_related = ["user", "credential", "org"]
    search_fields = ["user__email", "credential__name"]
    ordering = ["-issued_at"]
    fields = [
        "id",
        "user",
        "credential",
        "org",
        "status",
        "issued_at",
        "expires_at",
        "terms_issued",
        "evidence",
        "lost_grounds",
        "verify",
        "revocation",
        "supersedes",
    ]
    actions = ["revoke", "reissue"]

    def label_of(self, row: rows.UserCredential) -> str:
        return f"“{row.credential.name}” of {row.user.name or row.user.email}"

    @admin.display
    def status(self, row: rows.UserCredential) -> str:
        return services().issuing.verify(IssuedCredentialId(row.id)).status.value

    @admin.display(description="terms")
    def terms_issued(self, row: rows.UserCredential) -> SafeString:
        facts = {"version": row.credential_version} | row.terms
        rule = facts.pop("rule", None)
        lines = ((name.replace("_", " "), fact or "-") for name, fact in facts.items())
        text = format_html_join("", "<div>{}: {}</div>", lines)
        return format_html("{}<pre>{}</pre>", text, text_of(rule)) if rule else text

    @admin.display
    def evidence(self, row: rows.UserCredential) -> SafeString:
        when = display_for_value(row.completed_at, "")
        grades = format_html_join(
            "",
            "<div>Attempt {} was graded by {}, after proposals of {}.</div>",
            (
                (grade["attempt_id"], grade["graded_by"] or "a client", ", ".join(grade["models"]))
                for grade in row.assisted_grades or ()
            ),
        )
        if row.met_by is None:
            text = f"Completed version {row.course_version} of {row.course} at {when}"
            return format_html("{}{}", text, grades)
        text = f"On version {row.course_version} of {row.course} at {when}"
        return format_html("{}<pre>{}</pre>{}", text, proofs_of(row.met_by), grades)

    @admin.display
    def lost_grounds(self, row: rows.UserCredential) -> SafeString | str:
        """Results that earned the credential and no longer count."""
        lines = (
            (
                display_for_value(event.occurred_at, ""),
                reverse("admin:progress_assessmentattempt_change", args=[event.fact.entity_id]),
            )
            for event in services().grounds.lost(IssuedCredentialId(row.id), by=OPERATOR)
        )
        text = '<div>At {}, <a href="{}">an attempt</a> lost its pass, and its item is open again.</div>'
        return format_html_join("", text, lines) or "-"

    @admin.display
    def verify(self, row: rows.UserCredential) -> SafeString:
        url = f"{settings.ENVIRONMENT.public_url}/v1/issued/{row.id}/verify"
        return format_html('<a href="{0}">{0}</a>', url)

    @admin.display
    def revocation(self, row: rows.UserCredential) -> str:
        if row.revoked_at is None:
            return "-"
        when = display_for_value(row.revoked_at, "")
        return f"At {when} by {row.revoked_by or 'the operator'}: {row.revocation_reason}"

    @staff_action("Revoke", done="revoked", requires_reason=True)
    def revoke(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.revoke(IssuedCredentialId(row.id), reason=reason, by=by)

    @staff_action("Re-issue", done="re-issued", requires_reason=True)
    def reissue(self, row: rows.UserCredential, reason: str, by: Principal) -> None:
        services().issuing.reissue(IssuedCredentialId(row.id), reason=reason, by=by)
