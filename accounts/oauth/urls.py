"""URLs of the OpenID provider outside `/oauth/`."""

from django.urls import path

from accounts.oauth import discovery
from accounts.oauth.device import DevicePage

urlpatterns = [
    path("device", DevicePage.as_view(), name="oauth_device"),
    path(".well-known/openid-configuration", discovery.metadata),
    path(".well-known/oauth-authorization-server", discovery.metadata),
]
