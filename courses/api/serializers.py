"""Courses and learning pathways as JSON."""

from typing import Any, TypeVar

from rest_framework import serializers

from authsvc.http.paging import PageQuerySerializer
from courses.domain.entities.assessments import (
    Assessment,
    AssessmentType,
    Choice,
    Criterion,
    LatePolicy,
    Level,
    Question,
    QuestionKind,
    ScoringModel,
)
from courses.domain.entities.courses import CatalogEntry, Course, CourseStatus, CourseVersion
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from courses.domain.entities.pathways import LearningPathway, PathwayStatus

Authored = TypeVar("Authored", Course, LearningPathway)
STATUSES = [status.value for status in CourseStatus]
"""Courses and pathways have the same."""
ITEM_TYPES = [type_.value for type_ in ItemType]


class OwnerQuerySerializer(serializers.Serializer[Any]):
    org = serializers.UUIDField(
        default=None, help_text="The ID of the organization; without it, the platform."
    )


class CourseListQuerySerializer(PageQuerySerializer):
    org = serializers.UUIDField(
        default=None, help_text="Only the courses of the organization with this ID."
    )
    q = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Words in the title or summary."
    )
    status = serializers.ChoiceField(choices=STATUSES, default=CourseStatus.PUBLISHED.value)


class PathwayListQuerySerializer(PageQuerySerializer):
    org = serializers.UUIDField(
        default=None, help_text="Only the pathways of the organization with this ID."
    )
    status = serializers.ChoiceField(choices=STATUSES, default=PathwayStatus.PUBLISHED.value)


class VersionQuerySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        default=None,
        help_text="The number of a version; without it, the published one.",
    )


class _AuthoredSerializer(serializers.Serializer[Authored]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    version = serializers.IntegerField()
    org_id = serializers.UUIDField(allow_null=True)


class CourseSerializer(_AuthoredSerializer[Course]):
    pass


class PathwaySerializer(_AuthoredSerializer[LearningPathway]):
    pass


class ItemSerializer(serializers.Serializer[ModuleItem]):
    id = serializers.UUIDField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    type = serializers.ChoiceField(choices=ITEM_TYPES)
    required = serializers.BooleanField(source="is_required")  # type: ignore[assignment]  # Field.required
    due_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When its assessment is due. What is submitted later is accepted and late.",
    )


class ChoiceSerializer(serializers.Serializer[Choice]):
    """A choice; whether it is right is never shown."""

    key = serializers.CharField()
    text = serializers.CharField()


class LevelSerializer(serializers.Serializer[Level]):
    score = serializers.IntegerField()
    text = serializers.CharField()


class CriterionSerializer(serializers.Serializer[Criterion]):
    key = serializers.CharField()
    text = serializers.CharField()
    max_score = serializers.IntegerField()
    levels = LevelSerializer(
        many=True,
        help_text="The only points that graders can give for it, most first; all up to `max_score` if empty.",
    )


class QuestionSerializer(serializers.Serializer[Question]):
    """A question as learners see it, without the right answer."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in QuestionKind])
    prompt = serializers.CharField()
    max_score = serializers.IntegerField()
    choices = ChoiceSerializer(many=True)
    rubric = CriterionSerializer(many=True)


class AssessmentSerializer(serializers.Serializer[Assessment]):
    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=[type_.value for type_ in AssessmentType])
    scoring = serializers.ChoiceField(choices=[model.value for model in ScoringModel])
    max_score = serializers.IntegerField()
    pass_score = serializers.IntegerField()
    attempt_limit = serializers.IntegerField(allow_null=True)
    time_limit_minutes = serializers.IntegerField(allow_null=True)
    late = serializers.ChoiceField(choices=[policy.value for policy in LatePolicy])
    due_at = serializers.DateTimeField(allow_null=True)
    questions = QuestionSerializer(many=True)


class ItemTextSerializer(ItemSerializer):
    """An item with its content: `body` is Markdown, `url` that of an external item."""

    body = serializers.CharField()
    url = serializers.CharField()
    assessment = AssessmentSerializer(allow_null=True)


class ModuleSerializer(serializers.Serializer[CourseModule]):
    id = serializers.UUIDField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    items = ItemSerializer(many=True)


class CatalogEntrySerializer(serializers.Serializer[CatalogEntry]):
    """A course with its modules and items."""

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
