"""Where progress, its log and attempts are kept: the promises every store makes.

What is out of view is as if it were not there; what is written must be in view, or OutOfReach is raised.
"""

from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository
from progress.domain.repositories.protocols.reports import ReportRepository

__all__ = ["AttemptRepository", "EventRepository", "ProgressRepository", "ReportRepository"]
