"""Outgoing events of memberships: what other systems can learn about a change."""

from datetime import datetime

from accounts.domain.organizations.entities import OrgMembership
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import OutgoingEvent


def membership_added(membership: OrgMembership) -> OutgoingEvent:
    return OutgoingEvent(
        type=OutgoingEventType.MEMBERSHIP_ADDED,
        occurred_at=membership.joined_at,
        org_id=membership.org_id,
        user_id=membership.user_id,
        data={"role": membership.role.value},
    )


def membership_changed(
    before: OrgMembership, after: OrgMembership, *, at: datetime
) -> OutgoingEvent:
    return OutgoingEvent(
        type=OutgoingEventType.MEMBERSHIP_CHANGED,
        occurred_at=at,
        org_id=after.org_id,
        user_id=after.user_id,
        data={"role": after.role.value, "former_role": before.role.value},
    )


def membership_removed(membership: OrgMembership, *, at: datetime) -> OutgoingEvent:
    return OutgoingEvent(
        type=OutgoingEventType.MEMBERSHIP_REMOVED,
        occurred_at=at,
        org_id=membership.org_id,
        user_id=membership.user_id,
        data={"former_role": membership.role.value},
    )
