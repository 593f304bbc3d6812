"""Repositories of progress: the contracts of every store.

Rows out of scope do not exist for reads; writes out of scope raise OutOfReach.
"""

from progress.domain.repositories.protocols.attempts import AttemptRepository
from progress.domain.repositories.protocols.progress import EventRepository, ProgressRepository
from progress.domain.repositories.protocols.reports import ReportRepository

__all__ = ["AttemptRepository", "EventRepository", "ProgressRepository", "ReportRepository"]
