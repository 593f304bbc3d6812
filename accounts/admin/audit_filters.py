"""Filters of the audit log."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest

from accounts import models as rows
from accounts.admin.audit_words import ACTION_CHOICES, ACTIONS_OF, CLIENTS
from accounts.admin.people_filters import is_named
from accounts.domain.access import OrganizationId
from accounts.domain.audit.entities import AuditAction, AuditSelection, AuditSide
from authsvc.admin_site.lists import DayField, FilterFields
from authsvc.admin_site.tenants import sees_organizations
from authsvc.kernel.ids import parse_uuid

MOST_PARTIES: Final = 100
MOST_ORGANIZATIONS: Final = 500
_DAY: Final = timedelta(days=1)


class AuditFilter(FilterFields):
    """What the list shows. `who` is a name, an e-mail address or an id."""

    who = forms.CharField(
        label="Person or client",
        required=False,
        max_length=200,
        widget=forms.TextInput({"type": "search", "placeholder": "Name, e-mail or id"}),
    )
    side = forms.ChoiceField(
        label="As",
        required=False,
        choices=[
            (AuditSide.EITHER.value, "Either side"),
            (AuditSide.ACTOR.value, "Who did it"),
            (AuditSide.SUBJECT.value, "To whom"),
        ],
    )
    # Not `action`, which is what lists call what is done to chosen rows.
    act = forms.ChoiceField(label="Action", required=False, choices=ACTION_CHOICES)
    organization = forms.UUIDField(label="Organization", required=False, widget=forms.Select())
    since = DayField(label="From")
    until = DayField(label="To")
    via = forms.ChoiceField(
        label="Through", required=False, choices=[("", "Anything"), *CLIENTS.items()]
    )
    reference = forms.CharField(label="Id of an entry or request", required=False, max_length=100)

    more = ("via", "reference")

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        self._sees_people = request.user.has_perm("accounts.view_user")
        if not sees_organizations(request):
            del self.fields["organization"]
            return
        listed = rows.Organization.objects.order_by("name").values_list("pk", "name")
        widget: Any = self.fields["organization"].widget
        options = [(str(key), name) for key, name in listed[:MOST_ORGANIZATIONS]]
        widget.choices = [("", "All organizations"), *options]

    def clean_who(self) -> frozenset[str] | None:
        """The ids of everyone who is meant; None if nobody is."""
        text = self.cleaned_data["who"].strip()
        if not text:
            return None
        if parse_uuid(text) or not self._sees_people:
            return frozenset({text.lower(), text})
        parties = {text, *_people_named(text), *_clients_named(text)}
        if len(parties) > MOST_PARTIES:
            detail = f"More than {MOST_PARTIES} people and clients match “{text}”. Type more of the name."
            raise forms.ValidationError(detail)
        return frozenset(parties)

    @property
    def selection(self) -> AuditSelection:
        """What the valid form selects."""
        values = self.cleaned_data
        organization, act = values.get("organization"), values.get("act")
        return AuditSelection(
            parties=values.get("who"),
            side=AuditSide(values.get("side") or AuditSide.EITHER),
            actions=_actions_in(act) if act else None,
            org_id=OrganizationId(organization) if organization else None,
            client_id=values.get("via") or "",
            reference=values.get("reference") or "",
            since=_beginning(values["since"]) if values.get("since") else None,
            until=_end(values["until"]) if values.get("until") else None,
        )

    @property
    def query(self) -> str:
        """The filter as the query of a URL."""
        return urlencode({name: value for name, value in self.data.items() if name in self.fields})

    @property
    def is_applied(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name != "side")


def presets(today: date) -> list[tuple[str, str]]:
    """Labels and queries of the filters that are needed most."""
    week, month = (today - timedelta(days=days) for days in (7, 30))
    return [
        ("Today", urlencode({"since": today.isoformat()})),
        ("7 days", urlencode({"since": week.isoformat()})),
        ("30 days", urlencode({"since": month.isoformat()})),
        ("Changes by staff", urlencode({"via": "back-office"})),
        ("People", urlencode({"act": "People"})),
    ]


def _actions_in(choice: str) -> frozenset[AuditAction]:
    return ACTIONS_OF[choice] if choice in ACTIONS_OF else frozenset({AuditAction(choice)})


def _people_named(text: str) -> list[str]:
    people = rows.User.objects.filter(is_named(text))
    return [str(key) for key in people.values_list("pk", flat=True)[: MOST_PARTIES + 1]]


def _clients_named(text: str) -> list[str]:
    """The client ids and the ids of the rows: the first act, the second are acted on."""
    clients = rows.OAuthClient.objects.filter(name__icontains=text)
    pairs = clients.values_list("client_id", "pk")[:MOST_PARTIES]
    return [str(key) for pair in pairs for key in pair]


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _end(day: date) -> datetime | None:
    """The beginning of the next day; None for the last one that there is."""
    return None if day == date.max else _beginning(day + _DAY)
