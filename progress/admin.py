"""What learners did, for staff to look at."""

from django.contrib import admin

from authsvc.staff import LookOnlyAdmin
from progress import models as rows


@admin.register(rows.ProgressEvent)
class ProgressEventAdmin(LookOnlyAdmin):
    list_display = ["position", "occurred_at", "type", "user", "course", "sequence"]
    list_filter = ["type"]
    list_select_related = ["user", "course"]
    search_fields = ["user__email", "course__slug"]
    ordering = ["-position"]


@admin.register(rows.CourseProgress)
class CourseProgressAdmin(LookOnlyAdmin):
    list_display = [
        "user",
        "course_slug",
        "course_version",
        "status",
        "percent_complete",
        "last_activity_at",
    ]
    list_filter = ["status"]
    list_select_related = ["user"]
    search_fields = ["user__email", "course_slug"]
    ordering = ["-last_activity_at"]
