"""What staff see at a glance."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

EXPIRES_SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers beside the navigation of the admin site: what waits for staff.

    Expiring are clients, and former secrets of clients, within EXPIRES_SOON. Failing are webhooks that were paused
    because a delivery was given up or the receiver is gone.
    """

    open_invitations: int = 0
    submissions_to_grade: int = 0
    open_flags: int = 0
    expiring_clients: int = 0
    suspended_organizations: int = 0
    failed_jobs: int = 0
    failing_webhooks: int = 0
