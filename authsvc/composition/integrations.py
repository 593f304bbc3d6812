"""Integration services: the feed of outgoing events, and webhooks."""

from functools import cached_property

from accounts.domain.integrations.services.feed import EventFeed
from accounts.domain.integrations.services.webhook_access import WebhookAccess
from accounts.domain.integrations.services.webhook_deliveries import WebhookDeliveries
from accounts.domain.integrations.services.webhook_dispatch import (
    DISPATCH_JOB,
    SWEEP,
    SWEEP_JOB,
    WebhookDispatcher,
)
from accounts.domain.integrations.services.webhook_lag import WebhookLag
from accounts.domain.integrations.services.webhook_pauses import WebhookPauses
from accounts.domain.integrations.services.webhook_sender import WebhookSender
from accounts.domain.integrations.services.webhooks import WebhookService
from authsvc.composition.base import Expiring
from authsvc.composition.tasks import TaskServices
from authsvc.jobs.entities import JobRequest, Queue
from authsvc.jobs.ports import JobKind
from authsvc.kernel.metrics import GaugeSource


class IntegrationServices(TaskServices):
    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {"sent webhook": self.webhook_deliveries}

    @property
    def gauge_sources(self) -> dict[str, GaugeSource]:
        lag = WebhookLag(cursors=self.repositories.webhook_cursors, clock=self.ports.clock)
        return super().gauge_sources | {"webhooks": lag}

    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        dispatcher = self.webhook_dispatcher
        sweep = JobKind(name=SWEEP_JOB, run=dispatcher.sweep, queue=Queue.WEBHOOKS)
        # A webhook with much to deliver has thousands a day, and its deliveries say all that they did.
        dispatch = JobKind(
            name=DISPATCH_JOB, run=dispatcher.dispatch, queue=Queue.WEBHOOKS, is_kept=False
        )
        return (*super().job_kinds, sweep, dispatch)

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        return (*super().periodic_jobs, SWEEP)

    @cached_property
    def event_feed(self) -> EventFeed:
        return EventFeed(events=self.repositories.outgoing_events, tenant_access=self.tenant_access)

    @cached_property
    def webhooks(self) -> WebhookService:
        return WebhookService(
            webhooks=self.repositories.webhooks,
            cursors=self.repositories.webhook_cursors,
            deliveries=self.repositories.deliveries,
            events=self.repositories.outgoing_events,
            access=self._webhook_access,
            emails=self.emails,
            secrets=self.ports.signing_secrets,
            allows_private_hosts=self.ports.allows_private_hosts,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def webhook_deliveries(self) -> WebhookDeliveries:
        return WebhookDeliveries(
            deliveries=self.repositories.deliveries,
            cursors=self.repositories.webhook_cursors,
            events=self.repositories.outgoing_events,
            access=self._webhook_access,
            sender=self._webhook_sender,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def webhook_dispatcher(self) -> WebhookDispatcher:
        return WebhookDispatcher(
            webhooks=self.repositories.webhooks,
            cursors=self.repositories.webhook_cursors,
            deliveries=self.repositories.deliveries,
            events=self.repositories.outgoing_events,
            sender=self._webhook_sender,
            pauses=WebhookPauses(
                webhooks=self.repositories.webhooks,
                organizations=self.repositories.organizations,
                memberships=self.repositories.memberships,
                users=self.repositories.users,
                access=self._webhook_access,
                mail_budgets=self.mail_budgets,
                unit_of_work=self.unit_of_work,
                clock=self.ports.clock,
            ),
            jobs=self.job_queue,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
            jitter=self.ports.jitter,
        )

    @cached_property
    def _webhook_access(self) -> WebhookAccess:
        return WebhookAccess(
            webhooks=self.repositories.webhooks,
            organizations=self.repositories.organizations,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
        )

    @cached_property
    def _webhook_sender(self) -> WebhookSender:
        return WebhookSender(
            http=self.ports.webhook_http,
            secrets=self.ports.signing_secrets,
            limits=self.repositories.limits,
            opaque_tokens=self.ports.opaque_tokens,
            policy=self.ports.limit_policy,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )
