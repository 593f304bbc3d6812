"""The courses of an organization."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from authsvc.admin_site.actions import MOST_AT_ONCE
from authsvc.admin_site.contributed_tabs import ORGANIZATION_TABS, ContributedTab
from authsvc.admin_site.tenants import scope_of
from authsvc.composition.container import services
from courses import models as rows


def _courses_of(request: HttpRequest, org_id: UUID) -> dict[str, Any]:
    own = rows.Course.objects.filter(org=org_id).order_by("title", "pk")
    listed = list(own[: MOST_AT_ONCE + 1])
    courses = listed[:MOST_AT_ONCE]
    sees_learners = request.user.has_perm("progress.view_courseprogress")
    learners = (
        services().overview.learners_by_course(
            [course.pk for course in courses], scope=scope_of(request)
        )
        if sees_learners
        else {}
    )
    return {
        "courses": [(course, learners.get(course.pk, 0)) for course in courses],
        "has_more": len(listed) > MOST_AT_ONCE,
        "most": MOST_AT_ONCE,
        "sees_learners": sees_learners,
    }


ORGANIZATION_TABS.register(
    ContributedTab(
        key="courses",
        label="Courses",
        place=10,
        permission="courses.view_course",
        template="admin/accounts/organization/courses.html",
        load=_courses_of,
    )
)
