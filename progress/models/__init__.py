"""Models of progress: columns and constraints, no behaviour."""

from progress.models.ai import AIFeedback, AIInteraction, AISession
from progress.models.learning import (
    AssessmentAttempt,
    AttemptGrade,
    CourseProgress,
    ProgressEvent,
)

__all__ = [
    "AIFeedback",
    "AIInteraction",
    "AISession",
    "AssessmentAttempt",
    "AttemptGrade",
    "CourseProgress",
    "ProgressEvent",
]
