"""Repositories of progress in memory."""

from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.progress import (
    InMemoryEventRepository,
    InMemoryProgressRepository,
)
from progress.domain.repositories.memory.reports import InMemoryReportRepository

__all__ = [
    "InMemoryAttemptRepository",
    "InMemoryEventRepository",
    "InMemoryProgressRepository",
    "InMemoryReportRepository",
]
