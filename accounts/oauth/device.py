"""Device authorization (RFC 8628): the endpoint for devices and the page for users."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from oauthlib.oauth2 import InvalidScopeError, UnauthorizedClientError

from accounts.domain.access import GrantType, UserId
from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.scopes import descriptions_of
from accounts.domain.oauth.errors import DeviceNotFound
from accounts.domain.oauth.services.devices import normalized_user_code
from accounts.oauth.client_authentication import authenticated_client
from accounts.oauth.endpoints import Endpoint, json_response
from accounts.oauth.parameters import form_of
from accounts.oauth.session_state import authentication_of
from authsvc.composition.container import services
from authsvc.http.client_ip import client_ip_of
from authsvc.http.sign_in_state import sign_in_of
from authsvc.kernel.rate_limits import TooManyAttempts


class DeviceAuthorizationView(Endpoint):
    """`POST /oauth/device` (§3.1). GET redirects browsers to the page for users."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("oauth_device"))

    def respond(self, request: HttpRequest) -> HttpResponseBase:
        client = authenticated_client(request)
        if not client.may_use(GrantType.DEVICE_CODE):
            raise UnauthorizedClientError
        requested = form_of(request).get("scope")
        scopes = client.default_scopes if requested is None else frozenset(requested.split())
        if not client.may_ask_for(scopes):
            raise InvalidScopeError
        started = services().devices.start(client, scopes=scopes)
        page = f"{settings.ENVIRONMENT.public_url}{reverse('oauth_device')}"
        return json_response(
            {
                "device_code": started.device_code,
                "user_code": started.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code={started.user_code}",
                "expires_in": started.expires_in_seconds,
                "interval": started.interval_seconds,
            }
        )


class UserCodeForm(forms.Form):
    user_code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


@method_decorator(never_cache, name="dispatch")
class DevicePage(LoginRequiredMixin, View):
    """`/device` (§3.3): the code, then the requested access, then the decision.

    A link fills the code in but does not submit it, so that users compare it with the one on the device (§5.4).
    """

    def get(self, request: HttpRequest) -> HttpResponseBase:
        user_code = request.GET.get("user_code", "")
        return _ask_code(request, UserCodeForm(initial={"user_code": user_code[:20]}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = UserCodeForm(request.POST)
        if not form.is_valid():
            return _ask_code(request, form)
        try:
            return self._advance(request, form.cleaned_data["user_code"])
        except (DeviceNotFound, TooManyAttempts) as error:
            form.add_error("user_code", error.detail)
            return _ask_code(request, form)

    def _advance(self, request: HttpRequest, user_code: str) -> HttpResponse:
        """Raises DeviceNotFound, TooManyAttempts."""
        user: Any = request.user
        user_id, decision = UserId(user.pk), request.POST.get("decision")
        sign_in = sign_in_of(request)
        if decision is None or sign_in is None:
            device, client = services().devices.waiting(user_code, user_id=user_id)
            facts = {
                "client": client.terms,
                "permissions": descriptions_of(device.scopes),
                "user_code": normalized_user_code(user_code),
            }
            return render(request, "accounts/oauth/device_consent.html", facts)
        status = DeviceStatus.ALLOWED if decision == "allow" else DeviceStatus.DENIED
        authentication = authentication_of(request, sign_in)
        services().devices.decide(
            user_code,
            status,
            user_id=user_id,
            authentication=authentication,
            client_ip=client_ip_of(request),
        )
        facts = {"is_allowed": status is DeviceStatus.ALLOWED}
        return render(request, "accounts/oauth/device_done.html", facts)


def _ask_code(request: HttpRequest, form: UserCodeForm) -> HttpResponse:
    return render(request, "accounts/oauth/device.html", {"form": form})
