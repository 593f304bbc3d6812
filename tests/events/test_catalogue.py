"""The catalogue of outgoing events, and every event that acts record."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from accounts.api.events import OutgoingEventSerializer
from accounts.domain.access import OPERATOR, OrgRole
from authsvc.events.catalogue import CATALOGUE, OutgoingEventType, schema_of
from authsvc.events.entities import RecordedEvent
from authsvc.http.rendering import json_of
from progress.domain.entities.events import BINDING, SHAPES, EventType
from progress.domain.services.outgoing_events import UNPUBLISHED
from tests.events.acts import ACTS, Act
from tests.events.recording import outgoing, page_of
from tests.support.worlds import World

FORMATS = FormatChecker()
each_act = pytest.mark.parametrize(("act", "types"), ACTS.values(), ids=ACTS)


def is_in_order(types: Iterable[OutgoingEventType], recorded: Iterable[OutgoingEventType]) -> bool:
    """Whether the types were recorded in this order, perhaps with others between them."""
    remaining = iter(recorded)
    return all(type_ in remaining for type_ in types)


@each_act
def test_an_act_records_events_that_suit_their_schemas(
    memory: World, act: Act, types: tuple[OutgoingEventType, ...]
) -> None:
    act(memory)

    recorded = page_of(memory).items
    assert is_in_order(types, [item.event.type for item in recorded])
    for item in recorded:
        schema = schema_of(item.event.type)
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema, format_checker=FORMATS).validate(shown(item))


def shown(item: RecordedEvent) -> Any:
    return json.loads(json_of(item, OutgoingEventSerializer))


def test_every_type_is_published_and_recorded_by_an_act() -> None:
    assert set(CATALOGUE) == set(OutgoingEventType)
    assert {type_ for _, types in ACTS.values() for type_ in types} == set(OutgoingEventType)


def test_every_event_of_a_stream_is_published_but_for_bindings_of_old_rows() -> None:
    bindings = {type_ for type_, shape in SHAPES.items() if type_.endswith("_bound")}

    assert bindings == UNPUBLISHED
    published = {type_.value.partition(".")[2] for type_ in OutgoingEventType}
    credentials = {
        EventType.CREDENTIAL_ISSUED,
        EventType.CREDENTIAL_REVOKED,
        EventType.CREDENTIAL_SUSPENDED,
        EventType.CREDENTIAL_RESUMED,
    }
    assert {type_.value for type_ in set(EventType) - bindings - credentials} <= published


@each_act
def test_no_event_tells_a_score_or_a_hash(
    memory: World, act: Act, types: tuple[OutgoingEventType, ...]
) -> None:
    act(memory)

    members = {name for event in outgoing(memory) for name in event.data}

    assert members.isdisjoint({"score", "max_score", "email", "name", BINDING})


def test_a_role_is_one_of_those_that_members_have() -> None:
    role = CATALOGUE[OutgoingEventType.MEMBERSHIP_ADDED].data["role"]

    assert role["enum"] == [role.value for role in OrgRole]


def test_binding_old_rows_and_rebuilding_record_no_outgoing_event(memory: World) -> None:
    act, _ = ACTS["earning a credential"]
    act(memory)
    before = memory.repositories.outgoing_events.last_position()

    memory.services.log_verifier.rebuild(by=OPERATOR)

    assert memory.repositories.outgoing_events.last_position() == before
