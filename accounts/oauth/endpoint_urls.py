"""URLs of the OAuth endpoints below `/oauth/`, in a separate module so that they can be matched first."""

from django.urls import path

from accounts.oauth.authorize import AuthorizationView
from accounts.oauth.device import DeviceAuthorizationView
from accounts.oauth.logout import LogoutView
from accounts.oauth.par import PushView
from accounts.oauth.registration import RegistrationManagementView, RegistrationView
from accounts.oauth.tokens import IntrospectionView, RevocationView, TokenView
from accounts.oauth.userinfo import UserInfoView

urlpatterns = [
    path("token", TokenView.as_view(), name="oauth_token"),
    path("introspect", IntrospectionView.as_view(), name="oauth_introspect"),
    path("authorize", AuthorizationView.as_view(), name="oauth_authorize"),
    path("revoke", RevocationView.as_view(), name="oauth_revoke"),
    path("par", PushView.as_view(), name="oauth_par"),
    path("device", DeviceAuthorizationView.as_view(), name="oauth_device_authorization"),
    path("userinfo", UserInfoView.as_view(), name="oauth_userinfo"),
    path("logout", LogoutView.as_view(), name="oauth_logout"),
    path(
        "register/<str:client_id>",
        RegistrationManagementView.as_view(http_method_names=["get", "put", "delete"]),
        name="oauth_registration",
    ),
    path("register", RegistrationView.as_view(), name="oauth_register"),
]
