"""Webhook dispatch: jobs that read the log of outgoing events for each webhook, and deliver what is due."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId, DeliveryStatus
from accounts.domain.integrations.entities.messages import WebhookMessage
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId
from accounts.domain.integrations.errors import WebhookBudgetSpent, WebhookNotFound
from accounts.domain.integrations.repositories.protocols import (
    DeliveryRepository,
    WebhookCursorRepository,
    WebhookRepository,
)
from accounts.domain.integrations.services.webhook_access import DISPATCHER, event_scope_of
from accounts.domain.integrations.services.webhook_pauses import WebhookPauses
from accounts.domain.integrations.services.webhook_sender import WebhookSender
from authsvc.events.entities import FeedSelection, RecordedEvent
from authsvc.events.errors import EventsBusy
from authsvc.events.repositories.protocols import OutgoingEventRepository
from authsvc.jobs.entities import JobProgress, JobRequest, Queue
from authsvc.jobs.ports import Run
from authsvc.jobs.services.job_queue import JobQueue
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

SWEEP_JOB: Final = "webhook_sweep"
DISPATCH_JOB: Final = "webhook_dispatch"
SWEEP: Final = JobRequest.periodic(SWEEP_JOB, every=timedelta(seconds=2), queue=Queue.WEBHOOKS)
MOST_WEBHOOKS_AT_ONCE: Final = 100
"""Webhooks for which one sweep enqueues a job."""
TURN: Final = timedelta(seconds=20)
"""How long a job delivers to one webhook before it lets others go on."""
LEASE: Final = timedelta(minutes=1)
"""How long a worker has for one attempt, which takes ten seconds at most."""
WINDOW: Final = 500
"""Pending deliveries of a webhook. While there are as many, its cursor does not move."""
FAILURES_IN_A_ROW: Final = 3
"""After as many, the receiver seems to be down."""
REST: Final = timedelta(minutes=1)
"""How long nothing is sent to a receiver that seems to be down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDispatcher:
    """Each event is sent at least once, and those with the same user in their order.

    `jitter` returns numbers from 0 to 1.
    """

    webhooks: WebhookRepository
    cursors: WebhookCursorRepository
    deliveries: DeliveryRepository
    events: OutgoingEventRepository
    sender: WebhookSender
    pauses: WebhookPauses
    jobs: JobQueue
    unit_of_work: UnitOfWork
    clock: Clock
    jitter: Callable[[], float]

    def sweep(self, run: Run) -> dict[str, int]:
        """Enqueue a job for each webhook that has work."""
        due = self.cursors.due(at=self.clock.now(), limit=MOST_WEBHOOKS_AT_ONCE)
        if due:
            self.jobs.enqueue(*map(_job_for, due))
        return {"webhooks": len(due)}

    def dispatch(self, run: Run) -> dict[str, int]:
        """Deliver to the webhook of the job for one turn, unless another worker does."""
        webhook_id = WebhookId(UUID(run.job.arguments["webhook"]))
        lease, now = uuid4(), self.clock.now()
        with self.unit_of_work.atomic():
            position = self.cursors.claim(webhook_id, lease, at=now, until=now + LEASE)
        if position is None:
            return {"delivered": 0}
        turn = _Turn(
            dispatcher=self,
            run=run,
            webhook_id=webhook_id,
            lease=lease,
            position=position,
            ends_at=now + TURN,
            clock=self.clock,
        )
        try:
            turn.deliver()
        finally:
            self.cursors.release(webhook_id, lease, resting_until=turn.resting_until)
        return {"delivered": turn.delivered}


def _job_for(webhook_id: WebhookId) -> JobRequest:
    return JobRequest(
        kind=DISPATCH_JOB,
        arguments={"webhook": str(webhook_id)},
        queue=Queue.WEBHOOKS,
        unique_key=f"{DISPATCH_JOB}:{webhook_id}",
        lifetime=timedelta(hours=1),
    )


class _TurnOver(Exception):
    """Nothing more can be sent in this turn.

    The lease or the webhook is gone, the receiver seems to be down, or enough was sent to its host today.
    """


