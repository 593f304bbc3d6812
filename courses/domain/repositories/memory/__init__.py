"""Courses in memory."""

from courses.domain.repositories.memory.courses import (
    InMemoryAssessmentRepository,
    InMemoryCourseDraftRepository,
    InMemoryCourseRepository,
    InMemoryCourseVersionRepository,
)
from courses.domain.repositories.memory.pathways import InMemoryPathwayRepository

__all__ = [
    "InMemoryAssessmentRepository",
    "InMemoryCourseDraftRepository",
    "InMemoryCourseRepository",
    "InMemoryCourseVersionRepository",
    "InMemoryPathwayRepository",
]
