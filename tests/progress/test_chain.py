"""The hash chain of a stream."""

from dataclasses import fields, replace
from datetime import UTC, timedelta, timezone
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from courses.domain.entities.courses import CourseId
from progress.domain.entities.events import GENESIS, Cause, EventId, EventType, Fact, ProgressEvent
from tests.support.builders import NOON, a_progress, an_event
from tests.support.streams import ANNA, KNOTS

COURSE: Final = uuid4()
SCORE: Final[dict[str, str | int]] = {
    "assessment_id": "a",
    "assessment_version": 1,
    "score": 7,
    "max_score": 10,
}
PASSED: Final = Fact(type=EventType.ASSESSMENT_PASSED, entity_id=COURSE, payload=SCORE)
OTHER: Final[dict[str, Any]] = {
    "id": EventId(uuid4()),
    "user_id": UserId(uuid4()),
    "course_id": CourseId(uuid4()),
    "org_id": OrganizationId(uuid4()),
    "sequence": 2,
    "fact": replace(PASSED, type=EventType.ASSESSMENT_FAILED),
    "occurred_at": NOON + timedelta(microseconds=1),
    "recorded_by": None,
    "idempotency_key": "k",
    "previous_hash": "0" * 63 + "1",
    "agent": "https://agent.example/client.json",
}
MEMBERS: Final = [part.name for part in fields(ProgressEvent) if part.name != "hash"]


def an_event_of_anna() -> ProgressEvent:
    return an_event(a_progress(KNOTS, ANNA), PASSED)


def test_the_first_event_of_a_stream_follows_nothing() -> None:
    event = an_event(a_progress(KNOTS, ANNA))

    assert event.sequence == 1
    assert event.previous_hash == GENESIS == "0" * 64


def test_each_event_names_the_hash_of_the_one_before() -> None:
    progress = a_progress(KNOTS, ANNA)
    first = an_event(progress)
    head = replace(progress, sequence=first.sequence, hash=first.hash)

    second = an_event(head)

    assert second.sequence == 2
    assert second.previous_hash == first.hash


def test_an_event_says_whose_it_is_and_who_had_it_recorded() -> None:
    progress = replace(a_progress(KNOTS, ANNA), org_id=OTHER["org_id"])
    bo = UserId(uuid4())
    cause = Cause(user_id=bo, idempotency_key="k", agent="tutor")

    event = progress.next_event(PASSED, event_id=OTHER["id"], at=NOON, cause=cause)

    assert event.id == OTHER["id"]
    assert event.stream == progress.stream
    assert event.org_id == OTHER["org_id"]
    assert event.fact == PASSED
    assert event.occurred_at == NOON
    assert (event.recorded_by, event.idempotency_key, event.agent) == (bo, "k", "tutor")


def test_a_sealed_event_holds_its_own_hash() -> None:
    event = an_event_of_anna()

    assert len(event.hash) == 64
    assert event.hash == event.computed_hash()


@pytest.mark.parametrize("member", MEMBERS)
def test_another_value_of_any_member_gives_another_hash(member: str) -> None:
    event = an_event_of_anna()
    change: dict[str, Any] = {member: OTHER[member]}

    changed = replace(event, **change)

    assert changed.computed_hash() != event.hash


@pytest.mark.parametrize("member", SCORE)
def test_another_value_of_any_member_of_the_payload_gives_another_hash(member: str) -> None:
    event = an_event_of_anna()
    old = SCORE[member]
    payload = SCORE | {member: old + 1 if isinstance(old, int) else "b"}

    changed = replace(event, fact=replace(PASSED, payload=payload))

    assert changed.computed_hash() != event.hash


def test_another_thing_that_it_is_about_gives_another_hash() -> None:
    event = an_event_of_anna()

    changed = replace(event, fact=replace(PASSED, entity_id=uuid4()))

    assert changed.computed_hash() != event.hash


def test_the_same_moment_elsewhere_and_members_in_another_order_give_the_same_hash() -> None:
    event = an_event_of_anna()
    in_tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    turned = dict(reversed(SCORE.items()))

    same = replace(event, occurred_at=in_tokyo, fact=replace(PASSED, payload=turned))

    assert NOON.tzinfo is UTC
    assert same.computed_hash() == event.hash


@pytest.mark.parametrize("org_id", [None, OrganizationId(uuid4())])
@pytest.mark.parametrize("recorded_by", [None, UserId(uuid4())])
@pytest.mark.parametrize("key", ["", 'a "quoted" key', "Knöpfe \\ 🪢"])
@pytest.mark.parametrize("agent", [None, 'a "quoted" agent'])
def test_the_hash_is_the_checksum_of_all_other_members(
    org_id: OrganizationId | None, recorded_by: UserId | None, key: str, agent: str | None
) -> None:
    event = replace(
        an_event_of_anna(),
        org_id=org_id,
        recorded_by=recorded_by,
        idempotency_key=key,
        agent=agent,
    ).sealed()

    members = {
        "id": event.id,
        "user_id": event.user_id,
        "course_id": event.course_id,
        "org_id": org_id,
        "sequence": event.sequence,
        "type": event.fact.type,
        "entity_type": event.fact.about,
        "entity_id": event.fact.entity_id,
        "payload": event.fact.payload,
        "occurred_at": event.occurred_at,
        "recorded_by": recorded_by,
        "idempotency_key": key,
        "previous_hash": event.previous_hash,
        **({"agent": agent} if agent else {}),
    }
    assert event.hash == checksum(members)
