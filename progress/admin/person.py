"""The courses of a person: enrolments and attempts."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from authsvc.admin_site.actions import MOST_AT_ONCE
from authsvc.admin_site.contributed_tabs import PERSON_TABS, ContributedTab
from authsvc.admin_site.tenants import sees_organizations
from progress import models as rows
from progress.admin.grading import UNTITLED, titles_in


def _courses_of(request: HttpRequest, user_id: UUID) -> dict[str, Any]:
    enrolments = rows.CourseProgress.objects.filter(user_id=user_id).select_related("course")
    attempts = rows.AssessmentAttempt.objects.filter(user_id=user_id)
    attempts = attempts.select_related("course", "assessment").defer("responses")
    if not sees_organizations(request):
        enrolments, attempts = enrolments.filter(org=None), attempts.filter(org=None)
    listed = list(attempts.order_by("-started_at")[:MOST_AT_ONCE])
    titles = titles_in({(row.course_id, row.course_version) for row in listed}, request)
    return {
        "enrolments": enrolments.order_by("-last_activity_at")[:MOST_AT_ONCE],
        "attempts": [(row, titles.get(row.assessment_id, UNTITLED)) for row in listed],
    }


PERSON_TABS.register(
    ContributedTab(
        key="courses",
        label="Courses",
        place=20,
        permission="progress.view_courseprogress",
        template="admin/accounts/user/courses.html",
        load=_courses_of,
        is_in_overview=True,
    )
)
