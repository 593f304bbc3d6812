"""The public interface of progress for other apps."""

from progress.domain.entities import (
    Cause,
    CourseProgress,
    CourseRecord,
    EventType,
    Fact,
    LearnerRecord,
    StreamId,
)
from progress.domain.events import AssessmentGraded, CourseCompleted, PathwayCompleted
from progress.domain.services import EventRecorder, LearnerRecords, PathwayService

__all__ = [
    "AssessmentGraded",
    "Cause",
    "CourseCompleted",
    "CourseProgress",
    "CourseRecord",
    "EventRecorder",
    "EventType",
    "Fact",
    "LearnerRecord",
    "LearnerRecords",
    "PathwayCompleted",
    "PathwayService",
    "StreamId",
]
