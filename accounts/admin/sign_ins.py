"""Admin page of sign-ins and failed attempts, and the words for them."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import models as rows
from accounts.admin.people_filters import is_named
from accounts.domain.access import UserId
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import (
    MANY_FAILURES,
    MANY_WITHIN,
    SUSPICIOUS_FAILURES,
    SignInWay,
)
from authsvc.admin_site.labels import BAD, GOOD
from authsvc.admin_site.lists import DayField, FilterForm, within_days
from authsvc.admin_site.model_admins import ReadOnlyAdmin
from authsvc.admin_site.people import name_of
from authsvc.composition.container import services
from authsvc.kernel.ids import parse_uuid

VIEW: Final = "accounts.view_signinrecord"
WAYS: Final[Mapping[str, str]] = {
    SignInWay.PASSWORD: "Password",
    SignInWay.SECOND_FACTOR: "Second factor",
    SignInWay.PASSKEY: "Passkey",
    SignInWay.API: "API, password",
    SignInWay.API_SECOND_FACTOR: "API, second factor",
    SignInWay.DEVICE: "Device",
}
REASONS: Final[Mapping[str, str]] = {
    SignInFailure.UNKNOWN_ACCOUNT: "No such account",
    SignInFailure.WRONG_PASSWORD: "Wrong password",
    SignInFailure.WRONG_SECOND_FACTOR: "Wrong second factor",
    SignInFailure.WRONG_PASSKEY: "Wrong passkey",
    SignInFailure.INACTIVE: "Account deactivated",
    SignInFailure.UNVERIFIED_EMAIL: "E-mail address not verified",
    SignInFailure.SECOND_FACTOR_MISSING: "No second factor yet",
    SignInFailure.ACTION_REQUIRED: "Required action open",
    SignInFailure.CHANGED_MEANWHILE: "Account changed meanwhile",
    SignInFailure.TOO_MANY_ATTEMPTS: "Too many attempts",
}
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
IN_NUMBERS: Final = "in-numbers"


class SignInFilter(FilterForm):
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[
            ("", "All"),
            (SUCCEEDED, "Succeeded"),
            (FAILED, "Failed"),
            (IN_NUMBERS, f"Failed, {MANY_FAILURES} or more from one address in 24 hours"),
            *REASONS.items(),
        ],
    )
    way = forms.ChoiceField(label="Way", required=False, choices=[("", "All"), *WAYS.items()])
    since = DayField(label="From")
    until = DayField(label="To")

    def filtered(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        values = self.cleaned_data
        if outcome := values.get("outcome"):
            rows = rows.filter(_condition(outcome))
        if way := values.get("way"):
            rows = rows.filter(way=way)
        return within_days(rows, "at", values.get("since"), values.get("until"))


def _condition(outcome: str) -> Q:
    if outcome == IN_NUMBERS:
        addresses = services().sign_in_records.addresses_with_failures()
        since = services().ports.clock.now() - MANY_WITHIN
        return Q(
            failure__in=sorted(SUSPICIOUS_FAILURES), client_ip__in=list(addresses), at__gte=since
        )
    if outcome in (SUCCEEDED, FAILED):
        return Q(failure="") if outcome == SUCCEEDED else ~Q(failure="")
    return Q(failure=outcome)


def _is_from(text: str) -> Q:
    """Whether the client IP address is this one or, if the text is no complete address, starts with it."""
    try:
        ip_network(text)
    except ValueError:
        return Q(client_ip__startswith=text)
    return Q(client_ip=text)


@admin.register(rows.SignInRecord)
class SignInRecordAdmin(ReadOnlyAdmin):
    list_display = ["at", "person", "way_in_words", "outcome", "client_ip", "attempts"]
    filter_form = SignInFilter
    list_select_related = ["user"]
    search_fields = ["client_ip"]
    search_help_text = "Name, e-mail or id of a person, or a client IP address."
    ordering = ["-at", "-id"]
    empty_text = "Nobody has signed in yet."
    fields = ["at", "person", "way_in_words", "outcome", "client_ip", "attempts"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search people as the list of people does, by their primary key, or a client IP address or its start."""
        if not search_term:
            return queryset, False
        if (user_id := parse_uuid(search_term)) is not None:
            return queryset.filter(Q(user_id=user_id) | Q(pk=user_id)), False
        people = rows.User.objects.filter(is_named(search_term))
        return queryset.filter(_is_from(search_term.strip()) | Q(user__in=people)), False

    @admin.display(ordering="user__name")
    def person(self, row: rows.SignInRecord) -> str:
        """Their name, with a link to their sign-ins and sessions; empty if no account is known."""
        if row.user is None:
            return ""
        url = f"{reverse('admin:accounts_user_change', args=[row.user_id])}?tab=sessions"
        return format_html('<a href="{}">{}</a>', url, name_of(row.user))

    @admin.display(description="way", ordering="way")
    def way_in_words(self, row: rows.SignInRecord) -> str:
        return WAYS[row.way]

    @admin.display(ordering="failure")
    def outcome(self, row: rows.SignInRecord) -> SafeString:
        return outcome_of(row.failure)


def recent_sign_ins_of(user_id: UUID) -> list[dict[str, Any]]:
    """The latest sign-ins and failed attempts of a person, in words."""
    return [
        {"record": record, "way": WAYS[record.way], "outcome": outcome_of(record.failure)}
        for record in services().sign_in_records.latest_of(UserId(user_id))
    ]


def outcome_of(failure: str | None) -> SafeString:
    """The outcome as a badge, and the reason of a failure."""
    if not failure:
        return format_html('<span class="badge {}">{}</span>', GOOD, "Succeeded")
    return format_html('<span class="badge {}">{}</span> {}', BAD, "Failed", REASONS[failure])
