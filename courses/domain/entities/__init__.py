"""What courses are, whatever stores them."""

from courses.domain.entities.courses import (
    CatalogEntry,
    Course,
    CourseDraft,
    CourseId,
    CourseStatus,
    CourseVersion,
    slug_of,
)
from courses.domain.entities.definitions import (
    CourseDefinition,
    ItemDefinition,
    ModuleDefinition,
)
from courses.domain.entities.outlines import (
    CourseModule,
    ItemId,
    ItemType,
    ModuleId,
    ModuleItem,
    Outline,
)

__all__ = [
    "CatalogEntry",
    "Course",
    "CourseDefinition",
    "CourseDraft",
    "CourseId",
    "CourseModule",
    "CourseStatus",
    "CourseVersion",
    "ItemDefinition",
    "ItemId",
    "ItemType",
    "ModuleDefinition",
    "ModuleId",
    "ModuleItem",
    "Outline",
    "slug_of",
]
