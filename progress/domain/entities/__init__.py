"""What a learner did, and what it amounts to, whatever stores it."""

from progress.domain.entities.facts import SHAPES, EntityType, EventType, Fact, Payload, Shape
from progress.domain.entities.log import GENESIS, Cause, EventId, ProgressEvent, StreamId
from progress.domain.entities.progress import CourseProgress, ProgressStatus, version_after

__all__ = [
    "GENESIS",
    "SHAPES",
    "Cause",
    "CourseProgress",
    "EntityType",
    "EventId",
    "EventType",
    "Fact",
    "Payload",
    "ProgressEvent",
    "ProgressStatus",
    "Shape",
    "StreamId",
    "version_after",
]
