"""Progress in the database: the only package here that knows the rows."""

from progress.domain.repositories.orm.attempts import OrmAttemptRepository
from progress.domain.repositories.orm.progress import OrmEventRepository, OrmProgressRepository
from progress.domain.repositories.orm.reports import OrmReportRepository

__all__ = [
    "OrmAttemptRepository",
    "OrmEventRepository",
    "OrmProgressRepository",
    "OrmReportRepository",
]
