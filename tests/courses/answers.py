"""Courses as the API shows them."""

from typing import Any

from courses.domain.entities.courses import Course


def summary_of(course: Course) -> dict[str, Any]:
    """A published course of the platform, without its outline."""
    return {
        "id": str(course.id),
        "slug": course.slug,
        "title": course.title,
        "summary": course.summary,
        "status": "published",
        "version": 1,
        "org_id": None,
    }
