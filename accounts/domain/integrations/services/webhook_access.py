"""Access to webhooks: who may manage those of an organization, and those of the platform."""

from dataclasses import dataclass, replace
from typing import Final

from accounts.domain.access import OPERATOR, OrganizationId, Principal, Right
from accounts.domain.audit.entities import AuditAction, AuditSubject, Members, SubjectType
from accounts.domain.audit.services.audit_log import NO_MEMBERS, AuditLog
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from accounts.domain.integrations.errors import WebhookNotFound
from accounts.domain.integrations.repositories.protocols import WebhookRepository
from accounts.domain.organizations.repositories.protocols import OrganizationRepository
from accounts.domain.organizations.services.tenant_access import TenantAccess
from authsvc.kernel.tenancy import TenantScope

DISPATCHER: Final = replace(OPERATOR, client_id="webhook-dispatcher")
"""The principal of deliveries: they concern all tenants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAccess:
    """None as organization stands for the platform.

    All methods raise OrganizationNotFound when the caller cannot see the organization, and NotPermitted without the
    right MANAGE_WEBHOOKS there; those that take the id of a webhook raise WebhookNotFound.
    """

    webhooks: WebhookRepository
    organizations: OrganizationRepository
    tenant_access: TenantAccess
    audit_log: AuditLog

    def require_to_read(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        """Check the right, and record access from outside."""
        if org_id is None:
            by.require(Right.MANAGE_WEBHOOKS)
            return
        self.tenant_access.require_to_list(
            org_id, Right.MANAGE_WEBHOOKS, of=SubjectType.WEBHOOK, by=by
        )

    def require_to_change(self, org_id: OrganizationId | None, *, by: Principal) -> None:
        """Check the right, and lock the organization. Raises OrganizationSuspended."""
        if org_id is not None:
            self.organizations.get_for_update(org_id, scope=by.tenant_scope).require_open()
        by.require(Right.MANAGE_WEBHOOKS, of=org_id)

    def to_read(
        self, org_id: OrganizationId | None, webhook_id: WebhookId, *, by: Principal
    ) -> Webhook:
        self.require_to_read(org_id, by=by)
        return _owned(self.webhooks.get(webhook_id, scope=by.tenant_scope), org_id)

    def to_change(
        self, org_id: OrganizationId | None, webhook_id: WebhookId, *, by: Principal
    ) -> Webhook:
        """The webhook, locked until the unit of work ends. Raises OrganizationSuspended."""
        self.require_to_change(org_id, by=by)
        return _owned(self.webhooks.get_for_update(webhook_id, scope=by.tenant_scope), org_id)

    def record(
        self,
        action: AuditAction,
        webhook: Webhook,
        *,
        by: Principal,
        because: str = "",
        before: Members = NO_MEMBERS,
        after: Members = NO_MEMBERS,
    ) -> None:
        """Record the action in the audit log, as the last step of its unit of work."""
        subject = AuditSubject.of(SubjectType.WEBHOOK, webhook)
        self.audit_log.record(action, subject, by=by, because=because, before=before, after=after)


def event_scope_of(webhook: Webhook) -> TenantScope:
    """The tenants whose events the webhook receives."""
    if webhook.org_id is None:
        return DISPATCHER.event_scope
    return TenantScope.into(webhook.org_id)


def _owned(webhook: Webhook, org_id: OrganizationId | None) -> Webhook:
    if webhook.org_id != org_id:
        raise WebhookNotFound
    return webhook
