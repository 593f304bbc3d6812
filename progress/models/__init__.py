"""Models of progress: columns and constraints, no behaviour."""

from progress.models.ai import (
    AIBudgetCounter,
    AIFeedback,
    AIFlag,
    AIInteraction,
    AIReservation,
    AISession,
    AISettings,
)
from progress.models.learning import (
    AssessmentAttempt,
    AttemptGrade,
    CourseProgress,
    GradeProposal,
    ProgressEvent,
)
from progress.models.prompts import PromptTemplate, PromptUse

__all__ = [
    "AIBudgetCounter",
    "AIFeedback",
    "AIFlag",
    "AIInteraction",
    "AIReservation",
    "AISession",
    "AISettings",
    "AssessmentAttempt",
    "AttemptGrade",
    "CourseProgress",
    "GradeProposal",
    "ProgressEvent",
    "PromptTemplate",
    "PromptUse",
]
