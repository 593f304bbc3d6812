"""Database rows of courses: columns and constraints, no behaviour."""

import uuid

from django.db import models

from authsvc.storage.append_only import AppendOnlyRow
from authsvc.storage.columns import actor_column, enum_column, owner_column
from courses.domain.entities.courses import CourseStatus
from courses.domain.entities.outlines import ItemType
from courses.domain.entities.pathways import PathwayStatus


class Course(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    search_text = models.TextField(editable=False)
    status = enum_column(CourseStatus, max_length=16)
    version = models.PositiveIntegerField(default=0)
    created_by = actor_column()
    created_at = models.DateTimeField()
    org = owner_column()
    pathways = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["status", "created_at", "id"], name="courses_by_status_and_age")
        ]

    def __str__(self) -> str:
        return self.slug


class CourseDraft(models.Model):
    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    saved_by = actor_column()
    saved_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class CourseModule(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    draft = models.ForeignKey(CourseDraft, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveIntegerField()
    key = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "position"], name="one_module_per_position")
        ]

    def __str__(self) -> str:
        return self.title


class ModuleItem(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    module = models.ForeignKey(CourseModule, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    key = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    type = enum_column(ItemType, max_length=16)
    is_required = models.BooleanField(default=True)
    body = models.TextField(blank=True)
    url = models.URLField(max_length=2000, blank=True)
    assessment = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "position"], name="one_item_per_position")
        ]

    def __str__(self) -> str:
        return self.title


class Assessment(models.Model):
    """The place of an assessment. Its questions are in the versions of its course."""

    id = models.UUIDField(primary_key=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    item_id = models.UUIDField()
    org = owner_column()

    def __str__(self) -> str:
        return str(self.id)


class CourseVersion(AppendOnlyRow):
    """A published version. `outline` has the modules as JSON, because a version is read whole and never changes."""

    id = models.BigAutoField(primary_key=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    outline = models.JSONField()
    checksum = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = actor_column()
    org = owner_column(db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.slug} version {self.number}"


class LearningPathway(models.Model):
    """A pathway with its stages as JSON, because they are read whole. PathwayCourse finds the pathways of a course."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    status = enum_column(PathwayStatus, max_length=16)
    version = models.PositiveIntegerField(default=0)
    stages = models.JSONField()
    created_by = actor_column()
    created_at = models.DateTimeField()
    org = owner_column()

    class Meta:
        indexes = [
            models.Index(fields=["status", "created_at", "id"], name="pathways_by_status_and_age")
        ]

    def __str__(self) -> str:
        return self.slug


class PathwayCourse(models.Model):
    id = models.BigAutoField(primary_key=True)
    pathway = models.ForeignKey(
        LearningPathway, on_delete=models.CASCADE, related_name="courses", db_index=False
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pathway", "course"], name="one_place_per_course")
        ]

    def __str__(self) -> str:
        return f"{self.course} on {self.pathway}"
