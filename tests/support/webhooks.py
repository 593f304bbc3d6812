"""Webhooks in tests: builders, a receiver that remembers, and running whatever is due."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID, uuid4

from accounts.domain.access import UserId
from accounts.domain.integrations.entities.deliveries import Delivery, DeliveryId
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookId, WebhookTerms
from accounts.domain.integrations.services.webhook_dispatch import SWEEP
from accounts.domain.organizations.entities import Organization
from authsvc.composition.container import Services
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.entities import OutgoingEvent, RecordedEvent
from authsvc.jobs.entities import Queue
from authsvc.kernel.outbound import (
    OutboundFailed,
    OutboundHttp,
    OutboundRequest,
    OutboundResponse,
)
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.events.recording import an_event, page_of, recorded
from tests.support.builders import NOON
from tests.support.worlds import AtOnce, World

URL: Final = "https://hooks.example/events"
OK: Final = 204
Answers = Callable[[OutboundRequest], int]


def always(status: int) -> Answers:
    return lambda _: status


def unreachable(_: OutboundRequest) -> int:
    raise OutboundFailed("the host name cannot be resolved")


@dataclass
class Receiver:
    """A receiver that remembers each request, and answers as the test says."""

    answers: Answers = field(default_factory=lambda: always(OK))
    requests: list[OutboundRequest] = field(default_factory=list)

    def send(self, request: OutboundRequest) -> OutboundResponse:
        self.requests.append(request)
        return OutboundResponse(status=self.answers(request))

    @property
    def ids(self) -> list[UUID]:
        """The id of each message, in the order in which they arrived."""
        return [message_id_of(request) for request in self.requests]


def message_id_of(request: OutboundRequest) -> UUID:
    return UUID(request.headers["webhook-id"])


def user_of(request: OutboundRequest) -> UUID | None:
    """The user whom a message concerns."""
    user_id = json.loads(request.content)["data"]["user_id"]
    return None if user_id is None else UUID(user_id)


def with_receiver(world: World, http: OutboundHttp) -> World:
    """The world, whose webhooks are sent there."""
    carrier = AtOnce(runs_jobs=True)
    carrier.services = services = Services(
        repositories=world.repositories,
        ports=replace(world.services.ports, webhook_http=http, job_carrier=carrier),
        unit_of_work=world.unit_of_work,
    )
    return replace(world, services=services)


def a_webhook(owner: Organization | None = None, **parts: Any) -> Webhook:
    """A webhook for all types. Parts that are not its own are terms."""
    names = ("url", "description", "types")
    terms = {name: parts.pop(name) for name in names if name in parts}
    default: dict[str, Any] = {
        "id": WebhookId(uuid4()),
        "org_id": owner.id if owner else None,
        "terms": WebhookTerms(**{"url": URL, **terms}),
        "encrypted_secret": "gAAAA",
        "created_by": None,
        "created_at": NOON,
    }
    return Webhook(**default | parts)


def a_delivery(webhook: Webhook, position: int = 1, **parts: Any) -> Delivery:
    """By default that of an event about somebody new, due at noon."""
    default: dict[str, Any] = {
        "id": DeliveryId(uuid4()),
        "webhook_id": webhook.id,
        "position": position,
        "event_id": uuid4(),
        "type": OutgoingEventType.USER_DEACTIVATED,
        "user_id": uuid4(),
        "created_at": NOON,
        "due_at": NOON,
    }
    return Delivery(**default | parts)


def has_webhook(
    world: World, owner: Organization | None = None, *, position: int | None = None, **parts: Any
) -> Webhook:
    """A stored webhook with a secret of its own, for events from now on or after a position."""
    secrets = world.services.ports.signing_secrets
    webhook = a_webhook(owner, **{"encrypted_secret": secrets.encrypt(secrets.new()), **parts})
    after = world.repositories.outgoing_events.last_position() if position is None else position
    world.repositories.webhooks.add(webhook, position=after, scope=ALL_TENANTS)
    return webhook


def stored_webhook(world: World, webhook: Webhook) -> Webhook:
    return world.repositories.webhooks.get(webhook.id, scope=ALL_TENANTS)


def learned(
    user_id: UUID | None = None, owner: Organization | None = None, **parts: Any
) -> OutgoingEvent:
    """An event about a user, by default a new one."""
    return an_event(
        type=OutgoingEventType.MEMBERSHIP_ADDED,
        org_id=owner.id if owner else None,
        user_id=user_id or UserId(uuid4()),
        data={"role": "learner"},
        **parts,
    )


def happens(world: World, *events: OutgoingEvent) -> list[RecordedEvent]:
    """Record the events, and return them with their positions."""
    before = world.repositories.outgoing_events.last_position()
    recorded(world, *events)
    return list(page_of(world, after=before, limit=10**6).items)


def deliver(world: World) -> None:
    """Find the webhooks with work, and let each have its turn."""
    services = world.services
    services.job_queue.enqueue(replace(SWEEP, period=None, unique_key=None))
    while services.job_engine.run_due(Queue.WEBHOOKS):
        pass


def deliveries_of(world: World, webhook: Webhook) -> list[Delivery]:
    """Its deliveries in the order of their positions; of one event, the oldest first."""
    page = world.repositories.deliveries.page_of(webhook.id, PageRequest(limit=100))
    return sorted(page.items, key=lambda delivery: (delivery.position, delivery.created_at))


def ids_of(events: Iterable[RecordedEvent]) -> list[UUID]:
    return [recorded.event.id for recorded in events]
