"""What learners did, for staff to look at."""

from django.contrib import admin

from accounts.public import SubjectType
from authsvc.staff import LookOnlyAdmin, OfOrganizations
from progress import models as rows


@admin.register(rows.ProgressEvent)
class ProgressEventAdmin(OfOrganizations, LookOnlyAdmin):
    looked_at = SubjectType.LEARNERS
    owner = "org"
    list_display = ["position", "occurred_at", "type", "user", "course", "org", "sequence"]
    list_filter = ["type", "org"]
    list_select_related = ["user", "course", "org"]
    search_fields = ["user__email", "course__slug"]
    ordering = ["-position"]


@admin.register(rows.CourseProgress)
class CourseProgressAdmin(OfOrganizations, LookOnlyAdmin):
    looked_at = SubjectType.LEARNERS
    owner = "org"
    list_display = [
        "user",
        "course_slug",
        "org",
        "course_version",
        "status",
        "percent_complete",
        "last_activity_at",
    ]
    list_filter = ["status", "org"]
    list_select_related = ["user", "org"]
    search_fields = ["user__email", "course_slug"]
    ordering = ["-last_activity_at"]
