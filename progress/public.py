"""What other apps may use of progress."""

from progress.domain.entities import EventType, Fact, StreamId
from progress.domain.events import CourseCompleted
from progress.domain.services import RecordingService

__all__ = ["CourseCompleted", "EventType", "Fact", "RecordingService", "StreamId"]
