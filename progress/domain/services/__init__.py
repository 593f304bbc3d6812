"""What learners do, what is known of it, and how it is kept true."""

from progress.domain.services.learning import LearningService
from progress.domain.services.log import ChainReport, Flaw, LogService, ProjectionReport
from progress.domain.services.progress import ProgressService
from progress.domain.services.recording import Recorder, RecordingService

__all__ = [
    "ChainReport",
    "Flaw",
    "LearningService",
    "LogService",
    "ProgressService",
    "ProjectionReport",
    "Recorder",
    "RecordingService",
]
