"""Budgets of messages to webhooks, and how long events wait for them."""

from collections import Counter
from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.integrations.errors import WebhookBudgetSpent
from tests.support.builders import NOON
from tests.support.webhooks import (
    OK,
    Receiver,
    always,
    deliver,
    deliveries_of,
    happens,
    has_webhook,
    ids_of,
    learned,
    with_receiver,
)
from tests.support.worlds import World


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def memory(memory: World, receiver: Receiver) -> World:
    return with_receiver(memory, receiver)


def test_the_lag_grows_until_the_oldest_event_is_delivered(
    memory: World, receiver: Receiver
) -> None:
    def lags() -> dict[tuple[str, ...], float]:
        source = memory.services.gauge_sources["webhooks"]
        return {reading.labels: reading.value for reading in source.readings()}

    has_webhook(memory)
    receiver.answers = always(500)
    happens(memory, learned(occurred_at=NOON))
    deliver(memory)
    memory.clock.go_on(minutes=1)

    assert lags() == {("platform",): 60, ("organization",): 0}
    receiver.answers = always(OK)
    deliver(memory)
    assert lags() == {("platform",): 0, ("organization",): 0}


def test_all_webhooks_at_a_host_share_a_budget_and_go_on_the_day_after(
    memory: World, receiver: Receiver
) -> None:
    world = with_budget(memory, receiver, 3)
    first = has_webhook(world, url="https://hooks.example/a")
    second = has_webhook(world, url="https://HOOKS.example/b")
    elsewhere = has_webhook(world, url="https://other.example/")
    events = happens(world, learned(), learned())

    deliver(world)
    sent = Counter(request.url for request in receiver.requests)
    world.clock.go_on(hours=23)
    deliver(world)
    assert sum(sent[webhook.terms.url] for webhook in (first, second)) == 3
    assert sent[elsewhere.terms.url] == 2
    assert len(receiver.requests) == 5
    deliveries = [*deliveries_of(world, first), *deliveries_of(world, second)]
    assert {delivery.attempts for delivery in deliveries if delivery.is_pending} == {0}

    world.clock.go_on(hours=1)
    deliver(world)
    assert Counter(receiver.ids) == Counter(ids_of(events) * 3)


def test_a_test_message_is_charged_to_the_budget_of_its_host(
    memory: World, receiver: Receiver
) -> None:
    world = with_budget(memory, receiver, 1)
    webhook = has_webhook(world)
    world.services.webhook_deliveries.ping(None, webhook.id, by=OPERATOR)

    with pytest.raises(WebhookBudgetSpent) as error:
        world.services.webhook_deliveries.ping(None, webhook.id, by=OPERATOR)

    assert (error.value.retry_after, len(receiver.requests)) == (86400, 1)


def with_budget(world: World, receiver: Receiver, most: int) -> World:
    """The world, whose hosts are sent so many messages a day."""
    ports = world.services.ports
    policy = replace(ports.limit_policy, webhooks_per_host=most)
    services = replace(world.services, ports=replace(ports, limit_policy=policy))
    return with_receiver(replace(world, services=services), receiver)
