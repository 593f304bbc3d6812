"""Ports of tasks."""

from typing import Protocol

from accounts.domain.access import Right, UserId


class StaffRights(Protocol):
    def of(self, user_id: UserId) -> frozenset[Right]:
        """The rights that the user has on the admin site now; none if they are no longer staff."""
