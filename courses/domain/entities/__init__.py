"""What courses are, whatever stores them."""

from courses.domain.entities.assessment_definitions import (
    AssessmentDefinition,
    QuestionDefinition,
)
from courses.domain.entities.assessments import (
    Answer,
    AnswerKey,
    Assessment,
    AssessmentId,
    AssessmentType,
    Choice,
    Criterion,
    LatePolicy,
    Question,
    QuestionId,
    QuestionKind,
    ScoringModel,
)
from courses.domain.entities.courses import (
    AssessmentPlace,
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
from courses.domain.entities.graphs import cycle_in
from courses.domain.entities.outlines import (
    CourseModule,
    ItemId,
    ItemType,
    ModuleId,
    ModuleItem,
    Outline,
)
from courses.domain.entities.pathway_definitions import (
    PathwayCourseDefinition,
    PathwayDefinition,
    PathwayStageDefinition,
)
from courses.domain.entities.pathways import (
    LearningPathway,
    PathwayCourse,
    PathwayId,
    PathwayStage,
    PathwayStatus,
    pathway_slug_of,
)

__all__ = [
    "Answer",
    "AnswerKey",
    "Assessment",
    "AssessmentDefinition",
    "AssessmentId",
    "AssessmentPlace",
    "AssessmentType",
    "CatalogEntry",
    "Choice",
    "Course",
    "CourseDefinition",
    "CourseDraft",
    "CourseId",
    "CourseModule",
    "CourseStatus",
    "CourseVersion",
    "Criterion",
    "ItemDefinition",
    "ItemId",
    "ItemType",
    "LatePolicy",
    "LearningPathway",
    "ModuleDefinition",
    "ModuleId",
    "ModuleItem",
    "Outline",
    "PathwayCourse",
    "PathwayCourseDefinition",
    "PathwayDefinition",
    "PathwayId",
    "PathwayStage",
    "PathwayStageDefinition",
    "PathwayStatus",
    "Question",
    "QuestionDefinition",
    "QuestionId",
    "QuestionKind",
    "ScoringModel",
    "cycle_in",
    "pathway_slug_of",
    "slug_of",
]
