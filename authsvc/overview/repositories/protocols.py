"""Read model of what staff see at a glance."""

from datetime import datetime
from typing import Protocol

from authsvc.kernel.tenancy import TenantScope
from authsvc.overview.entities import Counts


class OverviewRepository(Protocol):
    def counts(self, *, at: datetime, scope: TenantScope) -> Counts:
        """Return the numbers of what waits for staff at that time, in one statement.

        Clients, jobs and organizations outside of the scope do not count either.
        """
