"""The gate in the wall around an organization."""

from dataclasses import dataclass

from accounts.domain.entities import (
    AuditAction,
    AuditSubject,
    Organization,
    OrganizationId,
    Principal,
    SubjectType,
    UserId,
)
from accounts.domain.repositories.protocols import OrganizationRepository
from accounts.domain.services.audit_log import AuditLog
from authsvc.kernel.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What belongs to the platform has no gate: without an organization, everything here does nothing."""

    organizations: OrganizationRepository
    audit_log: AuditLog

    def note_look(
        self,
        org_id: OrganizationId | None,
        *,
        at: SubjectType,
        subject_id: object,
        by: Principal,
    ) -> None:
        """Record that somebody has looked into an organization that he is not in, as those who manage all may."""
        if org_id is not None and not by.is_in(org_id):
            subject = AuditSubject(at, str(subject_id), org_id)
            self.audit_log.record(AuditAction.LOOKED_INTO, subject, by=by)

    def require_open(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        """Raises OrganizationNotFound, OrganizationSuspended."""
        if org_id is not None and not by.is_in(org_id):
            self.organizations.get(org_id, within=by.reach).require_open()

    def organization(self, org_id: OrganizationId, *, by: Principal) -> Organization:
        """The organization, if the asker may see it. Raises OrganizationNotFound."""
        return self.organizations.get(org_id, within=by.reach)

    def by_slug(self, slug: str, *, by: Principal) -> Organization | None:
        """The organization with this slug, if the asker may see it."""
        return self.organizations.find_by_slug(slug, within=by.reach)

    def view_of(self, user_id: UserId) -> Reach:
        """The view of a member, for what follows from what others do: Principal.own_reach of whoever does not ask."""
        found = self.organizations.for_user(user_id)
        return Reach.into(*(each.organization.id for each in found if each.organization.is_open))
