"""Sessions page: the sessions of a user and the clients with access, each of which they can end."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.domain.access import ClientPk, SessionId
from accounts.domain.oauth.entities.client_documents import host_of
from accounts.domain.oauth.entities.scopes import descriptions_of
from authsvc.composition.container import services
from authsvc.http.actors import person_of
from authsvc.kernel.errors import NotFound
from authsvc.kernel.paging import all_items


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
        return super().get_context_data(**kwargs) | {"sessions": sessions, "grants": grants}

    def _submit(self, values: dict[str, Any]) -> None:
        by = person_of(self.request)
        if session_id := values.get("end"):
            services().sessions.end(SessionId(session_id), by=by)
            messages.success(self.request, "Session ended.")
        elif client_pk := values.get("take_back"):
            services().authorizations.revoke(ClientPk(client_pk), by=by)
            messages.success(self.request, "Access revoked.")
