"""Pauses of failing webhooks, of which their owners are told by mail."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from accounts.domain.access import OrgRole
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.errors import MailBudgetSpent
from accounts.domain.identity.repositories.protocols import UserRepository
from accounts.domain.identity.services.mail_budgets import MailBudgets
from accounts.domain.integrations.entities.deliveries import Delivery
from accounts.domain.integrations.entities.webhooks import Webhook
from accounts.domain.integrations.repositories.protocols import WebhookRepository
from accounts.domain.integrations.services.webhook_access import DISPATCHER, WebhookAccess
from accounts.domain.mail.entities import MailKind
from accounts.domain.mail.services.outbox import NOTICE_LIFETIME, Message
from accounts.domain.organizations.repositories.protocols import (
    MembershipRepository,
    OrganizationRepository,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPauses:
    webhooks: WebhookRepository
    organizations: OrganizationRepository
    memberships: MembershipRepository
    users: UserRepository
    access: WebhookAccess
    mail_budgets: MailBudgets
    unit_of_work: UnitOfWork
    clock: Clock

    def pause_because_of(self, failed: Delivery) -> None:
        """Pause the webhook of a failed delivery, unless it is paused. Raises WebhookNotFound."""
        scope = DISPATCHER.tenant_scope
        with self.unit_of_work.atomic():
            before = self.webhooks.get_for_update(failed.webhook_id, scope=scope)
            webhook = before.paused(failed.pause_cause, at=self.clock.now())
            if webhook == before:
                return
            self.webhooks.save(webhook, scope=scope)
            self._notify_owners(webhook, failed)
            self.access.record(
                AuditAction.WEBHOOK_PAUSED,
                webhook,
                by=DISPATCHER,
                because=failed.error,
                before={"status": before.status.value},
                after={"status": webhook.status.value},
            )

    def _notify_owners(self, webhook: Webhook, failed: Delivery) -> None:
        """Queue a message to the owners of the organization; for the platform, to whoever created the webhook."""
        names = {"webhook": webhook.terms.description or "Webhook"}
        if webhook.org_id is not None:
            scope = DISPATCHER.tenant_scope
            names["organization"] = self.organizations.get(webhook.org_id, scope=scope).name
        for recipient in sorted(self._recipients(webhook)):
            message = Message(
                kind=MailKind.WEBHOOK_PAUSED,
                recipient=recipient,
                names=names,
                facts={"webhook_id": str(webhook.id), "error": failed.error},
                lifetime=NOTICE_LIFETIME,
            )
            # The pause is shown on the webhook, too, so it does not depend on a message.
            with suppress(MailBudgetSpent):
                self.mail_budgets.queue_own(message)

    def _recipients(self, webhook: Webhook) -> Collection[str]:
        if webhook.org_id is not None:
            return self.memberships.emails_in(
                webhook.org_id, role=OrgRole.OWNER, scope=DISPATCHER.tenant_scope
            )
        if webhook.created_by is None:
            return ()
        creator = self.users.get(webhook.created_by)
        return (creator.email,) if creator.is_active else ()
