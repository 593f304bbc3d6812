"""AI sessions as JSON."""

from typing import Any, Final

from rest_framework import serializers

from authsvc.http.fields import TextField
from progress.domain.ai.entities.feedback import LONGEST_COMMENT, AIFeedback, Rating
from progress.domain.ai.entities.sessions import (
    LONGEST_TEXT,
    AIInteraction,
    AISession,
    ReadInteraction,
    SessionType,
    TextState,
)
from progress.domain.ai.ports import FinishReason, Role

GREATEST: Final = 2**31 - 1
GREATEST_COST: Final = 2**53
"""The greatest integer that every JSON parser reads exactly."""

ROLES: Final = tuple(role.value for role in Role)


class StartSessionRequestSerializer(serializers.Serializer[Any]):
    session_type = serializers.ChoiceField(choices=[type_.value for type_ in SessionType])
    course = serializers.SlugField(
        max_length=80,
        default=None,
        help_text="Slug or id of a course that the caller is enrolled on.",
    )
    item_id = serializers.UUIDField(default=None, help_text="An item of the course.")
    org_id = serializers.UUIDField(
        default=None,
        help_text="An organization of the caller, for a session without a course.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["item_id"] and not attrs["course"]:
            raise serializers.ValidationError({"item_id": "Send the course of the item, too."})
        if attrs["org_id"] and attrs["course"]:
            message = "Omit it: the session belongs to the organization of the course."
            raise serializers.ValidationError({"org_id": message})
        return attrs


class AISessionSerializer(serializers.Serializer[AISession]):
    """A session; `sequence` is the number of its last interaction."""

    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    org_id = serializers.UUIDField(allow_null=True)
    course_id = serializers.UUIDField(allow_null=True)
    item_id = serializers.UUIDField(allow_null=True)
    session_type = serializers.ChoiceField(choices=[type_.value for type_ in SessionType])
    client_id = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    sequence = serializers.IntegerField()
    hash = serializers.CharField()


def _count(help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=GREATEST, default=0, help_text=help_text)


def _milliseconds(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=GREATEST, default=None, allow_null=True, help_text=help_text
    )


class LogInteractionRequestSerializer(serializers.Serializer[Any]):
    """A message and, if a model wrote it, how. The text is redacted before it is stored."""

    role = serializers.ChoiceField(choices=ROLES)
    text = TextField(max_length=LONGEST_TEXT, trim_whitespace=False)
    provider = TextField(
        max_length=80,
        allow_blank=True,
        default="",
        help_text="`gen_ai.provider.name` of OpenTelemetry, such as `anthropic`.",
    )
    model_id = TextField(max_length=200, allow_blank=True, default="")
    input_tokens = _count("Including cached ones.")
    cached_tokens = _count("Input tokens that the provider had cached.")
    output_tokens = _count()
    latency_ms = _milliseconds("From the request to the end of the answer.")
    time_to_first_token_ms = _milliseconds("From the request to the first text of the answer.")
    finish_reason = serializers.ChoiceField(
        choices=[reason.value for reason in FinishReason], default=None, allow_null=True
    )
    prompt_template = TextField(max_length=80, allow_blank=True, default="")
    prompt_version = TextField(max_length=40, allow_blank=True, default="")
    cost_micro_usd = serializers.IntegerField(
        min_value=0,
        max_value=GREATEST_COST,
        default=0,
        help_text="In millionths of a US dollar.",
    )


class AIInteractionSerializer(serializers.Serializer[AIInteraction]):
    """An interaction without its text, which is identified by `content_hash`, its SHA-256."""

    id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    role = serializers.ChoiceField(choices=ROLES)
    content_hash = serializers.CharField()
    provider = serializers.CharField(source="generation.provider")
    model_id = serializers.CharField(source="generation.model_id")
    input_tokens = serializers.IntegerField(source="generation.usage.input_tokens")
    cached_tokens = serializers.IntegerField(source="generation.usage.cached_tokens")
    output_tokens = serializers.IntegerField(source="generation.usage.output_tokens")
    latency_ms = serializers.IntegerField(source="generation.latency_ms", allow_null=True)
    time_to_first_token_ms = serializers.IntegerField(
        source="generation.time_to_first_token_ms", allow_null=True
    )
    finish_reason = serializers.ChoiceField(
        source="generation.finish_reason",
        choices=[reason.value for reason in FinishReason],
        allow_null=True,
    )
    prompt_template = serializers.CharField(source="generation.prompt_template")
    prompt_version = serializers.CharField(source="generation.prompt_version")
    cost_micro_usd = serializers.IntegerField(source="generation.cost_micro_usd")
    is_reported = serializers.BooleanField(
        help_text="Whether the client states these metrics about a tutor of its own."
    )
    occurred_at = serializers.DateTimeField()
    client_id = serializers.CharField()
    agent = serializers.CharField(
        allow_null=True, help_text="The id of the client if an agent acted for the user."
    )
    previous_hash = serializers.CharField()
    hash = serializers.CharField()


class ReadInteractionSerializer(serializers.Serializer[ReadInteraction]):
    """An interaction with its text. `text` is null unless `text_state` is `stored`."""

    interaction = AIInteractionSerializer()
    text = serializers.CharField(allow_null=True)
    text_state = serializers.ChoiceField(choices=[state.value for state in TextState])


class FeedbackRequestSerializer(serializers.Serializer[Any]):
    rating = serializers.ChoiceField(choices=[rating.value for rating in Rating])
    comment = TextField(max_length=LONGEST_COMMENT, allow_blank=True, default="")


class FeedbackSerializer(serializers.Serializer[AIFeedback]):
    """Feedback without the comment, so that a stored response contains no text of a person."""

    interaction_id = serializers.UUIDField()
    rating = serializers.ChoiceField(choices=[rating.value for rating in Rating])
    given_at = serializers.DateTimeField()


class RemoveTextsRequestSerializer(serializers.Serializer[Any]):
    reason = TextField(max_length=1000, help_text="Recorded in the audit log.")


class RemovedTextsSerializer(serializers.Serializer[Any]):
    sessions = serializers.IntegerField(help_text="How many sessions the user has.")
