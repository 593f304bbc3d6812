"""The page on which a person lets a device in (RFC 8628 §3.3)."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.domain.access import UserId
from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.scopes import in_words
from accounts.domain.oauth.errors import DeviceNotFound
from accounts.domain.oauth.services.devices import spelled
from accounts.oauth.session_state import authentication_of
from authsvc.composition.container import services
from authsvc.http.sign_in_state import sign_in_of
from authsvc.kernel.rate_limits import TooManyAttempts


class CodeForm(forms.Form):
    user_code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


@method_decorator(never_cache, name="dispatch")
class DevicePage(LoginRequiredMixin, View):
    """First the code, then what the device wants, then the decision: whoever was sent a link must look at it."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        typed = request.GET.get("user_code", "")
        return _ask_code(request, CodeForm(initial={"user_code": typed[:20]}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return _ask_code(request, form)
        try:
            return self._go_on(request, form.cleaned_data["user_code"])
        except (DeviceNotFound, TooManyAttempts) as refusal:
            form.add_error("user_code", refusal.detail)
            return _ask_code(request, form)

    def _go_on(self, request: HttpRequest, user_code: str) -> HttpResponse:
        """Raises DeviceNotFound, TooManyAttempts."""
        user: Any = request.user
        user_id, decision = UserId(user.pk), request.POST.get("decision")
        sign_in = sign_in_of(request)
        if decision is None or sign_in is None:
            device, client = services().devices.waiting(user_code, user_id=user_id)
            facts = {
                "client": client.terms,
                "permissions": in_words(device.scopes),
                "user_code": spelled(user_code),
            }
            return render(request, "accounts/oauth/device_consent.html", facts)
        status = DeviceStatus.ALLOWED if decision == "allow" else DeviceStatus.DENIED
        how = authentication_of(request, sign_in)
        services().devices.decide(user_code, status, user_id=user_id, how=how)
        facts = {"is_allowed": status is DeviceStatus.ALLOWED}
        return render(request, "accounts/oauth/device_done.html", facts)


def _ask_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "accounts/oauth/device.html", {"form": form})
