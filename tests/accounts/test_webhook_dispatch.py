"""Webhook dispatch: what is sent, in which order, how often, and when nothing is sent any more."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrganizationStatus
from accounts.domain.integrations.entities.deliveries import PAUSES, DeliveryStatus
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookStatus
from accounts.domain.integrations.services.webhook_dispatch import (
    DISPATCH_JOB,
    FAILURES_IN_A_ROW,
    LEASE,
    REST,
    TURN,
    WINDOW,
)
from authsvc.events.catalogue import OutgoingEventType
from authsvc.jobs.repositories.memory import InMemoryJobRepository
from authsvc.kernel.outbound import OutboundRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.events.recording import an_event
from tests.support.builders import NOON
from tests.support.webhooks import (
    OK,
    Answers,
    Receiver,
    always,
    deliver,
    deliveries_of,
    happens,
    has_webhook,
    ids_of,
    learned,
    message_id_of,
    stored_webhook,
    unreachable,
    user_of,
    with_receiver,
)
from tests.support.worlds import World


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def world(world: World, receiver: Receiver) -> World:
    return with_receiver(world, receiver)


@pytest.fixture
def memory(memory: World, receiver: Receiver) -> World:
    return with_receiver(memory, receiver)


def failing_for(*users: object) -> Answers:
    return lambda request: 500 if user_of(request) in users else OK


def statuses_of(world: World, webhook: Webhook) -> list[DeliveryStatus]:
    return [delivery.status for delivery in deliveries_of(world, webhook)]


def test_events_after_the_creation_of_a_webhook_are_sent_once(
    world: World, receiver: Receiver
) -> None:
    happens(world, learned())
    webhook = has_webhook(world)
    events = happens(world, learned(), learned())

    deliver(world)
    deliver(world)

    assert receiver.ids == ids_of(events)
    assert [request.url for request in receiver.requests] == [webhook.terms.url] * 2
    assert {(request.method, request.most_bytes) for request in receiver.requests} == {("POST", 0)}
    first, second = deliveries_of(world, webhook)
    assert (first.status, first.http_status, first.attempts, first.due_at) == (
        DeliveryStatus.DELIVERED,
        OK,
        1,
        None,
    )
    assert (first.attempted_at, first.event_id, second.position) == (
        world.clock.at,
        events[0].event.id,
        events[1].position,
    )


def test_an_organization_receives_its_events_and_the_platform_all(
    world: World, receiver: Receiver
) -> None:
    school, other = world.has_organization(), world.has_organization()
    has_webhook(world, school, url="https://school.example/")
    has_webhook(world, url="https://platform.example/")
    own, foreign, platform = happens(world, learned(owner=school), learned(owner=other), an_event())

    deliver(world)

    received = {
        url: [message_id_of(request) for request in receiver.requests if request.url == url]
        for url in ("https://school.example/", "https://platform.example/")
    }
    assert received == {
        "https://school.example/": ids_of([own]),
        "https://platform.example/": ids_of([own, foreign, platform]),
    }


def test_a_webhook_receives_the_types_that_it_chose(world: World, receiver: Receiver) -> None:
    has_webhook(world, types=frozenset({OutgoingEventType.USER_REACTIVATED}))
    _, chosen = happens(
        world, learned(), an_event(type=OutgoingEventType.USER_REACTIVATED, user_id=uuid4())
    )

    deliver(world)

    assert receiver.ids == ids_of([chosen])


def test_a_failed_event_holds_back_those_of_its_user_alone(
    world: World, receiver: Receiver
) -> None:
    anna, bo = uuid4(), uuid4()
    webhook = has_webhook(world)
    first, second, third, fourth = happens(
        world, learned(anna), learned(anna), learned(bo), an_event()
    )
    receiver.answers = failing_for(anna)

    deliver(world)
    assert receiver.ids == ids_of([first, third, fourth])
    assert statuses_of(world, webhook)[:2] == [DeliveryStatus.WAITING, DeliveryStatus.WAITING]

    receiver.answers = always(OK)
    deliver(world)
    assert len(receiver.ids) == 3
    world.clock.go_on(seconds=30)
    deliver(world)
    assert receiver.ids[3:] == ids_of([first, second])


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_is_a_delivery(memory: World, receiver: Receiver, status: int) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned())
    receiver.answers = always(status)

    deliver(memory)

    assert statuses_of(memory, webhook) == [DeliveryStatus.DELIVERED]


@pytest.mark.parametrize("status", [199, 301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_any_other_status_is_a_failure(memory: World, receiver: Receiver, status: int) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned())
    receiver.answers = always(status)

    deliver(memory)

    (delivery,) = deliveries_of(memory, webhook)
    assert (delivery.status, delivery.http_status) == (DeliveryStatus.WAITING, status)
    assert delivery.error == f"the receiver answered {status}"
    assert delivery.due_at == memory.clock.at + PAUSES[0]


def test_without_a_response_the_reason_is_stored(memory: World, receiver: Receiver) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned())
    receiver.answers = unreachable

    deliver(memory)

    (delivery,) = deliveries_of(memory, webhook)
    assert (delivery.http_status, delivery.error) == (None, "the host name cannot be resolved")


def test_attempts_have_the_same_id_and_growing_pauses_over_more_than_a_day(
    memory: World, receiver: Receiver
) -> None:
    webhook = has_webhook(memory)
    (event,) = happens(memory, learned())
    receiver.answers = always(500)
    begin, times = memory.clock.at, []

    while stored_webhook(memory, webhook).status is WebhookStatus.ACTIVE:
        before = len(receiver.requests)
        deliver(memory)
        times += [memory.clock.at] * (len(receiver.requests) - before)
        memory.clock.go_on(minutes=2.5)

    assert receiver.ids == [event.event.id] * 9
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == sorted(pauses)
    assert timedelta(hours=24) < times[-1] - begin < timedelta(days=3)
    assert (sum(PAUSES, timedelta()) * 0.75) > timedelta(hours=24)
    assert (sum(PAUSES, timedelta()) * 1.25) < timedelta(days=3)


def test_a_receiver_that_seems_to_be_down_is_left_alone_for_a_while(
    memory: World, receiver: Receiver
) -> None:
    has_webhook(memory)
    happens(memory, *(learned() for _ in range(10)))
    receiver.answers = always(503)

    deliver(memory)
    deliver(memory)
    assert len(receiver.requests) == FAILURES_IN_A_ROW
    memory.clock.go_on(seconds=REST.total_seconds())
    receiver.answers = always(OK)
    deliver(memory)

    assert len(set(receiver.ids)) == 10


def test_single_failures_between_successes_do_not_stop_the_others(
    memory: World, receiver: Receiver
) -> None:
    has_webhook(memory)
    events = happens(memory, *(learned() for _ in range(10)))
    poison = {recorded.event.user_id for recorded in events[::2]}
    receiver.answers = failing_for(*poison)

    deliver(memory)

    assert receiver.ids == ids_of(events)


def test_a_slow_receiver_has_its_turn_and_no_more(memory: World, receiver: Receiver) -> None:
    webhook = has_webhook(memory)
    happens(memory, *(learned() for _ in range(10)))

    def slow(_: OutboundRequest) -> int:
        memory.clock.go_on(seconds=8)
        return OK

    receiver.answers = slow
    deliver(memory)

    assert len(receiver.requests) == 3
    assert memory.clock.at - NOON == timedelta(seconds=24) >= TURN
    assert memory.repositories.webhook_cursors.due(at=memory.clock.at, limit=1) == [webhook.id]
    for _ in range(3):
        deliver(memory)
    assert len(set(receiver.ids)) == len(receiver.ids) == 10


def test_the_cursor_waits_while_very_many_deliveries_are_pending(
    memory: World, receiver: Receiver
) -> None:
    webhook = has_webhook(memory)
    events = happens(memory, *(learned() for _ in range(WINDOW + 10)))
    receiver.answers = always(500)

    deliver(memory)

    pending = memory.repositories.deliveries.pending(webhook.id, limit=2 * WINDOW)
    assert len(pending) == WINDOW
    receiver.requests.clear()
    receiver.answers = always(OK)
    memory.clock.go_on(hours=1)
    deliver(memory)
    assert sorted(receiver.ids) == sorted(ids_of(events))


def test_a_crash_after_sending_repeats_one_event_with_its_id(
    world: World, receiver: Receiver
) -> None:
    """Like kill -9: the worker does not get to store what it has sent, and its lease runs out."""
    webhook = has_webhook(world)
    first, second = happens(world, learned(), learned())

    class Killed(BaseException): ...

    def kill(request: OutboundRequest) -> int:
        raise Killed

    receiver.answers = kill
    with pytest.raises(Killed):
        deliver(world)
    receiver.answers = always(OK)
    world.clock.go_on(seconds=max(LEASE.total_seconds(), 180))
    deliver(world)

    assert receiver.ids == ids_of([first, first, second])
    assert set(statuses_of(world, webhook)) == {DeliveryStatus.DELIVERED}


def test_the_webhooks_of_a_suspended_organization_rest(world: World, receiver: Receiver) -> None:
    school = world.has_organization()
    has_webhook(world, school)
    (event,) = happens(world, learned(owner=school))
    suspended = replace(school, status=OrganizationStatus.SUSPENDED)
    world.repositories.organizations.save(suspended, scope=ALL_TENANTS)

    deliver(world)
    assert receiver.ids == []
    world.repositories.organizations.save(school, scope=ALL_TENANTS)
    deliver(world)

    assert receiver.ids == ids_of([event])


def test_a_pause_ends_a_turn(memory: World, receiver: Receiver) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned(), learned())

    def pausing(_: OutboundRequest) -> int:
        memory.services.webhooks.pause(None, webhook.id, by=OPERATOR)
        return OK

    receiver.answers = pausing
    deliver(memory)

    assert len(receiver.requests) == 1
    assert statuses_of(memory, webhook) == [DeliveryStatus.DELIVERED, DeliveryStatus.WAITING]


def test_a_removed_webhook_ends_a_turn(memory: World, receiver: Receiver) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned(), learned())

    def removing(_: OutboundRequest) -> int:
        memory.services.webhooks.remove(None, webhook.id, by=OPERATOR)
        return 410

    receiver.answers = removing
    deliver(memory)

    assert len(receiver.requests) == 1
    assert deliveries_of(memory, webhook) == []


def test_a_lost_lease_ends_a_turn(memory: World, receiver: Receiver) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned(), learned())

    def slow(_: OutboundRequest) -> int:
        at: datetime = memory.clock.at + LEASE
        memory.repositories.webhook_cursors.claim(webhook.id, uuid4(), at=at, until=at + LEASE)
        return OK

    receiver.answers = slow
    deliver(memory)

    assert len(receiver.requests) == 1


def test_a_secret_that_cannot_be_decrypted_is_a_failure_that_says_so(
    memory: World, receiver: Receiver
) -> None:
    webhook = has_webhook(memory, encrypted_secret="gAAAAA")
    happens(memory, learned())

    deliver(memory)

    (delivery,) = deliveries_of(memory, webhook)
    assert receiver.requests == []
    assert delivery.error == "the secret cannot be decrypted; renew it"


def test_dispatching_leaves_no_job_behind(memory: World, receiver: Receiver) -> None:
    has_webhook(memory)
    happens(memory, learned())

    deliver(memory)

    jobs = memory.repositories.jobs
    assert isinstance(jobs, InMemoryJobRepository)
    assert len(receiver.requests) == 1
    assert [job for job in jobs.store.values() if job.kind == DISPATCH_JOB] == []
