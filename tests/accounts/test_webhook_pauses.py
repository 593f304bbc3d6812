"""Pauses of failing webhooks, the message to their owners, and going on afterwards."""

from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole
from accounts.domain.audit.entities import AuditAction
from accounts.domain.integrations.entities.deliveries import DeliveryStatus
from accounts.domain.integrations.entities.webhooks import PauseCause, Webhook, WebhookStatus
from tests.support.browsing import mails
from tests.support.tenants import acts_in, has_member
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
    stored_webhook,
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


def statuses_of(world: World, webhook: Webhook) -> list[DeliveryStatus]:
    return [delivery.status for delivery in deliveries_of(world, webhook)]


def given_up(world: World, receiver: Receiver, webhook: Webhook) -> None:
    """Let all attempts fail until the webhook is paused."""
    receiver.answers = always(500)
    while stored_webhook(world, webhook).status is WebhookStatus.ACTIVE:
        deliver(world)
        world.clock.go_on(hours=25)


def test_a_webhook_whose_event_is_given_up_is_paused(world: World, receiver: Receiver) -> None:
    school = world.has_organization()
    webhook = has_webhook(world, school)
    happens(world, learned(owner=school), learned(owner=school))

    given_up(world, receiver, webhook)

    pause = stored_webhook(world, webhook).pause
    assert pause is not None
    assert pause.cause is PauseCause.FAILING
    assert statuses_of(world, webhook) == [DeliveryStatus.FAILED, DeliveryStatus.WAITING]
    assert [(act.action, act.reason) for act in acts_in(world, school)] == [
        (AuditAction.WEBHOOK_PAUSED, "the receiver answered 500")
    ]
    before = len(receiver.requests)
    world.clock.go_on(days=9)
    deliver(world)
    assert len(receiver.requests) == before


def test_the_message_to_owners_names_the_webhook_and_the_reason(
    memory: World, receiver: Receiver
) -> None:
    school = memory.has_organization(name="School of Knots")
    has_member(memory, school, OrgRole.OWNER, email="owner@school.example")
    has_member(memory, school, OrgRole.ADMIN, email="admin@school.example")
    webhook = has_webhook(memory, school, description="Register at evil.example")
    happens(memory, learned(owner=school))

    given_up(memory, receiver, webhook)

    (mail,) = mails()
    assert mail.to == ["owner@school.example"]
    assert mail.subject == "The webhook “Register at …” was paused"
    assert str(webhook.id) in mail.body
    assert "The last attempt failed: the receiver answered 500." in mail.body


def test_the_creator_of_a_webhook_of_the_platform_is_told(
    memory: World, receiver: Receiver
) -> None:
    root = memory.has_verified_user(email="root@school.example")
    webhook = has_webhook(memory, created_by=root.id)
    unowned = has_webhook(memory)
    happens(memory, learned())

    given_up(memory, receiver, webhook)

    assert [mail.to for mail in mails()] == [["root@school.example"]]
    assert stored_webhook(memory, unowned).status is WebhookStatus.PAUSED


def test_a_resumed_webhook_goes_on_where_it_stopped(world: World, receiver: Receiver) -> None:
    school, anna = world.has_organization(), uuid4()
    webhook = has_webhook(world, school)
    first, second = happens(world, learned(anna, school), learned(anna, school))
    given_up(world, receiver, webhook)
    (third,) = happens(world, learned(owner=school))
    receiver.requests.clear()
    receiver.answers = always(OK)

    world.services.webhooks.resume(school.id, webhook.id, by=OPERATOR)
    deliver(world)

    assert receiver.ids == ids_of([first, second, third])
    assert set(statuses_of(world, webhook)) == {DeliveryStatus.DELIVERED}


def test_a_receiver_that_is_gone_is_paused_at_once(memory: World, receiver: Receiver) -> None:
    webhook = has_webhook(memory)
    happens(memory, learned(), learned())
    receiver.answers = always(410)

    deliver(memory)

    pause = stored_webhook(memory, webhook).pause
    assert pause is not None
    assert pause.cause is PauseCause.GONE
    assert len(receiver.requests) == 1
