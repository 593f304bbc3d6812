"""What a learner did, and what it amounts to, whatever stores it."""

from progress.domain.entities.attempts import (
    AssessmentAttempt,
    AttemptId,
    AttemptStatus,
    Grade,
    Mark,
    Response,
)
from progress.domain.entities.facts import SHAPES, EntityType, EventType, Fact, Payload, Shape
from progress.domain.entities.log import GENESIS, Cause, EventId, ProgressEvent, StreamId
from progress.domain.entities.pathways import (
    CourseStep,
    PathwayProgress,
    StageStep,
    Standing,
    completed_in,
)
from progress.domain.entities.progress import CourseProgress, ProgressStatus, version_after
from progress.domain.entities.records import CourseRecord, LearnerRecord
from progress.domain.entities.report_tables import table_of_course, table_of_courses
from progress.domain.entities.reports import (
    BANDS,
    CourseReport,
    CourseSummary,
    DayCount,
    ItemCount,
    ScoreDistribution,
    Statuses,
    Window,
    band_of,
    distributions_of,
    funnel_of,
)
from progress.domain.entities.selections import EventSelection

__all__ = [
    "BANDS",
    "GENESIS",
    "SHAPES",
    "AssessmentAttempt",
    "AttemptId",
    "AttemptStatus",
    "Cause",
    "CourseProgress",
    "CourseRecord",
    "CourseReport",
    "CourseStep",
    "CourseSummary",
    "DayCount",
    "EntityType",
    "EventId",
    "EventSelection",
    "EventType",
    "Fact",
    "Grade",
    "ItemCount",
    "LearnerRecord",
    "Mark",
    "PathwayProgress",
    "Payload",
    "ProgressEvent",
    "ProgressStatus",
    "Response",
    "ScoreDistribution",
    "Shape",
    "StageStep",
    "Standing",
    "Statuses",
    "StreamId",
    "Window",
    "band_of",
    "completed_in",
    "distributions_of",
    "funnel_of",
    "table_of_course",
    "table_of_courses",
    "version_after",
]
