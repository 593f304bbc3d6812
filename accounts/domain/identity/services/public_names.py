"""Names of users that they chose to show to strangers."""

from dataclasses import dataclass

from accounts.domain.access import UserId
from accounts.domain.identity.repositories.protocols import UserRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNames:
    """Reads names without a caller: call it only for users who chose to be named."""

    users: UserRepository

    def active_name_of(self, user_id: UserId) -> str:
        """Return the name of the user, empty if their account is not active. Raises UserNotFound."""
        user = self.users.get(user_id)
        return user.name if user.is_active else ""
