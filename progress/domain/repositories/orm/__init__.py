"""Repositories of progress in the database."""

from progress.domain.repositories.orm.attempts import OrmAttemptRepository
from progress.domain.repositories.orm.progress import OrmEventRepository, OrmProgressRepository
from progress.domain.repositories.orm.reports import OrmReportRepository

__all__ = [
    "OrmAttemptRepository",
    "OrmEventRepository",
    "OrmProgressRepository",
    "OrmReportRepository",
]
