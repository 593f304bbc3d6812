"""Serializers of webhooks and their deliveries."""

from typing import Any, Final

from rest_framework import serializers

from accounts.api.events import GREATEST_POSITION, TYPES
from accounts.api.serializers import SortedListField
from accounts.domain.integrations.entities.deliveries import (
    AttemptResult,
    Delivery,
    DeliveryStatus,
)
from accounts.domain.integrations.entities.webhooks import (
    LONGEST_DESCRIPTION,
    NewSecret,
    PauseCause,
    Webhook,
    WebhookStatus,
)
from authsvc.http.fields import NameField, TextField
from authsvc.kernel.urls import LONGEST_URL

_CAUSES: Final = [cause.value for cause in PauseCause]
_ALL: Final = "An empty list means all types."


class CreateWebhookRequestSerializer(serializers.Serializer[Any]):
    url = TextField(max_length=LONGEST_URL, help_text="Where events are sent, by HTTPS.")
    description = NameField(max_length=LONGEST_DESCRIPTION, allow_blank=True, default="")
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), default=list, help_text=_ALL
    )


class ChangeWebhookRequestSerializer(serializers.Serializer[Any]):
    """Omitted members stay unchanged."""

    url = TextField(max_length=LONGEST_URL, default=None)
    description = NameField(max_length=LONGEST_DESCRIPTION, allow_blank=True, default=None)
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), default=None, help_text=_ALL
    )


class WebhookSerializer(serializers.Serializer[Webhook]):
    """An endpoint that receives events. Its secret is shown when it is created or renewed, and never again."""

    id = serializers.UUIDField()
    org_id = serializers.UUIDField(
        allow_null=True, help_text="`null` if it is one of the platform, which receives all events."
    )
    url = serializers.CharField(source="terms.url")
    description = serializers.CharField(source="terms.description")
    types = SortedListField(source="terms.types", help_text=_ALL)
    status = serializers.ChoiceField(choices=[status.value for status in WebhookStatus])
    paused_because = serializers.ChoiceField(
        source="pause.cause",
        choices=_CAUSES,
        allow_null=True,
        default=None,
        help_text="`failing` after the last attempt of a delivery, `gone` after an answer with status 410.",
    )
    paused_since = serializers.DateTimeField(source="pause.since", allow_null=True, default=None)
    former_secret_expires_at = serializers.DateTimeField(
        source="former_secret.expires_at",
        allow_null=True,
        default=None,
        help_text="Until when deliveries are also signed with the secret before the current one.",
    )
    created_at = serializers.DateTimeField()


class NewWebhookSecretSerializer(serializers.Serializer[NewSecret]):
    """A webhook and its secret, which is shown only once."""

    webhook = WebhookSerializer()
    secret = serializers.CharField(help_text="`whsec_` and the key in Base64 (Standard Webhooks).")


class RotateWebhookSecretRequestSerializer(serializers.Serializer[Any]):
    former_secret_expires_at = serializers.DateTimeField(
        default=None,
        help_text="Until when deliveries are signed with both secrets, at most 7 days from now; otherwise the current "
        "one ends at once.",
    )


class PingResultSerializer(serializers.Serializer[AttemptResult]):
    """What became of a test message."""

    is_delivered = serializers.BooleanField(source="is_success")
    http_status = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.IntegerField()
    error = serializers.CharField(help_text="Empty if the message was delivered.")


class WebhookDeliverySerializer(serializers.Serializer[Delivery]):
    """An event for a webhook. HTTP status, duration and error are those of the last attempt."""

    id = serializers.UUIDField()
    event_id = serializers.UUIDField(help_text="The `webhook-id` of each attempt.")
    position = serializers.IntegerField()
    type = serializers.ChoiceField(choices=TYPES)
    user_id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(
        choices=[status.value for status in DeliveryStatus],
        help_text="A `failed` delivery has paused its webhook, and is attempted again once that is resumed.",
    )
    attempts = serializers.IntegerField()
    http_status = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    attempted_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(source="due_at", allow_null=True)


class ReplayWebhookRequestSerializer(serializers.Serializer[Any]):
    """Either member, not both."""

    after = serializers.IntegerField(
        min_value=0,
        max_value=GREATEST_POSITION,
        default=None,
        help_text="Events after this position.",
    )
    since = serializers.DateTimeField(
        default=None, help_text="Events that occurred at this time or later."
    )


class ReplaySerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        help_text="The position after which events are delivered: never one that the webhook had not reached."
    )
