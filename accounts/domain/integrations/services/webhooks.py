"""Webhook service: create, change, pause and remove the endpoints that receive events, and renew their secrets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from accounts.domain.access import OrganizationId, Principal
from accounts.domain.audit.entities import AuditAction, Members
from accounts.domain.identity.services.users import EmailService
from accounts.domain.integrations.entities.webhooks import (
    LONGEST_OVERLAP,
    MOST_WEBHOOKS,
    NewSecret,
    PauseCause,
    Webhook,
    WebhookId,
    WebhookTerms,
)
from accounts.domain.integrations.errors import UnsuitableOverlap, WebhookLimit
from accounts.domain.integrations.ports import SigningSecrets
from accounts.domain.integrations.repositories.protocols import (
    DeliveryRepository,
    WebhookCursorRepository,
    WebhookRepository,
)
from accounts.domain.integrations.services.webhook_access import WebhookAccess
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.repositories.protocols import OutgoingEventRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.errors import FieldError
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import UNCONDITIONAL, Precondition
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookService:
    """Methods raise what WebhookAccess does. Unless private hosts are allowed, URLs must name public ones."""

    webhooks: WebhookRepository
    cursors: WebhookCursorRepository
    deliveries: DeliveryRepository
    events: OutgoingEventRepository
    access: WebhookAccess
    emails: EmailService
    secrets: SigningSecrets
    allows_private_hosts: bool
    unit_of_work: UnitOfWork
    clock: Clock

    def create(
        self, org_id: OrganizationId | None, terms: WebhookTerms, *, by: Principal
    ) -> NewSecret:
        """A new webhook for all events that are committed from now on, and its secret, which is shown once.

        A person must have verified their e-mail address. Raises OrganizationSuspended, VerifiedEmailNeeded,
        UnsuitableWebhook, WebhookLimit, EventsBusy.
        """
        secret = self.secrets.new()
        with self.unit_of_work.atomic():
            # First, while nothing is locked: it waits for whoever is recording events.
            position = self.events.settled_position()
            self.access.require_to_change(org_id, by=by)
            self.emails.require_verified(by)
            webhook = Webhook(
                id=WebhookId(uuid4()),
                org_id=org_id,
                terms=self._checked(terms),
                encrypted_secret=self.secrets.encrypt(secret),
                created_by=by.user_id,
                created_at=self.clock.now(),
            )
            if self.webhooks.count_of(org_id, scope=by.tenant_scope) >= MOST_WEBHOOKS:
                raise WebhookLimit(most=MOST_WEBHOOKS)
            self.webhooks.add(webhook, position=position, scope=by.tenant_scope)
            action, after = AuditAction.WEBHOOK_CREATED, _members_of(webhook)
            self.access.record(action, webhook, by=by, after=after)
        return NewSecret(webhook=webhook, secret=secret)

    def get(
        self, org_id: OrganizationId | None, webhook_id: WebhookId, *, by: Principal
    ) -> Webhook:
        with self.unit_of_work.atomic():
            return self.access.to_read(org_id, webhook_id, by=by)

    def page_of(
        self, org_id: OrganizationId | None, request: PageRequest, *, by: Principal
    ) -> Page[Webhook]:
        """Oldest first; the id breaks ties."""
        with self.unit_of_work.atomic():
            self.access.require_to_read(org_id, by=by)
            return self.webhooks.page_of(org_id, request, scope=by.tenant_scope)

    def amend(
        self,
        org_id: OrganizationId | None,
        webhook_id: WebhookId,
        *,
        url: str | None = None,
        description: str | None = None,
        types: Collection[OutgoingEventType] | None = None,
        if_match: Precondition = UNCONDITIONAL,
        by: Principal,
    ) -> Webhook:
        """Change the given terms, also for deliveries that are waiting.

        Raises OrganizationSuspended, UnsuitableWebhook, PreconditionFailed.
        """
        with self.unit_of_work.atomic():
            before = self.access.to_change(org_id, webhook_id, by=by)
            if_match.require(before)
            terms = before.terms.amended(url=url, description=description, types=types)
            webhook = before.amended(self._checked(terms))
            self._save(AuditAction.WEBHOOK_AMENDED, before, webhook, by=by)
        return webhook

    def renew_secret(
        self,
        org_id: OrganizationId | None,
        webhook_id: WebhookId,
        *,
        former_until: datetime | None = None,
        reason: str = "",
        by: Principal,
    ) -> NewSecret:
        """Replace the secret by a new one, which is shown once.

        Deliveries are signed with both until *former_until*; without it, the current secret ends at once, and so does
        the one before it in any case. Raises OrganizationSuspended, UnsuitableOverlap.
        """
        secret = self.secrets.new()
        with self.unit_of_work.atomic():
            before = self.access.to_change(org_id, webhook_id, by=by)
            self._require_overlap(former_until)
            encrypted = self.secrets.encrypt(secret)
            webhook = before.with_secret(encrypted, former_until=former_until)
            action = AuditAction.WEBHOOK_SECRET_RENEWED
            self._save(action, before, webhook, reason=reason, by=by)
        return NewSecret(webhook=webhook, secret=secret)

    def pause(
        self,
        org_id: OrganizationId | None,
        webhook_id: WebhookId,
        *,
        reason: str = "",
        by: Principal,
    ) -> Webhook:
        """Send nothing until the webhook is resumed; events wait. Raises OrganizationSuspended."""
        with self.unit_of_work.atomic():
            before = self.access.to_change(org_id, webhook_id, by=by)
            webhook = before.paused(PauseCause.REQUESTED, at=self.clock.now())
            if webhook != before:
                self._save(AuditAction.WEBHOOK_PAUSED, before, webhook, reason=reason, by=by)
        return webhook

    def resume(
        self, org_id: OrganizationId | None, webhook_id: WebhookId, *, by: Principal
    ) -> Webhook:
        """Go on where deliveries stopped, with those that failed first. Raises OrganizationSuspended."""
        with self.unit_of_work.atomic():
            before = self.access.to_change(org_id, webhook_id, by=by)
            webhook = before.resumed()
            if webhook != before:
                self.deliveries.revive(webhook_id, at=self.clock.now())
                self.cursors.wake(webhook_id)
                self._save(AuditAction.WEBHOOK_RESUMED, before, webhook, by=by)
        return webhook

    def remove(
        self, org_id: OrganizationId | None, webhook_id: WebhookId, *, by: Principal
    ) -> None:
        """Remove the webhook and its deliveries, also those that are waiting. Raises OrganizationSuspended."""
        with self.unit_of_work.atomic():
            webhook = self.access.to_change(org_id, webhook_id, by=by)
            self.webhooks.remove(webhook, scope=by.tenant_scope)
            action, before = AuditAction.WEBHOOK_REMOVED, _members_of(webhook)
            self.access.record(action, webhook, by=by, before=before)

    def _checked(self, terms: WebhookTerms) -> WebhookTerms:
        return terms.checked(allows_private_hosts=self.allows_private_hosts)

    def _require_overlap(self, former_until: datetime | None) -> None:
        """Raises UnsuitableOverlap."""
        now = self.clock.now()
        if former_until is not None and not now < former_until <= now + LONGEST_OVERLAP:
            field_error = FieldError(
                path="former_secret_expires_at", detail=UnsuitableOverlap.title
            )
            raise UnsuitableOverlap(field_error, most_days=LONGEST_OVERLAP.days)

    def _save(
        self,
        action: AuditAction,
        before: Webhook,
        after: Webhook,
        *,
        reason: str = "",
        by: Principal,
    ) -> None:
        self.webhooks.save(after, scope=by.tenant_scope)
        self.access.record(
            action,
            after,
            by=by,
            because=reason,
            before=_members_of(before),
            after=_members_of(after),
        )


def _members_of(webhook: Webhook) -> Members:
    """The webhook as JSON values, for the audit log; never its secrets."""
    terms, former = webhook.terms, webhook.former_secret
    return {
        "url": terms.url,
        "description": terms.description,
        "types": sorted(terms.types),
        "status": webhook.status.value,
        "former_secret_expires_at": former.expires_at.isoformat() if former else None,
    }
