"""Recipients: the people whom those mean who list them by user id or e-mail address."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.domain.access import OrganizationId, UserId
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.users import EmailService
from accounts.domain.organizations.repositories.protocols import MembershipRepository
from authsvc.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Finds people for a caller who may act for the organization, or for the platform if there is none.

    For an organization these are its members alone, so that nobody learns who else has an account. An address that is
    not verified names nobody.
    """

    users: UserRepository
    memberships: MembershipRepository
    emails: EmailService

    def with_emails(
        self, emails: Collection[str], *, org_id: OrganizationId | None
    ) -> dict[str, UserId]:
        """Return the active people with these normalized addresses, by address."""
        users = self.emails.users_with(emails)
        return {user.email: user.id for user in self._of(org_id, users.values())}

    def with_ids(
        self, user_ids: Collection[UserId], *, org_id: OrganizationId | None
    ) -> set[UserId]:
        """Return those of the ids that are those of active people."""
        users = [user for user in self.users.with_ids(user_ids) if user.is_active]
        return {user.id for user in self._of(org_id, users)}

    def _of(self, org_id: OrganizationId | None, users: Collection[User]) -> Collection[User]:
        if org_id is None or not users:
            return users
        members = self.memberships.emails_in(org_id, scope=TenantScope.into(org_id))
        return [user for user in users if user.email in members]
