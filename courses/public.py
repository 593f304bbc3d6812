"""What other apps may use of courses."""

from courses.domain.entities import (
    Course,
    CourseId,
    CourseVersion,
    ItemId,
    ModuleId,
    Outline,
)
from courses.domain.errors import (
    CourseNotFound,
    CourseNotOpen,
    CourseVersionNotFound,
    ItemNotFound,
    SlugTaken,
)
from courses.domain.services import CatalogService

__all__ = [
    "CatalogService",
    "Course",
    "CourseId",
    "CourseNotFound",
    "CourseNotOpen",
    "CourseVersion",
    "CourseVersionNotFound",
    "ItemId",
    "ItemNotFound",
    "ModuleId",
    "Outline",
    "SlugTaken",
]
