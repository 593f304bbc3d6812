"""The public interface of progress for other apps."""

from progress.domain.ai.entities.feedback import AIFlag, AIFlagId, FlagOutcome, Rating
from progress.domain.ai.entities.prompts import PromptTemplateId
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AISessionId,
    Generation,
    SessionType,
)
from progress.domain.ai.offline_model import OfflineModel
from progress.domain.ai.ports import FinishReason, Role, TokenUsage
from progress.domain.ai.prompts import TUTORING as TUTORING_PROMPT
from progress.domain.ai.services.budgets import BudgetPolicy
from progress.domain.ai.services.prompts import PromptDraft
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.services.tutor import Exchange
from progress.domain.ai.usage import Prices, estimated_input, estimated_tokens
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
    "TUTORING_PROMPT",
    "AIFlag",
    "AIFlagId",
    "AIInteraction",
    "AISessionId",
    "AssessmentGraded",
    "AssistedGrade",
    "AttemptId",
    "BudgetPolicy",
    "Cause",
    "CourseCompleted",
    "CourseProgress",
    "CourseRecord",
    "CriterionScore",
    "EntityType",
    "EventRecorder",
    "EventType",
    "Exchange",
    "Fact",
    "FinishReason",
    "FlagOutcome",
    "Generation",
    "LearnerRecord",
    "LearnerRecords",
    "Mark",
    "OfflineModel",
    "PathwayCompleted",
    "PathwayService",
    "Prices",
    "ProgressEvent",
    "PromptDraft",
    "PromptTemplateId",
    "Rating",
    "RecordedFacts",
    "Role",
    "SessionType",
    "StreamId",
    "TokenUsage",
    "Topic",
    "estimated_input",
    "estimated_tokens",
]
