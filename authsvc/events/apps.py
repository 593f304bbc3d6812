"""App configuration of events: what other systems can learn about changes here."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "authsvc.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
