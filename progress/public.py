"""What other apps may use of progress."""

from progress.domain.entities import CourseRecord, EventType, Fact, LearnerRecord, StreamId
from progress.domain.events import AssessmentGraded, CourseCompleted, PathwayCompleted
from progress.domain.services import PathwayService, RecordingService, RecordService

__all__ = [
    "AssessmentGraded",
    "CourseCompleted",
    "CourseRecord",
    "EventType",
    "Fact",
    "LearnerRecord",
    "PathwayCompleted",
    "PathwayService",
    "RecordService",
    "RecordingService",
    "StreamId",
]
