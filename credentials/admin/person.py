"""The credentials of a person."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from authsvc.admin_site.actions import MOST_AT_ONCE
from authsvc.admin_site.contributed_tabs import PERSON_TABS, ContributedTab
from authsvc.admin_site.tenants import sees_organizations
from credentials import models as rows


def _credentials_of(request: HttpRequest, user_id: UUID) -> dict[str, Any]:
    issued = rows.UserCredential.objects.filter(user_id=user_id).select_related("credential")
    if not sees_organizations(request):
        issued = issued.filter(org=None)
    latest = issued.order_by("-issued_at")[:MOST_AT_ONCE]
    return {"issued": [(row, *_status_of(row)) for row in latest]}


def _status_of(row: rows.UserCredential) -> tuple[str, str]:
    """The word for the status of an issued credential, and the class of its badge."""
    if row.revoked_at is not None:
        return "Revoked", "bad"
    if row.suspended_at is not None:
        return "Suspended", "off"
    if not row.is_current:
        return "Re-issued", "off"
    if row.expires_at is not None and row.expires_at <= timezone.now():
        return "Expired", "off"
    return "Valid", "good"


PERSON_TABS.register(
    ContributedTab(
        key="credentials",
        label="Credentials",
        place=30,
        permission="credentials.view_usercredential",
        template="admin/accounts/user/credentials.html",
        load=_credentials_of,
        is_in_overview=True,
    )
)
