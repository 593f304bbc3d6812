"""Webhook service: who manages webhooks, their secrets, pauses and limits, and what the audit log says of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from accounts.domain.access import NotPermitted, OrganizationStatus, OrgRole, Principal
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.integrations.entities.deliveries import DeliveryStatus
from accounts.domain.integrations.entities.webhooks import (
    MOST_WEBHOOKS,
    PauseCause,
    Webhook,
    WebhookStatus,
    WebhookTerms,
)
from accounts.domain.integrations.errors import (
    UnsuitableOverlap,
    UnsuitableReplay,
    UnsuitableWebhook,
    WebhookLimit,
    WebhookNotFound,
    WebhookPaused,
)
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from authsvc.events.catalogue import OutgoingEventType
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.preconditions import Precondition, PreconditionFailed
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.builders import a_principal
from tests.support.tenants import acts_in, has_guest, has_member, has_organization, has_root
from tests.support.webhooks import (
    URL,
    Receiver,
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

TERMS: Final = WebhookTerms(url=URL, description="Register")
Act = Callable[[World, Organization, Webhook, Principal], object]
ACTS: Final[dict[str, Act]] = {
    "create": lambda world, school, _, by: world.services.webhooks.create(school.id, TERMS, by=by),
    "amend": lambda world, school, webhook, by: world.services.webhooks.amend(
        school.id, webhook.id, description="New", by=by
    ),
    "renew": lambda world, school, webhook, by: world.services.webhooks.renew_secret(
        school.id, webhook.id, by=by
    ),
    "pause": lambda world, school, webhook, by: world.services.webhooks.pause(
        school.id, webhook.id, by=by
    ),
    "resume": lambda world, school, webhook, by: world.services.webhooks.resume(
        school.id, webhook.id, by=by
    ),
    "remove": lambda world, school, webhook, by: world.services.webhooks.remove(
        school.id, webhook.id, by=by
    ),
    "ping": lambda world, school, webhook, by: world.services.webhook_deliveries.ping(
        school.id, webhook.id, by=by
    ),
    "replay": lambda world, school, webhook, by: world.services.webhook_deliveries.replay(
        school.id, webhook.id, after=0, by=by
    ),
}
READS: Final[dict[str, Act]] = {
    "get": lambda world, school, webhook, by: world.services.webhooks.get(
        school.id, webhook.id, by=by
    ),
    "list": lambda world, school, _, by: world.services.webhooks.page_of(
        school.id, PageRequest(), by=by
    ),
    "deliveries": lambda world, school, webhook, by: world.services.webhook_deliveries.page_of(
        school.id, webhook.id, PageRequest(), by=by
    ),
}
every_act = pytest.mark.parametrize("act", [*ACTS.values(), *READS.values()], ids=[*ACTS, *READS])
every_change = pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def memory(memory: World, receiver: Receiver) -> World:
    return with_receiver(memory, receiver)


@pytest.fixture
def school(memory: World) -> Organization:
    return has_organization(memory)


@pytest.fixture
def admin(memory: World, school: Organization) -> Principal:
    return has_member(memory, school, OrgRole.ADMIN)


@every_act
def test_admins_may_and_instructors_may_not(
    memory: World, school: Organization, admin: Principal, act: Act
) -> None:
    webhook = has_webhook(memory, school)

    with pytest.raises(NotPermitted):
        act(memory, school, webhook, has_member(memory, school, OrgRole.INSTRUCTOR))
    with pytest.raises(OrganizationNotFound):
        act(memory, school, webhook, has_guest(memory))
    act(memory, school, webhook, admin)


@every_act
def test_a_webhook_belongs_to_its_owner_alone(
    memory: World, school: Organization, admin: Principal, act: Act
) -> None:
    elsewhere = has_webhook(memory, has_organization(memory)), has_webhook(memory)
    if act in (ACTS["create"], READS["list"]):
        return
    for webhook in elsewhere:
        with pytest.raises(WebhookNotFound):
            act(memory, school, webhook, admin)


@every_change
def test_nothing_changes_while_the_organization_is_suspended(memory: World, act: Act) -> None:
    closed = has_organization(memory, status=OrganizationStatus.SUSPENDED)

    with pytest.raises(OrganizationSuspended):
        act(memory, closed, has_webhook(memory, closed), has_root(memory))


def test_the_platform_has_webhooks_for_those_who_manage_it(memory: World, admin: Principal) -> None:
    root = has_root(memory)
    new = memory.services.webhooks.create(None, TERMS, by=root)

    assert memory.services.webhooks.get(None, new.webhook.id, by=root) == new.webhook
    with pytest.raises(NotPermitted):
        memory.services.webhooks.create(None, TERMS, by=admin)
    with pytest.raises(NotPermitted):
        memory.services.webhooks.get(None, new.webhook.id, by=admin)


def test_a_new_webhook_has_a_secret_that_is_stored_encrypted_and_audited_without_it(
    memory: World, school: Organization, admin: Principal
) -> None:
    new = memory.services.webhooks.create(school.id, TERMS, by=admin)

    stored = stored_webhook(memory, new.webhook)
    assert stored == new.webhook
    assert new.secret not in repr(new) + repr(stored) + stored.encrypted_secret
    (act,) = acts_in(memory, school)
    assert (act.action, act.subject_type, act.subject_id) == (
        AuditAction.WEBHOOK_CREATED,
        SubjectType.WEBHOOK,
        str(stored.id),
    )
    assert act.after == {
        "url": URL,
        "description": "Register",
        "types": [],
        "status": "active",
    }


def test_people_verify_their_address_before_they_create_one(
    memory: World, school: Organization
) -> None:
    user = memory.has_user()
    owner = has_member(memory, school, OrgRole.OWNER)
    unverified = a_principal(user)

    with pytest.raises(VerifiedEmailNeeded):
        memory.services.webhooks.create(
            school.id,
            TERMS,
            by=type(owner)(
                user_id=unverified.user_id,
                roles=(),
                rights=frozenset(),
                scopes=owner.scopes,
                client_id=owner.client_id,
                memberships=owner.memberships,
            ),
        )


def test_the_number_of_webhooks_is_limited_for_each_owner(
    memory: World, school: Organization, admin: Principal
) -> None:
    for _ in range(MOST_WEBHOOKS):
        memory.services.webhooks.create(school.id, TERMS, by=admin)

    with pytest.raises(WebhookLimit):
        memory.services.webhooks.create(school.id, TERMS, by=admin)
    assert memory.services.webhooks.create(None, TERMS, by=has_root(memory))


def test_terms_are_checked_at_creation_and_at_each_change(
    memory: World, school: Organization, admin: Principal
) -> None:
    webhook = has_webhook(memory, school)

    with pytest.raises(UnsuitableWebhook):
        memory.services.webhooks.create(school.id, WebhookTerms(url="ftp://a.example"), by=admin)
    with pytest.raises(UnsuitableWebhook):
        memory.services.webhooks.amend(school.id, webhook.id, url="ftp://a.example", by=admin)
    with pytest.raises(UnsuitableWebhook):
        memory.services.webhooks.amend(school.id, webhook.id, description="x" * 201, by=admin)
    assert stored_webhook(memory, webhook) == webhook


def test_a_change_leaves_what_is_not_given_and_is_conditional(
    memory: World, school: Organization, admin: Principal
) -> None:
    webhook = has_webhook(memory, school, description="Register")
    types = frozenset({OutgoingEventType.CREDENTIAL_ISSUED})

    changed = memory.services.webhooks.amend(school.id, webhook.id, types=types, by=admin)

    assert changed.terms == WebhookTerms(url=URL, description="Register", types=types)
    assert stored_webhook(memory, webhook) == changed
    (act,) = acts_in(memory, school)
    assert (act.before, act.after) == ({"types": []}, {"types": ["credential.issued"]})
    outdated = Precondition(tags=frozenset({"old"}), tag_of=lambda _: "new")
    with pytest.raises(PreconditionFailed):
        memory.services.webhooks.amend(school.id, webhook.id, if_match=outdated, by=admin)


def test_a_renewed_secret_replaces_the_old_one_at_once_or_after_an_overlap(
    memory: World, school: Organization, admin: Principal
) -> None:
    webhook, now = has_webhook(memory, school), memory.clock.at
    until = now + timedelta(days=7)

    first = memory.services.webhooks.renew_secret(
        school.id, webhook.id, former_until=until, by=admin
    )
    assert first.webhook.encrypted_secrets(at=now) == [
        first.webhook.encrypted_secret,
        webhook.encrypted_secret,
    ]
    assert first.webhook.encrypted_secrets(at=until) == [first.webhook.encrypted_secret]
    second = memory.services.webhooks.renew_secret(school.id, webhook.id, by=admin)
    assert second.webhook.encrypted_secrets(at=now) == [second.webhook.encrypted_secret]
    for unsuitable in (now, until + timedelta(seconds=1)):
        with pytest.raises(UnsuitableOverlap):
            memory.services.webhooks.renew_secret(
                school.id, webhook.id, former_until=unsuitable, by=admin
            )


def test_a_pause_and_its_end_are_recorded_once(
    memory: World, school: Organization, admin: Principal
) -> None:
    webhook, service = has_webhook(memory, school), memory.services.webhooks

    for _ in range(2):
        paused = service.pause(school.id, webhook.id, reason="Moving", by=admin)
    assert paused.pause is not None
    assert (paused.status, paused.pause.cause) == (WebhookStatus.PAUSED, PauseCause.REQUESTED)
    for _ in range(2):
        assert service.resume(school.id, webhook.id, by=admin) == webhook

    assert [(act.action, act.reason) for act in acts_in(memory, school)] == [
        (AuditAction.WEBHOOK_PAUSED, "Moving"),
        (AuditAction.WEBHOOK_RESUMED, ""),
    ]


def test_a_delivered_event_is_delivered_again_by_a_new_delivery(
    memory: World, school: Organization, admin: Principal, receiver: Receiver
) -> None:
    webhook = has_webhook(memory, school)
    (event,) = happens(memory, learned(owner=school))
    deliver(memory)
    (delivery,) = deliveries_of(memory, webhook)
    memory.clock.go_on(seconds=1)

    memory.services.webhook_deliveries.redeliver(school.id, webhook.id, delivery.id, by=admin)
    deliver(memory)

    assert receiver.ids == ids_of([event, event])
    first, second = deliveries_of(memory, webhook)
    assert (first, second.status) == (delivery, DeliveryStatus.DELIVERED)


def test_an_event_that_is_asked_for_twice_is_delivered_again_once(
    memory: World, school: Organization, admin: Principal, receiver: Receiver
) -> None:
    webhook, service = has_webhook(memory, school), memory.services.webhook_deliveries
    (event,) = happens(memory, learned(owner=school))
    deliver(memory)
    (delivery,) = deliveries_of(memory, webhook)
    memory.clock.go_on(seconds=1)

    first = service.redeliver(school.id, webhook.id, delivery.id, by=admin)
    second = service.redeliver(school.id, webhook.id, delivery.id, by=admin)
    listed = [stored.id for stored in deliveries_of(memory, webhook)]
    deliver(memory)

    assert (first.id, listed) == (second.id, [delivery.id, second.id])
    assert receiver.ids == ids_of([event, event])


def test_a_waiting_event_is_delivered_now(
    memory: World, school: Organization, admin: Principal, receiver: Receiver
) -> None:
    webhook = has_webhook(memory, school)
    happens(memory, learned(owner=school))
    receiver.answers = lambda _: 500
    deliver(memory)
    (delivery,) = deliveries_of(memory, webhook)
    receiver.answers = lambda _: 200

    due = memory.services.webhook_deliveries.redeliver(school.id, webhook.id, delivery.id, by=admin)
    deliver(memory)

    assert (due.id, due.due_at) == (delivery.id, memory.clock.at)
    assert [stored.status for stored in deliveries_of(memory, webhook)] == [
        DeliveryStatus.DELIVERED
    ]
    memory.services.webhooks.pause(school.id, webhook.id, by=admin)
    with pytest.raises(WebhookPaused):
        memory.services.webhook_deliveries.redeliver(school.id, webhook.id, delivery.id, by=admin)


def test_events_are_replayed_from_a_position_or_a_time_with_their_ids(
    memory: World, school: Organization, admin: Principal, receiver: Receiver
) -> None:
    webhook, service = has_webhook(memory, school), memory.services.webhook_deliveries
    early, late = happens(
        memory,
        learned(owner=school),
        learned(owner=school, occurred_at=memory.clock.at + timedelta(hours=1)),
    )
    deliver(memory)
    receiver.requests.clear()

    moved = service.replay(school.id, webhook.id, after=early.position, by=admin)
    deliver(memory)
    assert (moved, receiver.ids) == (early.position, ids_of([late]))
    service.replay(school.id, webhook.id, since=memory.clock.at + timedelta(minutes=1), by=admin)
    deliver(memory)
    assert receiver.ids == ids_of([late, late])
    assert service.replay(school.id, webhook.id, after=10**9, by=admin) == late.position
    for bounds in ({}, {"after": 0, "since": memory.clock.at}):
        with pytest.raises(UnsuitableReplay):
            service.replay(school.id, webhook.id, **bounds, by=admin)  # type: ignore[arg-type]  # a number and a time


def test_old_deliveries_are_removed(
    memory: World, school: Organization, receiver: Receiver
) -> None:
    webhook = has_webhook(memory, school)
    happens(memory, learned(owner=school))
    deliver(memory)

    memory.clock.go_on(days=30)
    assert memory.services.webhook_deliveries.remove_expired() == 0
    memory.clock.go_on(seconds=1)
    assert memory.services.expiring["sent webhook"].remove_expired() == 1
    assert deliveries_of(memory, webhook) == []


def test_access_from_outside_is_recorded(memory: World, school: Organization) -> None:
    webhook, root = has_webhook(memory, school), has_root(memory)

    memory.services.webhooks.get(school.id, webhook.id, by=root)

    assert [act.action for act in acts_in(memory, school)] == [AuditAction.LOOKED_INTO]
    assert memory.repositories.webhooks.count_of(school.id, scope=ALL_TENANTS) == 1
