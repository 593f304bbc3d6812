"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_used  # noqa: PLC0415  # has models, so needs the apps

        from accounts.oauth import logout  # noqa: PLC0415  # likewise
        from accounts.pages import security_log  # noqa: PLC0415  # likewise
        from accounts.pages.passkeys import record_passkey_kind  # noqa: PLC0415  # likewise

        authenticator_used.connect(record_passkey_kind)
        security_log.listen()
        logout.listen()
