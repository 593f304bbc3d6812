"""Services of progress."""

from progress.domain.services.attempts import AttemptOutcomes, AttemptService, GradingService
from progress.domain.services.event_log import EventExport, EventRecorder
from progress.domain.services.learning import LearnerRecords, LearningService, ProgressService
from progress.domain.services.pathways import PathwayService
from progress.domain.services.reports import ReportService
from progress.domain.services.verification import (
    ChainReport,
    EventLogVerifier,
    Flaw,
    ProjectionReport,
)

__all__ = [
    "AttemptOutcomes",
    "AttemptService",
    "ChainReport",
    "EventExport",
    "EventLogVerifier",
    "EventRecorder",
    "Flaw",
    "GradingService",
    "LearnerRecords",
    "LearningService",
    "PathwayService",
    "ProgressService",
    "ProjectionReport",
    "ReportService",
]
