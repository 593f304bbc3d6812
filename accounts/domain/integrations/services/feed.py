"""Event feed: outgoing events for other systems, which read them in the order of their positions."""

from dataclasses import dataclass

from accounts.domain.access import OrganizationId, Principal, Right
from accounts.domain.audit.entities import SubjectType
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import FeedPage, FeedSelection
from authsvc.events.repositories.protocols import OutgoingEventRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFeed:
    """Callers with the right READ_EVENTS in organizations read their events; those with it on the platform, all."""

    events: OutgoingEventRepository
    tenant_access: TenantAccess

    def page_of(
        self,
        *,
        after: int = 0,
        limit: int,
        type_: OutgoingEventType | None = None,
        by: Principal,
    ) -> FeedPage:
        """Return up to *limit* events after a position.

        Following `next_after` yields every event once, also while others record events. Organizations whose events a
        person reads from outside have that recorded. Raises NotPermitted, EventsBusy.
        """
        scope = by.event_scope
        if not scope.is_all_tenants and not scope.organizations:
            by.require(Right.READ_EVENTS)
        selection = FeedSelection(
            after=after, limit=limit, type=type_, includes_platform=scope.is_all_tenants
        )
        page = self.events.page_of(selection, scope=scope)
        # A client of the platform is set up to read all of them; a person has chosen to.
        if by.user_id is not None:
            self._record_access(page, by)
        return page

    def _record_access(self, page: FeedPage, by: Principal) -> None:
        owners = {item.event.org_id for item in page.items if item.event.org_id is not None}
        for owner in sorted(owners):
            org_id = OrganizationId(owner)
            self.tenant_access.record_access(
                org_id, at=SubjectType.ORGANIZATION, subject_id=org_id, by=by
            )
