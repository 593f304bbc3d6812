"""Progress as JSON."""

from rest_framework import serializers

from progress.domain.entities.events import EntityType, EventType, ProgressEvent
from progress.domain.entities.progress import CourseProgress, ProgressStatus


class ProgressSerializer(serializers.Serializer[CourseProgress]):
    user_id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    course_slug = serializers.CharField()
    course_version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[status.value for status in ProgressStatus])
    percent_complete = serializers.IntegerField()
    enrolled_at = serializers.DateTimeField()
    last_activity_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    completed_items = serializers.ListField(child=serializers.UUIDField())


class EventSerializer(serializers.Serializer[ProgressEvent]):
    """An event; `agent` is the client id of the agent that acted for the learner, if one did."""

    id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    type = serializers.ChoiceField(source="fact.type", choices=[type_.value for type_ in EventType])
    occurred_at = serializers.DateTimeField()
    entity_type = serializers.ChoiceField(
        source="fact.about", choices=[type_.value for type_ in EntityType]
    )
    entity_id = serializers.UUIDField(source="fact.entity_id")
    payload = serializers.DictField(source="fact.payload")
    agent = serializers.CharField(allow_null=True)
