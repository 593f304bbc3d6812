"""Courses as JSON."""

from typing import Any

from rest_framework import serializers

from authsvc.api.pages import PageQuerySerializer
from courses.domain.entities import (
    CatalogEntry,
    Course,
    CourseModule,
    CourseStatus,
    CourseVersion,
    ItemType,
    ModuleItem,
)

STATUSES = [status.value for status in CourseStatus]
ITEM_TYPES = [type_.value for type_ in ItemType]


class OwnerQuerySerializer(serializers.Serializer[Any]):
    org = serializers.UUIDField(
        default=None, help_text="An organization by its id; without it, the platform."
    )


class CourseListQuerySerializer(PageQuerySerializer):
    org = serializers.UUIDField(
        default=None, help_text="Only the courses of the organization with this id."
    )
    q = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Words of the title or summary."
    )
    status = serializers.ChoiceField(choices=STATUSES, default=CourseStatus.PUBLISHED.value)


class VersionQuerySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        default=None,
        help_text="A version by its number; without it, the published one.",
    )


class CourseSerializer(serializers.Serializer[Course]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    version = serializers.IntegerField()
    org_id = serializers.UUIDField(allow_null=True)


class ItemSerializer(serializers.Serializer[ModuleItem]):
    id = serializers.UUIDField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    type = serializers.ChoiceField(choices=ITEM_TYPES)
    required = serializers.BooleanField(source="is_required")  # type: ignore[assignment]  # Field.required


class ItemTextSerializer(ItemSerializer):
    """An item with what it teaches: `body` is Markdown, `url` is of an external item."""

    body = serializers.CharField()
    url = serializers.CharField()


class ModuleSerializer(serializers.Serializer[CourseModule]):
    id = serializers.UUIDField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    items = ItemSerializer(many=True)


class CatalogEntrySerializer(serializers.Serializer[CatalogEntry]):
    """A course and what it is made of."""

    id = serializers.UUIDField(source="course.id")
    slug = serializers.CharField(source="course.slug")
    title = serializers.CharField(source="course.title")
    summary = serializers.CharField(source="course.summary")
    status = serializers.ChoiceField(source="course.status", choices=STATUSES)
    version = serializers.IntegerField(source="course.version")
    org_id = serializers.UUIDField(source="course.org_id", allow_null=True)
    modules = ModuleSerializer(source="outline.modules", many=True)


class CourseVersionSerializer(serializers.Serializer[CourseVersion]):
    version = serializers.IntegerField(source="number")
    title = serializers.CharField()
    checksum = serializers.CharField()
    published_at = serializers.DateTimeField()
    published_by = serializers.UUIDField(allow_null=True)
