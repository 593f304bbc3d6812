"""Setting up organizations for others, by the e-mail address of the owner."""

from dataclasses import dataclass

from accounts.domain.access import OrgRole, Principal
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.users import EmailService
from accounts.domain.organizations.entities import Invitation, Organization
from accounts.domain.organizations.errors import UnsuitableOrganization
from accounts.domain.organizations.services.invitations import InvitationService
from accounts.domain.organizations.services.organizations import OrganizationService
from authsvc.kernel.errors import FieldError
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSetup:
    """Creates organizations with Right.MANAGE_ORGANIZATIONS."""

    organizations: OrganizationService
    invitations: InvitationService
    users: UserRepository
    emails: EmailService
    unit_of_work: UnitOfWork

    def check(self, *, name: str, slug: str, owner_email: str) -> None:
        """Raise UnsuitableOrganization if name or slug is invalid, or the owner's account is deactivated."""
        self.organizations.planned(name, slug)
        user = self.users.find_by_email(self.emails.email_addresses.normalized(owner_email))
        if user is not None and not user.is_active:
            detail = "The account with this e-mail address is deactivated. Activate it first."
            raise UnsuitableOrganization(FieldError(path="owner", detail=detail))

    def create(
        self, *, name: str, slug: str, owner_email: str, by: Principal
    ) -> tuple[Organization, Invitation | None]:
        """Create an organization owned by the active user who has verified this address, who is told.

        If there is none, the organization has no owner until the invitation is accepted that is mailed to the address.
        Raises UnsuitableOrganization, OrganizationSlugTaken, NotPermitted, VerifiedEmailNeeded, MailBudgetSpent.
        """
        with self.unit_of_work.atomic():
            self.check(name=name, slug=slug, owner_email=owner_email)
            owner = self.emails.find_verified(owner_email)
            if owner is not None:
                organization = self.organizations.create(
                    name=name, slug=slug, owner_id=owner.id, by=by
                )
                return organization, None
            organization = self.organizations.create_without_owner(name=name, slug=slug, by=by)
            invited = {owner_email.lower(): OrgRole.OWNER}.items()
            (invitation,) = self.invitations.send(organization.id, invited, by=by)
        return organization, invitation
