"""What the list of people shows and is filtered by."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import Group
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.functions import Cast, NullIf
from django.http import QueryDict

from accounts import models as rows
from accounts.domain.access import Role
from accounts.domain.identity.entities.users import PersonSearch
from authsvc.admin_site.lists import DayField, FilterForm, within_days
from authsvc.composition.container import services
from authsvc.storage.times import latest_of

MOST_ORGANIZATIONS: Final = 500
MOST_NAMED: Final = 2
"""Number of organizations that a row names; of others it says how many there are."""
LATELY: Final = "7"
NEVER: Final = "never"
LAST_SEEN: Final = (
    ("", "All"),
    (LATELY, "Within 7 days"),
    ("14", "Over 2 weeks ago"),
    ("30", "Over 30 days ago"),
    ("90", "Over 90 days ago"),
    (NEVER, "Never"),
)


def is_named(text: str) -> Q:
    """Part of the name or of the address, as the API searches.

    Django's own search would miss names, because SQLite folds ASCII alone.
    """
    search = PersonSearch(text)
    return Q(folded_name__contains=search.name_part) | Q(email__contains=search.email_part)


class PeopleFilter(FilterForm):
    """Filters beside those of columns."""

    role = forms.ChoiceField(
        label="Role",
        required=False,
        choices=[
            ("", "All"),
            *((role.value, role.value.capitalize()) for role in (Role.INSTRUCTOR, Role.ADMIN)),
        ],
    )
    organization = forms.TypedChoiceField(label="Organization", required=False)
    group = forms.TypedChoiceField(label="Group", required=False)
    second_factor = forms.ChoiceField(
        label="Second factor",
        required=False,
        choices=[("", "All"), ("on", "On"), ("off", "Off")],
    )
    last_seen = forms.ChoiceField(label="Last seen", required=False, choices=LAST_SEEN)
    since = DayField(label="Created from")
    until = DayField(label="Created to")

    more = ("second_factor", "last_seen", "since", "until")

    def __init__(self, data: QueryDict, *, sees_organizations: bool) -> None:
        super().__init__(data)
        groups = Group.objects.order_by("name").values_list("pk", "name")
        group: Any = self.fields["group"]
        group.choices = [("", "All"), *((str(key), name) for key, name in groups)]
        if not sees_organizations:
            del self.fields["organization"]
            return
        listed = rows.Organization.objects.order_by("name").values_list("pk", "name")
        options = [(str(key), name) for key, name in listed[:MOST_ORGANIZATIONS]]
        choice: Any = self.fields["organization"]
        choice.choices = [("", "All"), *options]

    def filtered(self, people: "QuerySet[Any]") -> "QuerySet[Any]":
        """The people who match."""
        values = self.cleaned_data
        if role := values.get("role"):
            people = people.alias(role_text=Cast("roles", TextField()))
            people = people.filter(role_text__contains=f'"{role}"')
        if organization := values.get("organization"):
            people = people.filter(Exists(_memberships().filter(org=organization)))
        if second_factor := values.get("second_factor"):
            has_one = Exists(Authenticator.objects.filter(user=OuterRef("pk")))
            people = people.filter(has_one if second_factor == "on" else ~has_one)
        if group := values.get("group"):
            people = people.filter(groups=group)
        if last_seen := values.get("last_seen"):
            people = people.filter(_was_seen(last_seen))
        return within_days(people, "created_at", values.get("since"), values.get("until"))


def with_columns(people: "QuerySet[Any]", *, sees_organizations: bool) -> "QuerySet[Any]":
    """The rows with what the columns of the list show of other tables."""
    columns: dict[str, Any] = {"last_seen": _last_seen()}
    if sees_organizations:
        names = _memberships().order_by("joined_at", "pk").values("org__name")
        counted = _memberships().order_by().values("user").annotate(number=Count("pk"))
        columns |= {
            "first_organization": Subquery(names[:1]),
            "second_organization": Subquery(names[1:2]),
            "organization_count": Subquery(counted.values("number")),
        }
    annotated: QuerySet[Any] = people.annotate(**columns)
    return annotated


def last_seen_of(user_id: UUID) -> datetime | None:
    """When the person was last seen, as the list of people says."""
    people = rows.User.objects.filter(pk=user_id).annotate(last_seen=_last_seen())
    last_seen: datetime | None = people.values_list("last_seen", flat=True).get()
    return last_seen


def organizations_of(person: Any) -> str:
    """The first organizations of a row of the list by name, and how many more there are."""
    names = (getattr(person, f"{place}_organization", None) for place in ("first", "second"))
    more = (getattr(person, "organization_count", None) or 0) - MOST_NAMED
    return ", ".join([*filter(None, names), *([f"+{more}"] if more > 0 else [])])


def _last_seen() -> NullIf:
    """The last page or sign-in of a person, or renewal of a token by one of their apps; null if there was none.

    `seen_at` has it as of some minutes ago, and the row knows the last sign-in to the pages at once.
    """
    return latest_of(F("last_login"), F("seen_at"))


def _was_seen(when: str) -> Q:
    """Whether the last time is one of LAST_SEEN."""
    if when == NEVER:
        return Q(last_seen=None)
    edge = services().ports.clock.now() - timedelta(days=int(when))
    return Q(last_seen__gte=edge) if when == LATELY else Q(last_seen__lt=edge)


def _memberships() -> "QuerySet[Any]":
    return rows.OrgMembership.objects.filter(user=OuterRef("pk"))
