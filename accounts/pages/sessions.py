"""The page on which people see who acts for them, and put an end to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.domain.access import ClientPk, SessionId
from accounts.domain.oauth.entities.scopes import in_words
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.kernel.errors import NotFound


class ChoiceForm(forms.Form):
    """One of the buttons: a session to end, or a client from which to take back what it may do."""

    end = forms.UUIDField(required=False)
    take_back = forms.UUIDField(required=False)


class SessionsView(LoginRequiredMixin, TemplateView):
    template_name = "account/sessions.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """What is gone already is said to be, and is no failure."""
        form = ChoiceForm(request.POST)
        form.is_valid()
        try:
            self._act(form.cleaned_data)
        except NotFound as refusal:
            messages.error(request, f"{refusal.title}.")
        return redirect("account_sessions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by = person_of(self.request)
        grants = [
            {"client": client, "consent": consent, "permissions": in_words(consent.scopes)}
            for consent, client in services().authorizations.grants_of(by)
        ]
        facts = {"sessions": services().sessions.sessions_of(by), "grants": grants}
        return super().get_context_data(**kwargs) | facts

    def _act(self, chosen: dict[str, Any]) -> None:
        by = person_of(self.request)
        if session_id := chosen.get("end"):
            services().sessions.end(SessionId(session_id), by=by)
            messages.success(self.request, "Session ended.")
        elif client_pk := chosen.get("take_back"):
            services().authorizations.take_back(ClientPk(client_pk), by=by)
            messages.success(self.request, "Access revoked.")
