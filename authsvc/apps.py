"""authsvc: the outside of every app, and the kernel under them."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class AuthsvcConfig(AppConfig):
    name = "authsvc"

    def ready(self) -> None:
        from authsvc.storage.append_only import (  # noqa: PLC0415  # has a model, so needs the apps
            check_protection,
            protect_again,
        )

        register(check_protection, Tags.database)
        post_migrate.connect(protect_again)
