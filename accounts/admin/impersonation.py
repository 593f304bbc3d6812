"""Page on which staff sign in as a person."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import models as rows
from accounts.domain.access import Right, UserId
from accounts.domain.identity.entities.impersonation import LIFETIME, Impersonation
from accounts.domain.identity.errors import CannotImpersonate
from authsvc.admin_site.actions import admin_page
from authsvc.admin_site.forms import ReasonForm
from authsvc.admin_site.pages import Confirmation, confirm_page
from authsvc.admin_site.people import name_of
from authsvc.composition.container import services
from authsvc.http.actors import staff_of
from authsvc.http.forms import submit
from authsvc.http.impersonation import store_impersonation

MINUTES: Final = int(LIFETIME.total_seconds() // 60)


class ImpersonationForm(ReasonForm):
    read_only = forms.BooleanField(initial=True, required=False)
    field_order = ("reason", "read_only")

    def __init__(self, *args: Any, may_write: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read_only"].disabled = not may_write
        if not may_write:
            self.fields["read_only"].help_text = "You may not change anything as another person."


class ImpersonationPages:
    """Mixin of the admin class of users."""

    @admin_page({"<id:user_id>/sign-in-as/": "accounts_user_sign_in_as"}, takes_away=True)
    def sign_in_as_view(self, request: HttpRequest, user_id: UUID) -> HttpResponse:
        page: Any = self
        by = staff_of(request)
        by.require(Right.IMPERSONATE)
        row: rows.User = page.row_allowed_by(page.has_change_permission, request, user_id)
        if obstacle := services().impersonation.obstacle(UserId(row.pk), by=by):
            messages.error(request, f"{CannotImpersonate.title}. {obstacle}.")
            return redirect(page.page_url(row))
        form = ImpersonationForm(
            request.POST if request.method == "POST" else None,
            may_write=by.may(Right.ACT_AS_USERS),
        )
        started: list[Impersonation] = []

        def start() -> None:
            values = form.cleaned_data
            impersonation = page.perform(
                request,
                row,
                lambda: services().impersonation.start(
                    UserId(row.pk),
                    may_write=not values["read_only"],
                    reason=values["reason"],
                    by=by,
                ),
                f"Signed in as {name_of(row)}. Reason: {values['reason']}",
            )
            started.append(impersonation)

        if submit(form, start):
            store_impersonation(request, started[0])
            return redirect("account")
        return confirm_page(request, _confirmation_for(row), form, opts=page.opts, original=row)


def _confirmation_for(row: rows.User) -> Confirmation:
    name = name_of(row)
    return Confirmation(
        title=f"Sign in as {name}",
        effects=(
            f"You see the pages of {name} for {MINUTES} minutes at most. A bar on each page says so and stops it.",
            f"{row.email} gets a mail that says so, without your reason.",
            "The start, the end and each page that you submit are recorded with your name.",
            "Passwords, second factors, e-mail addresses, sessions, apps and the admin site are locked.",
        ),
        verb=f"Sign in as {name}",
        back=reverse("admin:accounts_user_change", args=[row.pk]),
        takes_away=False,
    )
