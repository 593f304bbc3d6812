"""Which events of the log are wanted."""

from dataclasses import dataclass
from datetime import datetime

from accounts.public import OrganizationId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSelection:
    """The events of this learner, of this organization, and of this time: after `since`, and not after `until`.

    What is None leaves nothing out.
    """

    user_id: UserId | None = None
    org_id: OrganizationId | None = None
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, *, user_id: UserId, org_id: OrganizationId | None, at: datetime) -> bool:
        return (
            self.user_id in (None, user_id)
            and self.org_id in (None, org_id)
            and (self.since is None or at > self.since)
            and (self.until is None or at <= self.until)
        )
