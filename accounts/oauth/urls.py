"""Where the provider answers."""

from django.urls import path

from accounts.oauth import discovery, endpoints
from accounts.oauth.authorize import AuthorizationView
from accounts.oauth.devices import DevicePage
from accounts.oauth.registration import RegistrationView
from accounts.oauth.signing_out import LogoutView
from accounts.oauth.userinfo import UserInfoView

urlpatterns = [
    path("oauth/authorize", AuthorizationView.as_view(), name="oauth_authorize"),
    path("oauth/token", endpoints.TokenView.as_view(), name="oauth_token"),
    path("oauth/revoke", endpoints.RevocationView.as_view(), name="oauth_revoke"),
    path("oauth/introspect", endpoints.IntrospectionView.as_view(), name="oauth_introspect"),
    path("oauth/par", endpoints.PushView.as_view(), name="oauth_par"),
    path("oauth/device", endpoints.DeviceView.as_view(), name="oauth_device_authorization"),
    path("device", DevicePage.as_view(), name="oauth_device"),
    path("oauth/userinfo", UserInfoView.as_view(), name="oauth_userinfo"),
    path("oauth/logout", LogoutView.as_view(), name="oauth_logout"),
    path("oauth/register", RegistrationView.as_view(), name="oauth_register"),
    path(".well-known/openid-configuration", discovery.metadata),
    path(".well-known/oauth-authorization-server", discovery.metadata),
]
