"""The public interface of progress for other apps."""

from progress.domain.entities.attempts import AttemptId
from progress.domain.entities.events import (
    BINDING,
    Cause,
    EntityType,
    EventType,
    Fact,
    ProgressEvent,
    StreamId,
)
from progress.domain.entities.grades import CriterionScore, Mark
from progress.domain.entities.progress import CourseProgress, CourseRecord, LearnerRecord
from progress.domain.entities.proposals import AssistedGrade
from progress.domain.events import AssessmentGraded, CourseCompleted, PathwayCompleted
from progress.domain.services.event_log import EventRecorder
from progress.domain.services.learning import LearnerRecords
from progress.domain.services.pathways import PathwayService
from progress.domain.services.recorded_facts import RecordedFacts

__all__ = [
    "BINDING",
    "AssessmentGraded",
    "AssistedGrade",
    "AttemptId",
    "Cause",
    "CourseCompleted",
    "CourseProgress",
    "CourseRecord",
    "CriterionScore",
    "EntityType",
    "EventRecorder",
    "EventType",
    "Fact",
    "LearnerRecord",
    "LearnerRecords",
    "Mark",
    "PathwayCompleted",
    "PathwayService",
    "ProgressEvent",
    "RecordedFacts",
    "StreamId",
]
