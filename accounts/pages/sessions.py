"""Devices and apps: the sessions of a user and the clients with access, each of which they can end."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View
from django.views.generic import TemplateView

from accounts.adapters.browser_sessions import BROWSER_ID
from accounts.domain.access import ClientPk, SessionId
from accounts.domain.identity.entities.browsers import EndedSessions
from accounts.domain.oauth.entities.client_documents import host_of
from accounts.domain.oauth.entities.scopes import descriptions_of
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.http.impersonation import impersonation_of
from authsvc.http.sign_in_state import require_fresh_sign_in
from authsvc.kernel.errors import NotFound
from authsvc.kernel.paging import all_items
from authsvc.kernel.text import counted


class ChoiceForm(forms.Form):
    """The pressed button: a browser or a session to end, or a client whose access to revoke."""

    end_browser = forms.UUIDField(required=False)
    end = forms.UUIDField(required=False)
    take_back = forms.UUIDField(required=False)


class SessionsView(LoginRequiredMixin, TemplateView):
    template_name = "account/sessions.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """A session or grant that no longer exists becomes a message on the page."""
        form = ChoiceForm(request.POST)
        form.is_valid()
        try:
            self._submit(form.cleaned_data)
        except NotFound as error:
            messages.error(request, f"{error.title}.")
        return redirect("account_sessions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by = person_of(self.request)
        grants = [
            {
                "client": client,
                "host": host_of(client.client_id),
                "consent": consent,
                "permissions": descriptions_of(consent.scopes),
            }
            for consent, client in all_items(
                partial(services().authorizations.page_of_grants, by=by)
            )
        ]
        sessions = list(all_items(partial(services().sessions.page_of, by=by)))
        here = _browser_of(self.request)
        browsers = services().own_sessions.browsers(by=by)
        browsers.sort(key=lambda browser: browser.id != here)
        others = sum(browser.id != here for browser in browsers)
        return super().get_context_data(**kwargs) | {
            "browsers": browsers,
            "here": here,
            "new_networks": services().sign_in_records.new_networks(browsers),
            "others": words_for(EndedSessions(browsers=others, clients=len(sessions))),
            "sessions": sessions,
            "grants": grants,
        }

    def _submit(self, values: dict[str, Any]) -> None:
        by = person_of(self.request)
        if browser_id := values.get("end_browser"):
            ended = services().own_sessions.end_browser(SessionId(browser_id), by=by)
            what = f" on {ended.device}" if ended else ""
            messages.success(self.request, f"Ended the session{what}.")
        elif session_id := values.get("end"):
            services().sessions.end(SessionId(session_id), by=by)
            messages.success(self.request, "Session ended.")
        elif client_pk := values.get("take_back"):
            services().authorizations.revoke(ClientPk(client_pk), by=by)
            messages.success(self.request, "Access revoked.")


class EndOtherSessionsView(LoginRequiredMixin, View):
    """Asks, then ends all sessions but that in this browser. Needs a recent sign-in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        require_fresh_sign_in(request)
        return render(request, "account/end_other_sessions.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        require_fresh_sign_in(request)
        here, by = _browser_of(request), person_of(request)
        ended = services().own_sessions.end_others(but=here, by=by)
        messages.success(request, f"Ended {words_for(ended) or 'no other session'}.")
        return redirect("account_sessions")


def words_for(ended: EndedSessions) -> str:
    """The sessions in words, such as "2 browser sessions and 1 app session"; empty without any."""
    parts = [
        counted(number, f"{kind} session")
        for number, kind in ((ended.browsers, "browser"), (ended.clients, "app"))
        if number
    ]
    return " and ".join(parts)


def _browser_of(request: HttpRequest) -> SessionId | None:
    """The session in this browser; None if staff use it as somebody else."""
    browser_id = request.session.get(BROWSER_ID)
    is_own = browser_id is not None and impersonation_of(request) is None
    return SessionId(UUID(browser_id)) if is_own else None
