"""Sessions page: the sessions of a user and the clients with access, each of which they can end."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.domain.access import ClientPk, SessionId
from accounts.domain.oauth.entities.scopes import descriptions_of
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.kernel.errors import NotFound


class ChoiceForm(forms.Form):
    """The pressed button: a session to end, or a client whose access to revoke."""

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
            {"client": client, "consent": consent, "permissions": descriptions_of(consent.scopes)}
            for consent, client in services().authorizations.grants_of(by)
        ]
        facts = {"sessions": services().sessions.sessions_of(by), "grants": grants}
        return super().get_context_data(**kwargs) | facts

    def _submit(self, values: dict[str, Any]) -> None:
        by = person_of(self.request)
        if session_id := values.get("end"):
            services().sessions.end(SessionId(session_id), by=by)
            messages.success(self.request, "Session ended.")
        elif client_pk := values.get("take_back"):
            services().authorizations.revoke(ClientPk(client_pk), by=by)
            messages.success(self.request, "Access revoked.")
