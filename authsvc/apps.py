"""authsvc: the outside of every app, and the kernel under them."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register
from django.core.signals import request_finished
from django.db.models.signals import post_migrate

from authsvc.config.logs import forget_request


class AuthsvcConfig(AppConfig):
    name = "authsvc"

    def ready(self) -> None:
        from authsvc.storage.append_only import (  # noqa: PLC0415  # has a model, so needs the apps
            check_protection,
            protect_again,
        )

        register(check_protection, Tags.database)
        post_migrate.connect(protect_again)
        # Not in a middleware: Django logs a refused request after the last of them.
        request_finished.connect(forget_request)


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin with our own site."""

    default = False  # or Django could not tell which of these two configures authsvc
    default_site = "authsvc.admin_site.site.AdminSite"
