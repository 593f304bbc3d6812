"""Learning pathways as JSON."""

from rest_framework import serializers

from authsvc.http.paging import PageQuerySerializer
from courses.domain.entities.pathways import LearningPathway, PathwayStatus

STATUSES = [status.value for status in PathwayStatus]


class PathwayListQuerySerializer(PageQuerySerializer):
    org = serializers.UUIDField(
        default=None, help_text="Only the pathways of the organization with this ID."
    )
    status = serializers.ChoiceField(choices=STATUSES, default=PathwayStatus.PUBLISHED.value)


class PathwaySerializer(serializers.Serializer[LearningPathway]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    version = serializers.IntegerField()
    org_id = serializers.UUIDField(allow_null=True)
