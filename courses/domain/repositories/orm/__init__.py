"""Courses in the database."""

from courses.domain.repositories.orm.courses import (
    OrmAssessmentRepository,
    OrmCourseDraftRepository,
    OrmCourseRepository,
    OrmCourseVersionRepository,
)
from courses.domain.repositories.orm.pathways import OrmPathwayRepository

__all__ = [
    "OrmAssessmentRepository",
    "OrmCourseDraftRepository",
    "OrmCourseRepository",
    "OrmCourseVersionRepository",
    "OrmPathwayRepository",
]
