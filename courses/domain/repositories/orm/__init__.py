"""Courses in the database: the only package here that knows the rows."""

from courses.domain.repositories.orm.assessments import OrmAssessmentRepository
from courses.domain.repositories.orm.courses import (
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