@dataclass(slots=True, kw_only=True)
class _Turn:
    """The deliveries to one webhook by the worker with the lease."""

    dispatcher: WebhookDispatcher
    run: Run
    webhook_id: WebhookId
    lease: UUID
    position: int
    ends_at: datetime
    clock: Clock
    delivered: int = 0
    resting_until: datetime | None = None
    _failures: int = field(default=0, init=False)

    def deliver(self) -> None:
        """Queue and send until nothing is due, or the time is up. Raises JobInterrupted, LeaseLost."""
        with suppress(_TurnOver):
            while self.clock.now() < self.ends_at:
                webhook = self._active_webhook()
                # While somebody writes for long, what is queued is sent all the same.
                with suppress(EventsBusy):
                    self._queue(webhook)
                if not self._send_pending(webhook):
                    return

    def _active_webhook(self) -> Webhook:
        """The webhook as it is now. Raises _TurnOver."""
        try:
            webhook = self.dispatcher.webhooks.get(self.webhook_id, scope=DISPATCHER.tenant_scope)
        except WebhookNotFound:
            raise _TurnOver from None
        if webhook.pause is not None:
            raise _TurnOver
        return webhook

    def _queue(self, webhook: Webhook) -> None:
        """Queue the next events, up to the window. Raises _TurnOver, EventsBusy, JobInterrupted, LeaseLost."""
        pending = len(self.dispatcher.deliveries.pending(self.webhook_id, limit=WINDOW))
        while pending < WINDOW:
            self._go_on()
            selection = FeedSelection(
                after=self.position,
                limit=WINDOW - pending,
                includes_platform=webhook.org_id is None,
            )
            page = self.dispatcher.events.page_of(selection, scope=event_scope_of(webhook))
            if page.next_after == self.position:
                return
            pending += self._store(webhook, page.items, page.next_after)
            if not page.items:
                return

    def _store(self, webhook: Webhook, events: tuple[RecordedEvent, ...], next_after: int) -> int:
        """Move the cursor past the events, and queue those that the webhook receives. Raises _TurnOver."""
        now = self.clock.now()
        deliveries = [
            Delivery.queued(DeliveryId(uuid4()), recorded, webhook.id, at=now)
            for recorded in events
            if webhook.receives(recorded.event.type)
        ]
        with self.dispatcher.unit_of_work.atomic():
            has_moved = self.dispatcher.cursors.advance(
                webhook.id, self.lease, after=self.position, to=next_after
            )
            # Replayed from elsewhere meanwhile, or delivered to by another worker.
            if not has_moved:
                raise _TurnOver
            self.dispatcher.deliveries.add(deliveries)
        self.position = next_after
        return len(deliveries)

    def _send_pending(self, webhook: Webhook) -> int:
        """Attempt each delivery that is due and not behind another of its user; return how many. Raises _TurnOver."""
        pending = self.dispatcher.deliveries.pending(self.webhook_id, limit=WINDOW)
        now, held, sent = self.clock.now(), set[UUID](), 0
        events = self._events_of(
            webhook, [delivery for delivery in pending if delivery.is_due(at=now)]
        )
        for delivery in pending:
            if delivery.user_id in held:
                continue
            recorded = events.get(delivery.position)
            is_delivered = recorded is not None and self._attempt(delivery, recorded)
            sent += recorded is not None
            if not is_delivered and delivery.user_id is not None:
                held.add(delivery.user_id)
        return sent

    def _events_of(self, webhook: Webhook, deliveries: list[Delivery]) -> dict[int, RecordedEvent]:
        positions = {delivery.position for delivery in deliveries}
        if not positions:
            return {}
        events = self.dispatcher.events.at(positions, scope=event_scope_of(webhook))
        return {recorded.position: recorded for recorded in events}

    def _attempt(self, delivery: Delivery, recorded: RecordedEvent) -> bool:
        """Send the event, store what became of it, and return whether it was delivered. Raises _TurnOver."""
        parts = self.dispatcher
        self._go_on()
        try:
            result = parts.sender.send(self._active_webhook(), WebhookMessage.of(recorded))
        except WebhookBudgetSpent as spent:
            self.resting_until = self.clock.now() + timedelta(seconds=spent.retry_after)
            raise _TurnOver from None
        attempted = delivery.attempted(result, at=self.clock.now(), jitter=parts.jitter())
        self._save(attempted)
        if result.is_success:
            self.delivered, self._failures = self.delivered + 1, 0
            return True
        self._failures += 1
        if self._failures == FAILURES_IN_A_ROW:
            self.resting_until = self.clock.now() + REST
            raise _TurnOver
        return False

    def _go_on(self) -> None:
        """Keep both leases for what comes next. Raises _TurnOver, JobInterrupted, LeaseLost."""
        now = self.clock.now()
        self.run.report(JobProgress(done=self.delivered))
        is_leased = self.dispatcher.cursors.renew(self.webhook_id, self.lease, until=now + LEASE)
        if now >= self.ends_at or not is_leased:
            raise _TurnOver

    def _save(self, attempted: Delivery) -> None:
        """Store the delivery; one that was given up pauses the webhook. Raises _TurnOver."""
        with self.dispatcher.unit_of_work.atomic():
            if attempted.status is DeliveryStatus.FAILED:
                # Before the delivery is locked: others lock the webhook first.
                try:
                    self.dispatcher.pauses.pause_because_of(attempted)
                except WebhookNotFound:
                    raise _TurnOver from None
            self.dispatcher.deliveries.save(attempted)
