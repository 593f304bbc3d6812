"""Progress on learning pathways as JSON."""

from typing import Any

from rest_framework import serializers

from courses.public import PathwayStatus
from progress.domain.entities.pathways import PathwayProgress, Standing


class CourseStepSerializer(serializers.Serializer[Any]):
    """A course of a pathway; `after` are the slugs of the courses to complete before it."""

    course_id = serializers.UUIDField()
    slug = serializers.CharField()
    after = serializers.ListField(child=serializers.CharField())
    standing = serializers.ChoiceField(choices=[standing.value for standing in Standing])
    percent_complete = serializers.IntegerField()


class StageStepSerializer(serializers.Serializer[Any]):
    """A stage of a pathway; `choose` is how many of its courses are to be completed."""

    key = serializers.CharField()
    title = serializers.CharField()
    choose = serializers.IntegerField()
    is_completed = serializers.BooleanField()
    courses = CourseStepSerializer(many=True)


class PathwayProgressSerializer(serializers.Serializer[PathwayProgress]):
    """A learning pathway with the caller's progress on it."""

    id = serializers.UUIDField(source="pathway.id")
    slug = serializers.CharField(source="pathway.slug")
    title = serializers.CharField(source="pathway.title")
    summary = serializers.CharField(source="pathway.summary")
    status = serializers.ChoiceField(
        source="pathway.status", choices=[status.value for status in PathwayStatus]
    )
    version = serializers.IntegerField(source="pathway.version")
    org_id = serializers.UUIDField(source="pathway.org_id", allow_null=True)
    percent_complete = serializers.IntegerField()
    is_completed = serializers.BooleanField()
    stages = StageStepSerializer(many=True)
