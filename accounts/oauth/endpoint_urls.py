"""URLs of the OAuth endpoints, below `/oauth/`: in a module of their own, so that they are found first."""

from django.urls import path

from accounts.oauth import endpoints
from accounts.oauth.authorize import AuthorizationView
from accounts.oauth.registration import RegistrationView
from accounts.oauth.signing_out import LogoutView
from accounts.oauth.userinfo import UserInfoView

urlpatterns = [
    path("token", endpoints.TokenView.as_view(), name="oauth_token"),
    path("introspect", endpoints.IntrospectionView.as_view(), name="oauth_introspect"),
    path("authorize", AuthorizationView.as_view(), name="oauth_authorize"),
    path("revoke", endpoints.RevocationView.as_view(), name="oauth_revoke"),
    path("par", endpoints.PushView.as_view(), name="oauth_par"),
    path("device", endpoints.DeviceView.as_view(), name="oauth_device_authorization"),
    path("userinfo", UserInfoView.as_view(), name="oauth_userinfo"),
    path("logout", LogoutView.as_view(), name="oauth_logout"),
    path("register", RegistrationView.as_view(), name="oauth_register"),
]
