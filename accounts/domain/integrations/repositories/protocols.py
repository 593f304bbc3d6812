"""Repository protocols of integrations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.domain.access import OrganizationId
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope

WEBHOOKS: Final = Keyset("webhooks", {"created_at": datetime, "id": UUID})
DELIVERIES: Final = Keyset("deliveries", {"created_at": datetime, "id": UUID}, descends=True)


class WebhookRepository(Protocol):
    """Stored webhooks. None as organization stands for the platform."""

    def add(self, webhook: Webhook, *, position: int, scope: TenantScope) -> None:
        """Store a new webhook, which receives the events after that position."""

    def get(self, webhook_id: WebhookId, *, scope: TenantScope) -> Webhook:
        """Raise WebhookNotFound if there is none in scope."""

    def get_for_update(self, webhook_id: WebhookId, *, scope: TenantScope) -> Webhook:
        """Like get, but lock the webhook until the unit of work ends."""

    def save(self, webhook: Webhook, *, scope: TenantScope) -> None:
        """Replace the stored webhook; its cursor stays."""

    def remove(self, webhook: Webhook, *, scope: TenantScope) -> None:
        """Delete the webhook and its deliveries."""

    def count_of(self, org_id: OrganizationId | None, *, scope: TenantScope) -> int:
        """Count the webhooks of the organization."""

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, scope: TenantScope
    ) -> Page[Webhook]:
        """Return the webhooks of the organization, oldest first; the id breaks ties."""


class WebhookCursorRepository(Protocol):
    """How far the event log was read for each webhook, and which worker delivers to it now."""

    def due(self, *, at: datetime, limit: int) -> list[WebhookId]:
        """Return webhooks with work, those that waited longest first.

        They are active, their organization is open, nobody delivers to them, they do not rest, and there are events
        after their cursor, or deliveries that are due and not behind another of their user.
        """

    def waiting_since(self, *, of_platform: bool) -> datetime | None:
        """Return since when the oldest event waits for a webhook of the platform, or else of an organization.

        That is since it occurred, or since it was queued for the webhook; events of a replay count from then on. Only
        webhooks that are active, and whose organization is open, count; None if no event waits.
        """

    def claim(
        self, webhook_id: WebhookId, lease: UUID, *, at: datetime, until: datetime
    ) -> int | None:
        """Let the worker with the lease deliver, and return the position; None unless the webhook is free and open.

        Of concurrent calls only one returns a position.
        """

    def renew(self, webhook_id: WebhookId, lease: UUID, *, until: datetime) -> bool:
        """Extend the lease, and return whether it is still that of this worker."""

    def advance(self, webhook_id: WebhookId, lease: UUID, *, after: int, to: int) -> bool:
        """Move the cursor, unless the lease was lost or the cursor is elsewhere by now; return whether it moved."""

    def release(
        self, webhook_id: WebhookId, lease: UUID, *, resting_until: datetime | None
    ) -> None:
        """End the lease; the webhook rests until that time."""

    def rewind(self, webhook_id: WebhookId, *, to: int) -> int:
        """Move the cursor back to that position, unless it is there or before, and return where it then is.

        How far it had come is stored with it.
        """

    def wake(self, webhook_id: WebhookId) -> None:
        """End its rest."""


class DeliveryRepository(Protocol):
    """Stored deliveries. Callers have checked that they may act on the webhook."""

    def add(self, deliveries: Sequence[Delivery]) -> int:
        """Store new deliveries, and return how many.

        An event for which the webhook has a pending delivery is skipped.
        """

    def get(self, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
        """Raise DeliveryNotFound if the webhook has none with this id."""

    def find_pending_for_update(self, webhook_id: WebhookId, position: int) -> Delivery | None:
        """The pending delivery of the event at that position, if any, locked until the unit of work ends."""

    def save(self, delivery: Delivery) -> None:
        """Replace the stored delivery."""

    def pending(self, webhook_id: WebhookId, *, limit: int) -> list[Delivery]:
        """Return pending deliveries in the order of their positions."""

    def revive(self, webhook_id: WebhookId, *, at: datetime) -> None:
        """Make all pending deliveries due, as if they were not attempted yet."""

    def page_of(self, webhook_id: WebhookId, request: PageRequest) -> Page[Delivery]:
        """Return the deliveries, newest first; the id breaks ties."""

    def remove_delivered(self, *, before: datetime) -> int:
        """Delete what was delivered before that time, and return how many."""
