"""The public interface of progress for other apps."""

from progress.domain.entities.events import Cause, EventType, Fact, StreamId
from progress.domain.entities.progress import CourseProgress, CourseRecord, LearnerRecord
from progress.domain.events import AssessmentGraded, CourseCompleted, PathwayCompleted
from progress.domain.services.event_log import EventRecorder
from progress.domain.services.learning import LearnerRecords
from progress.domain.services.pathways import PathwayService

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
