"""Contract of the repositories of webhooks, their cursors and deliveries, on the store of this run."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.domain.access import OrganizationStatus
from accounts.domain.integrations.entities.deliveries import (
    AttemptResult,
    Delivery,
    DeliveryId,
    DeliveryStatus,
)
from accounts.domain.integrations.entities.webhooks import (
    FormerSigningSecret,
    Pause,
    PauseCause,
    Webhook,
    WebhookId,
    WebhookTerms,
)
from accounts.domain.integrations.errors import DeliveryNotFound, WebhookNotFound
from authsvc.events.catalogue import OutgoingEventType
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, OutsideTenantScope, TenantScope
from tests.support.builders import NOON
from tests.support.tenants import into
from tests.support.webhooks import a_delivery, a_webhook, happens, has_webhook, learned
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
LATER = NOON + timedelta(hours=1)
LEASE, OTHER_LEASE = UUID(int=1), UUID(int=2)
RICH = WebhookTerms(
    url="https://hooks.example/a?b=c",
    description="Bokhållning ☃",
    types=frozenset({OutgoingEventType.CREDENTIAL_ISSUED, OutgoingEventType.USER_CHANGED}),
)


def delivered(delivery: Delivery) -> Delivery:
    return delivery.attempted(
        AttemptResult.answered(200, duration_ms=7), at=delivery.created_at, jitter=0.5
    )


def claim(world: World, webhook: Webhook, lease: UUID = LEASE, **parts: object) -> int | None:
    times = {"at": NOON, "until": NOON + SECOND} | parts
    with world.unit_of_work.atomic():
        return world.repositories.webhook_cursors.claim(webhook.id, lease, **times)  # type: ignore[arg-type]  # times


def due(world: World, **parts: object) -> list[WebhookId]:
    return world.repositories.webhook_cursors.due(**{"at": NOON, "limit": 100} | parts)  # type: ignore[arg-type]  # a time and a number


def test_a_stored_webhook_is_returned_unchanged(world: World) -> None:
    school, anna = world.has_organization(), world.has_user()
    webhook = a_webhook(
        school,
        terms=RICH,
        former_secret=FormerSigningSecret(encrypted="old", expires_at=LATER),
        pause=Pause(cause=PauseCause.FAILING, since=NOON),
        created_by=anna.id,
    )

    world.repositories.webhooks.add(webhook, position=3, scope=into(school))

    assert world.repositories.webhooks.get(webhook.id, scope=into(school)) == webhook
    assert world.repositories.webhooks.get_for_update(webhook.id, scope=into(school)) == webhook


def test_a_webhook_outside_of_the_scope_is_not_found_or_written(world: World) -> None:
    school, other = world.has_organization(), world.has_organization()
    webhook = has_webhook(world, school)

    with pytest.raises(WebhookNotFound):
        world.repositories.webhooks.get(webhook.id, scope=into(other))
    with pytest.raises(WebhookNotFound):
        world.repositories.webhooks.get_for_update(webhook.id, scope=TenantScope())
    for write in (world.repositories.webhooks.save, world.repositories.webhooks.remove):
        with pytest.raises(OutsideTenantScope):
            write(webhook, scope=into(other))
    with pytest.raises(OutsideTenantScope):
        world.repositories.webhooks.add(a_webhook(school), position=0, scope=into(other))


def test_a_saved_webhook_keeps_its_cursor(world: World) -> None:
    webhook, other = has_webhook(world, position=7), has_webhook(world)
    changed = replace(webhook, terms=RICH, encrypted_secret="new")

    world.repositories.webhooks.save(changed, scope=ALL_TENANTS)

    assert world.repositories.webhooks.get(webhook.id, scope=ALL_TENANTS) == changed
    assert world.repositories.webhooks.get(other.id, scope=ALL_TENANTS) == other
    assert claim(world, webhook) == 7


def test_webhooks_are_listed_and_counted_by_owner(world: World) -> None:
    school, other = world.has_organization(), world.has_organization()
    young, old = has_webhook(world, school, created_at=LATER), has_webhook(world, school)
    has_webhook(world, other)
    of_platform = has_webhook(world)

    page = world.repositories.webhooks.page_of(school.id, PageRequest(), scope=into(school))
    platform = world.repositories.webhooks.page_of(None, PageRequest(), scope=into(school))

    assert page.items == (old, young)
    assert platform.items == (of_platform,)
    assert world.repositories.webhooks.count_of(school.id, scope=into(school)) == 2
    assert world.repositories.webhooks.count_of(None, scope=TenantScope()) == 1
    assert world.repositories.webhooks.count_of(school.id, scope=into(other)) == 0


def test_a_removed_webhook_takes_its_deliveries_along(world: World) -> None:
    webhook, other = has_webhook(world), has_webhook(world)
    gone, stays = a_delivery(webhook), a_delivery(other)
    world.repositories.deliveries.add([gone, stays])

    world.repositories.webhooks.remove(webhook, scope=ALL_TENANTS)

    with pytest.raises(WebhookNotFound):
        world.repositories.webhooks.get(webhook.id, scope=ALL_TENANTS)
    with pytest.raises(DeliveryNotFound):
        world.repositories.deliveries.get(webhook.id, gone.id)
    assert world.repositories.deliveries.get(other.id, stays.id) == stays
    assert claim(world, webhook) is None


def test_a_claimed_webhook_is_free_again_when_the_lease_ends(world: World) -> None:
    webhook = has_webhook(world, position=5)

    first = claim(world, webhook)
    second = claim(world, webhook, OTHER_LEASE)
    third = claim(world, webhook, OTHER_LEASE, at=NOON + SECOND, until=LATER)

    assert (first, second, third) == (5, None, 5)
    assert not world.repositories.webhook_cursors.renew(webhook.id, LEASE, until=LATER)
    assert world.repositories.webhook_cursors.renew(webhook.id, OTHER_LEASE, until=LATER)


def test_paused_webhooks_and_those_of_closed_organizations_cannot_be_claimed(world: World) -> None:
    suspended = world.has_organization(status=OrganizationStatus.SUSPENDED)
    deleted = world.has_organization(status=OrganizationStatus.DELETED)
    happens(world, learned(owner=suspended), learned(owner=deleted))
    resting = [
        has_webhook(world, pause=Pause(cause=PauseCause.REQUESTED, since=NOON), position=0),
        has_webhook(world, suspended, position=0),
        has_webhook(world, deleted, position=0),
    ]

    assert [claim(world, webhook) for webhook in resting] == [None, None, None]
    assert due(world) == []


def test_a_cursor_moves_with_the_lease_from_where_it_was_read(world: World) -> None:
    webhook = has_webhook(world, position=5)
    claim(world, webhook)
    cursors = world.repositories.webhook_cursors

    assert not cursors.advance(webhook.id, OTHER_LEASE, after=5, to=9)
    assert not cursors.advance(webhook.id, LEASE, after=4, to=9)
    assert world.repositories.webhook_cursors.advance(webhook.id, LEASE, after=5, to=9)
    assert claim(world, webhook, at=NOON + SECOND) == 9


def test_a_cursor_is_rewound_and_never_moved_forward(world: World) -> None:
    webhook = has_webhook(world, position=5)

    forward = world.repositories.webhook_cursors.rewind(webhook.id, to=9)
    back = world.repositories.webhook_cursors.rewind(webhook.id, to=2)

    assert (forward, back, claim(world, webhook)) == (5, 2, 2)


def test_a_webhook_is_due_while_there_are_events_after_its_cursor(world: World) -> None:
    school, other = world.has_organization(), world.has_organization()
    own, foreign, platform = (
        has_webhook(world, school),
        has_webhook(world, other),
        has_webhook(world),
    )
    before = world.repositories.outgoing_events.last_position()
    happens(world, learned(owner=school))

    ids = due(world)

    assert set(ids) == {own.id, platform.id}
    assert foreign.id not in ids
    claim(world, own)
    assert due(world) == [platform.id]
    world.repositories.webhook_cursors.advance(own.id, LEASE, after=before, to=2**40)
    world.repositories.webhook_cursors.release(own.id, LEASE, resting_until=None)
    assert due(world) == [platform.id]


def test_the_oldest_event_that_waits_is_known_for_each_kind_of_owner(world: World) -> None:
    school = world.has_organization()
    early, late = NOON - SECOND, NOON + SECOND
    happens(world, learned(occurred_at=NOON - timedelta(days=1)))
    of_platform, of_school = has_webhook(world), has_webhook(world, school)

    def waiting() -> list[datetime | None]:
        return [
            world.repositories.webhook_cursors.waiting_since(of_platform=is_platform)
            for is_platform in (True, False)
        ]

    assert waiting() == [None, None]
    happens(world, learned(occurred_at=late))
    assert waiting() == [late, None]
    happens(world, learned(owner=school, occurred_at=NOON))
    assert waiting() == [late, NOON]
    world.repositories.deliveries.add(
        [
            delivered(a_delivery(of_platform, created_at=NOON - timedelta(hours=1))),
            a_delivery(of_platform, 2, created_at=early),
            a_delivery(of_school, 3, created_at=NOON + SECOND),
        ]
    )
    assert waiting() == [early, NOON]


def test_what_is_replayed_does_not_wait(world: World) -> None:
    cursors = world.repositories.webhook_cursors
    happens(world, learned(occurred_at=NOON - SECOND))
    webhook = has_webhook(world)

    for position in (1, 0):
        cursors.rewind(webhook.id, to=position)
        assert cursors.waiting_since(of_platform=True) is None
    happens(world, learned(occurred_at=NOON))
    assert cursors.waiting_since(of_platform=True) == NOON


def test_an_event_for_a_paused_webhook_or_a_closed_organization_does_not_wait(world: World) -> None:
    closed = world.has_organization(status=OrganizationStatus.SUSPENDED)
    has_webhook(world, pause=Pause(cause=PauseCause.REQUESTED, since=NOON))
    has_webhook(world, closed)
    happens(world, learned(owner=closed))

    cursors = world.repositories.webhook_cursors
    assert cursors.waiting_since(of_platform=True) is None
    assert cursors.waiting_since(of_platform=False) is None


def test_a_webhook_is_due_while_a_delivery_is(world: World) -> None:
    webhook, done, failed = has_webhook(world), has_webhook(world), has_webhook(world)
    world.repositories.deliveries.add(
        [
            a_delivery(webhook, due_at=LATER),
            delivered(a_delivery(done)),
            a_delivery(failed, status=DeliveryStatus.FAILED, due_at=None),
        ]
    )

    assert (due(world), due(world, at=LATER)) == ([], [webhook.id])


def test_a_webhook_is_not_due_for_what_is_behind_another_delivery_of_its_user(world: World) -> None:
    webhook, anna = has_webhook(world), uuid4()
    first = a_delivery(webhook, 1, user_id=anna, due_at=LATER)
    second = a_delivery(webhook, 2, user_id=anna, due_at=NOON)
    world.repositories.deliveries.add([first, second])

    assert (due(world), due(world, at=LATER)) == ([], [webhook.id])
    world.repositories.deliveries.add([a_delivery(webhook, 3, due_at=NOON)])
    assert due(world) == [webhook.id]


def test_a_resting_webhook_is_not_due_until_it_is_woken(world: World) -> None:
    webhook = has_webhook(world)
    happens(world, learned())
    claim(world, webhook)
    world.repositories.webhook_cursors.release(webhook.id, OTHER_LEASE, resting_until=None)
    assert due(world) == []
    world.repositories.webhook_cursors.release(webhook.id, LEASE, resting_until=LATER)

    assert (due(world), due(world, at=LATER)) == ([], [webhook.id])
    world.repositories.webhook_cursors.wake(webhook.id)
    assert due(world) == [webhook.id]


def test_the_webhook_that_waited_longest_is_due_first(world: World) -> None:
    first, second, third = (has_webhook(world) for _ in range(3))
    happens(world, learned())
    for webhook, at in ((second, NOON), (first, LATER)):
        claim(world, webhook, at=at, until=at)

    ids = world.repositories.webhook_cursors.due(at=LATER, limit=2)

    assert ids == [third.id, second.id]


def test_a_stored_delivery_is_returned_unchanged(world: World) -> None:
    webhook = has_webhook(world)
    new, old = a_delivery(webhook, user_id=None), delivered(a_delivery(webhook))

    assert world.repositories.deliveries.add([new, old]) == 2

    assert world.repositories.deliveries.get(webhook.id, new.id) == new
    assert world.repositories.deliveries.get(webhook.id, old.id) == old


def test_a_delivery_is_found_with_its_webhook_alone(world: World) -> None:
    webhook, other = has_webhook(world), has_webhook(world)
    delivery = a_delivery(webhook)
    world.repositories.deliveries.add([delivery])

    with pytest.raises(DeliveryNotFound):
        world.repositories.deliveries.get(other.id, delivery.id)
    with pytest.raises(DeliveryNotFound):
        world.repositories.deliveries.get(webhook.id, DeliveryId(uuid4()))


def test_the_pending_delivery_of_an_event_is_found_by_its_position(world: World) -> None:
    webhook, other = has_webhook(world), has_webhook(world)
    former, pending = a_delivery(webhook, 7), a_delivery(webhook, 7)
    for delivery in (delivered(former), pending, a_delivery(webhook, 8), a_delivery(other, 9)):
        world.repositories.deliveries.add([delivery])

    def pending_at(position: int) -> Delivery | None:
        with world.unit_of_work.atomic():
            deliveries = world.repositories.deliveries
            return deliveries.find_pending_for_update(webhook.id, position)

    assert (pending_at(7), pending_at(9)) == (pending, None)
    world.repositories.deliveries.save(delivered(pending))
    assert pending_at(7) is None


def test_an_event_is_pending_once(world: World) -> None:
    webhook, other = has_webhook(world), has_webhook(world)
    first, again, elsewhere = a_delivery(webhook), a_delivery(webhook), a_delivery(other)

    assert world.repositories.deliveries.add([first]) == 1
    assert world.repositories.deliveries.add([again, elsewhere]) == 1
    world.repositories.deliveries.save(delivered(first))
    assert world.repositories.deliveries.add([again]) == 1
    assert world.repositories.deliveries.pending(webhook.id, limit=9) == [again]


def test_pending_deliveries_come_in_the_order_of_positions(world: World) -> None:
    webhook = has_webhook(world)
    last, failed, done, first = (
        a_delivery(webhook, 9),
        a_delivery(webhook, 5, status=DeliveryStatus.FAILED, due_at=None),
        delivered(a_delivery(webhook, 3)),
        a_delivery(webhook, 2, due_at=LATER),
    )
    world.repositories.deliveries.add([last, failed, done, first])

    assert world.repositories.deliveries.pending(webhook.id, limit=9) == [first, failed, last]
    assert world.repositories.deliveries.pending(webhook.id, limit=1) == [first]


def test_pending_deliveries_are_revived_and_no_others(world: World) -> None:
    webhook, other = has_webhook(world), has_webhook(world)
    failed = a_delivery(webhook, status=DeliveryStatus.FAILED, attempts=9, due_at=None, error="no")
    done, foreign = delivered(a_delivery(webhook, 2)), a_delivery(other, attempts=3)
    world.repositories.deliveries.add([failed, done, foreign])

    world.repositories.deliveries.revive(webhook.id, at=LATER)

    (revived,) = world.repositories.deliveries.pending(webhook.id, limit=9)
    assert revived == failed.revived(at=LATER)
    assert (revived.attempts, revived.error, revived.due_at) == (0, "no", LATER)
    assert world.repositories.deliveries.get(webhook.id, done.id) == done
    assert world.repositories.deliveries.get(other.id, foreign.id) == foreign


def test_deliveries_are_listed_newest_first(world: World) -> None:
    webhook, other = has_webhook(world), has_webhook(world)
    old, young = a_delivery(webhook, 1), a_delivery(webhook, 2, created_at=LATER)
    world.repositories.deliveries.add([old, young, a_delivery(other)])

    page = world.repositories.deliveries.page_of(webhook.id, PageRequest(limit=1))
    rest = world.repositories.deliveries.page_of(
        webhook.id, PageRequest(limit=1, cursor=page.next_cursor)
    )

    assert (page.items, rest.items, rest.next_cursor) == ((young,), (old,), None)


def test_old_deliveries_are_removed_unless_they_are_pending(world: World) -> None:
    webhook = has_webhook(world)
    pending = a_delivery(webhook, 1, attempted_at=NOON)
    old = delivered(a_delivery(webhook, 2))
    young = delivered(a_delivery(webhook, 3, created_at=NOON + SECOND))
    world.repositories.deliveries.add([pending, old, young])

    removed = world.repositories.deliveries.remove_delivered(before=NOON + SECOND)

    assert removed == 1
    assert world.repositories.deliveries.page_of(webhook.id, PageRequest()).items == (
        young,
        pending,
    )
