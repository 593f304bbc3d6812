"""Repositories of courses: the promises that every store makes."""

from courses.domain.repositories.protocols.courses import (
    AssessmentRepository,
    CourseDraftRepository,
    CourseRepository,
    CourseVersionRepository,
)
from courses.domain.repositories.protocols.pathways import PathwayRepository

__all__ = [
    "AssessmentRepository",
    "CourseDraftRepository",
    "CourseRepository",
    "CourseVersionRepository",
    "PathwayRepository",
]
