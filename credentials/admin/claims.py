"""Admin pages of open claims."""

from django.contrib import admin

from accounts.public import OrganizationId, Principal, Right, SubjectType
from authsvc.admin_site.actions import staff_action
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.tenants import AuditsTenantAccess
from authsvc.composition.container import services
from credentials import models as rows
from credentials.domain.entities.claims import ClaimId


@admin.register(rows.CredentialClaim)
class CredentialClaimAdmin(AuditsTenantAccess, ReadOnlyAdmin):
    subject_type = SubjectType.CLAIM
    right = Right.AWARD_CREDENTIALS
    owner = "org"
    list_display = ["email", "credential", "org", "created_at", "expires_at"]
    list_filter = ["org"]
    list_select_related = ["credential", "org"]
    search_fields = ["email", "credential__name"]
    ordering = ["-created_at"]
    empty_text = "No open claims. Addresses that a credential was offered to appear here until it is claimed."
    fields = [
        "email",
        "credential",
        "credential_version",
        "org",
        "reason",
        "made_by",
        "created_at",
        "expires_at",
    ]
    actions = ["cancel"]
    deferred = ["token_hash"]

    def label_of(self, row: rows.CredentialClaim) -> str:
        return f"the claim of {row.email}"

    @staff_action("Cancel", done="cancelled")
    def cancel(self, row: rows.CredentialClaim, reason: str, by: Principal) -> None:
        org_id = OrganizationId(row.org_id) if row.org_id else None
        services().credential_claims.cancel(ClaimId(row.id), org_id=org_id, by=by)
