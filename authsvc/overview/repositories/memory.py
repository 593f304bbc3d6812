"""Read model of what staff see at a glance, in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.domain.access import ClientPk, OrganizationId, OrganizationStatus
from accounts.domain.integrations.entities.webhooks import PauseCause, Webhook, WebhookId
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.organizations.entities import Invitation, InvitationId, Organization
from authsvc.jobs.entities import Job, JobId, JobStatus
from authsvc.kernel.tenancy import Entity, TenantScope
from authsvc.overview.entities import EXPIRES_SOON, Counts
from progress.domain.ai.entities.feedback import AIFlag, AIFlagId
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class InMemoryOverviewRepository:
    """The tables of other repositories."""

    organizations: Mapping[OrganizationId, Organization]
    invitations: Mapping[InvitationId, Invitation]
    clients: Mapping[ClientPk, OAuthClient]
    webhooks: Mapping[WebhookId, Webhook]
    jobs: Mapping[JobId, Job]
    attempts: Mapping[AttemptId, AssessmentAttempt]
    flags: Mapping[AIFlagId, AIFlag]

    def counts(self, *, at: datetime, scope: TenantScope) -> Counts:
        def is_soon(time: datetime | None) -> bool:
            return time is not None and at <= time <= at + EXPIRES_SOON

        def owned(table: Mapping[Any, Entity]) -> Iterable[Entity]:
            return scope.among(list(table.values()))

        def expires(client: OAuthClient) -> bool:
            former = client.former_secret
            return is_soon(client.expires_at) or (former is not None and is_soon(former.expires_at))

        failing = (PauseCause.FAILING, PauseCause.GONE)
        return Counts(
            open_invitations=sum(row.expires_at > at for row in owned(self.invitations)),
            submissions_to_grade=sum(
                row.status is AttemptStatus.SUBMITTED for row in owned(self.attempts)
            ),
            open_flags=sum(row.is_open for row in owned(self.flags)),
            expiring_clients=sum(row.is_active and expires(row) for row in owned(self.clients)),
            suspended_organizations=sum(
                scope.covers(row.id) and row.status is OrganizationStatus.SUSPENDED
                for row in list(self.organizations.values())
            ),
            failed_jobs=sum(row.status is JobStatus.FAILED for row in owned(self.jobs)),
            failing_webhooks=sum(
                row.pause is not None and row.pause.cause in failing for row in owned(self.webhooks)
            ),
        )
