"""URLs of the account pages, with the names under which django-allauth looks for them."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as code_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as passkey_views
from django.urls import path, re_path, reverse_lazy
from django.views.generic import RedirectView, TemplateView

from accounts.pages import (
    forms,
    impersonation,
    invitations,
    organizations,
    passkeys,
    profile,
    second_factors,
    sessions,
    views,
)

SIGN_IN = [
    path("signin", views.SignInView.as_view(), name="account_login"),
    path(
        "signin/code",
        code_views.AuthenticateView.as_view(
            form_class=forms.CodeForm, webauthn_form_class=passkeys.SecondPasskeyForm
        ),
        name="mfa_authenticate",
    ),
    path(
        "signin/passkey",
        passkey_views.LoginWebAuthnView.as_view(form_class=passkeys.SignInPasskeyForm),
        name="mfa_login_webauthn",
    ),
    path("signin/inactive", allauth_views.account_inactive, name="account_inactive"),
    path(
        "signup",
        views.SignUpView.as_view(),
        name="account_signup",
    ),
    path("signout", allauth_views.logout, name="account_logout"),
    path(
        "signout/done",
        TemplateView.as_view(template_name="account/signed_out.html"),
        name="signed_out",
    ),
]
MAIL_LINKS = [
    path(
        "password/reset",
        views.RequestPasswordResetView.as_view(),
        name="account_reset_password",
    ),
    path(
        "password/reset/sent",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "password/reset/done",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9a-f]{32})-(?P<key>[\w-]+)$",
        views.ResetPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "email/sent",
        allauth_views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    path("email/verify/<str:key>", allauth_views.confirm_email, name="account_confirm_email"),
    path("email/move/<str:key>", views.ConfirmEmailChangeView.as_view(), name="account_move_email"),
]
ACCOUNT = [
    path("account", views.AccountView.as_view(), name="account"),
    path("account/profile", profile.ProfileView.as_view(), name="account_profile"),
    path("account/sign-in", views.SignInSettingsView.as_view(), name="account_sign_in"),
    path(
        "account/organizations",
        organizations.OrganizationsView.as_view(),
        name="account_organizations",
    ),
    path("account/password", views.ChangePasswordView.as_view(), name="account_change_password"),
    path("account/email", views.EmailView.as_view(), name="account_email"),
    path("account/impersonation/stop", impersonation.stop, name="impersonation_stop"),
    path(
        "account/sessions/end-others",
        sessions.EndOtherSessionsView.as_view(),
        name="account_end_other_sessions",
    ),
    path("account/sessions", sessions.SessionsView.as_view(), name="account_sessions"),
    path(
        "account/invitations/<str:token>/",
        invitations.InvitationView.as_view(),
        name="account_invitation",
    ),
    path(
        "account/invitations/<str:token>/decline",
        invitations.DeclineInvitationView.as_view(),
        name="account_decline_invitation",
    ),
    path("account/second-factor", code_views.index, name="mfa_index"),
    path("account/app", second_factors.ActivateAppView.as_view(), name="mfa_activate_totp"),
    path("account/app/remove", app_views.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        "account/recovery-codes",
        recovery_views.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new",
        recovery_views.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("account/passkeys", second_factors.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove",
        passkey_views.RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index")),
        name="mfa_remove_webauthn",
    ),
]
REAUTHENTICATION = [
    path(
        "account/again", second_factors.ConfirmPasswordView.as_view(), name="account_reauthenticate"
    ),
    path("account/again/code", second_factors.ConfirmCodeView.as_view(), name="mfa_reauthenticate"),
    path(
        "account/again/passkey",
        second_factors.ConfirmPasskeyView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
]

urlpatterns = [
    *SIGN_IN,
    *MAIL_LINKS,
    *ACCOUNT,
    *REAUTHENTICATION,
    path(
        ".well-known/change-password", RedirectView.as_view(pattern_name="account_change_password")
    ),
]
