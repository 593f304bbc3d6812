"""Public interface of courses for other apps."""

from courses.domain.entities.assessments import (
    Answer,
    Assessment,
    AssessmentId,
    Criterion,
    LatePolicy,
    Question,
    QuestionId,
    QuestionKind,
)
from courses.domain.entities.courses import (
    AssessmentPlace,
    Course,
    CourseDefinition,
    CourseId,
    CourseSelection,
    CourseStatus,
    CourseVersion,
)
from courses.domain.entities.outlines import ItemId, ModuleId, ModuleItem, Outline
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayCourse,
    PathwayId,
    PathwayStatus,
)
from courses.domain.errors import (
    AssessmentNotFound,
    CourseNotFound,
    CourseNotOpen,
    CourseVersionNotFound,
    InvalidPathwayDefinition,
    ItemNotFound,
    PathwayNotFound,
    PathwayNotReady,
    PathwaySlugFixed,
    QuestionNotFound,
    SlugTaken,
    UnsuitableAnswer,
)
from courses.domain.services.catalog import CatalogService
from courses.domain.services.pathway_catalog import PathwayCatalogService

__all__ = [
    "Answer",
    "Assessment",
    "AssessmentId",
    "AssessmentNotFound",
    "AssessmentPlace",
    "CatalogService",
    "Course",
    "CourseDefinition",
    "CourseId",
    "CourseNotFound",
    "CourseNotOpen",
    "CourseSelection",
    "CourseStatus",
    "CourseVersion",
    "CourseVersionNotFound",
    "Criterion",
    "InvalidPathwayDefinition",
    "ItemId",
    "ItemNotFound",
    "LatePolicy",
    "LearningPathway",
    "ModuleId",
    "ModuleItem",
    "Outline",
    "PathwayCatalogService",
    "PathwayCourse",
    "PathwayId",
    "PathwayNotFound",
    "PathwayNotReady",
    "PathwaySlugFixed",
    "PathwayStatus",
    "Question",
    "QuestionId",
    "QuestionKind",
    "QuestionNotFound",
    "SlugTaken",
    "UnsuitableAnswer",
]
