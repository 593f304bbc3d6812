"""What learners do, what is known of it, and how it is kept true."""

from progress.domain.services.attempts import AttemptService
from progress.domain.services.export import ExportService
from progress.domain.services.grading import GradingService
from progress.domain.services.learning import LearningService
from progress.domain.services.log import ChainReport, Flaw, LogService, ProjectionReport
from progress.domain.services.outcomes import Outcomes
from progress.domain.services.pathways import PathwayService
from progress.domain.services.progress import ProgressService
from progress.domain.services.recording import Recorder, RecordingService
from progress.domain.services.records import RecordService
from progress.domain.services.reports import ReportService

__all__ = [
    "AttemptService",
    "ChainReport",
    "ExportService",
    "Flaw",
    "GradingService",
    "LearningService",
    "LogService",
    "Outcomes",
    "PathwayService",
    "ProgressService",
    "ProjectionReport",
    "RecordService",
    "Recorder",
    "RecordingService",
    "ReportService",
]
