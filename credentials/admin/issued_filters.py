"""Filters of the list of issued credentials: what was issued, with which status, and when."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from authsvc.admin_site.lists import DayField, FilterForm, within_days
from authsvc.composition.container import services
from credentials import models as rows
from credentials.domain.entities.credentials import LISTED_STATUSES, IssuedCredentialStatus

MOST_DEFINITIONS: Final = 500
STATUSES: Final = [
    ("", "All"),
    *(
        (status.value, "Valid" if status is IssuedCredentialStatus.ISSUED else status.capitalize())
        for status in LISTED_STATUSES
    ),
]
"""The statuses, as the list names them."""


class IssuedFilter(FilterForm):
    """The filters of `GET /v1/orgs/{org_id}/issued`; holders are found by the search of the list."""

    definition = forms.TypedChoiceField(label="Credential", required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=STATUSES)
    since = DayField(label="Issued from")
    until = DayField(label="Issued to")

    def __init__(self, data: QueryDict, *, sees_organizations: bool) -> None:
        super().__init__(data)
        listed = rows.Credential.objects.order_by("name", "pk")
        if not sees_organizations:
            listed = listed.filter(org=None)
        names = listed.values_list("pk", "name")[:MOST_DEFINITIONS]
        choice: Any = self.fields["definition"]
        choice.choices = [("", "All"), *((str(key), name) for key, name in names)]

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        values = self.cleaned_data
        if definition := values.get("definition"):
            rows = rows.filter(credential_id=definition)
        if status := values.get("status"):
            rows = rows.filter(_CONDITIONS[status](services().ports.clock.now()))
        return within_days(rows, "issued_at", values.get("since"), values.get("until"))


_OPEN: Final = Q(revoked_at=None, suspended_at=None)
_CONDITIONS: Final[Mapping[str, Callable[[datetime], Q]]] = {
    IssuedCredentialStatus.ISSUED: lambda now: _OPEN & ~Q(expires_at__lte=now),
    IssuedCredentialStatus.EXPIRED: lambda now: _OPEN & Q(expires_at__lte=now),
    IssuedCredentialStatus.SUSPENDED: lambda _: Q(revoked_at=None, suspended_at__isnull=False),
    IssuedCredentialStatus.REVOKED: lambda _: Q(revoked_at__isnull=False),
}
"""What the columns of a row with each status are like, as the list shows it."""
