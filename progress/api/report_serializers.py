"""Reports as JSON."""

from typing import Any

from rest_framework import serializers

from progress.domain.entities.reports import (
    BANDS,
    CourseReport,
    CourseSummary,
    DayCount,
    ItemCount,
    ScoreDistribution,
)


class StatusCountsSerializer(serializers.Serializer[Any]):
    not_started = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    completed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class DayCountSerializer(serializers.Serializer[DayCount]):
    day = serializers.DateField()
    learners = serializers.IntegerField()


class ItemCountSerializer(serializers.Serializer[ItemCount]):
    item_id = serializers.UUIDField()
    title = serializers.CharField()
    learners = serializers.IntegerField()


class ScoreDistributionSerializer(serializers.Serializer[ScoreDistribution]):
    assessment_id = serializers.UUIDField()
    item_id = serializers.UUIDField()
    bands = serializers.ListField(
        child=serializers.IntegerField(), min_length=BANDS, max_length=BANDS
    )


class CourseReportSerializer(serializers.Serializer[CourseReport]):
    course_id = serializers.UUIDField(source="summary.course_id")
    course_slug = serializers.CharField(source="summary.course_slug")
    since = serializers.DateField(source="window.since")
    until = serializers.DateField(source="window.until")
    learners = serializers.IntegerField(source="summary.learners")
    statuses = StatusCountsSerializer(source="summary.by_status")
    completions = DayCountSerializer(many=True)
    items = ItemCountSerializer(many=True)
    scores = ScoreDistributionSerializer(many=True)


class CourseSummarySerializer(serializers.Serializer[CourseSummary]):
    course_id = serializers.UUIDField()
    course_slug = serializers.CharField()
    learners = serializers.IntegerField()
    statuses = StatusCountsSerializer(source="by_status")


class OrganizationReportSerializer(serializers.Serializer[Any]):
    courses = CourseSummarySerializer(many=True)


class WindowQuerySerializer(serializers.Serializer[Any]):
    since = serializers.DateField(default=None)
    until = serializers.DateField(default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs["since"], attrs["until"]
        if since is not None and until is not None and until < since:
            raise serializers.ValidationError({"until": "This is before `since`."})
        return attrs
