"""Configuration of the Django app `authsvc`, and of the admin app."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register
from django.core.signals import request_finished, request_started
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from authsvc.config.logs import clear_ids
from authsvc.http import converters
from authsvc.storage.connections import read_times_in_utc
from authsvc.storage.kept_connections import drop_closed_connections


class AuthsvcConfig(AppConfig):
    name = "authsvc"

    def ready(self) -> None:
        from authsvc.composition.base import EXPIRING_ABOVE  # noqa: PLC0415  # has models, so needs the apps
        from authsvc.http.idempotency.store import idempotency_of  # noqa: PLC0415  # likewise
        from authsvc.storage.append_only import (  # noqa: PLC0415  # defines a model, which needs the app registry
            check_protection,
            restore_protection,
        )

        EXPIRING_ABOVE["idempotency record"] = idempotency_of
        converters.register()
        register(check_protection, Tags.database)
        post_migrate.connect(restore_protection)
        connection_created.connect(read_times_in_utc)
        request_started.connect(drop_closed_connections)
        # Not in a middleware, because Django logs a rejected request after the last one.
        request_finished.connect(clear_ids)


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin with the admin site of this application."""

    default = False  # or Django could not tell which of these two configures authsvc
    default_site = "authsvc.admin_site.site.AdminSite"
