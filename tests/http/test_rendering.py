"""JSON as it is written equals what DRF's serializers make of the same things."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from authsvc.http.rendering import json_of, page_as_json
from authsvc.kernel.paging import Page

ID = UUID("00000000-0000-4000-8000-000000000001")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Knot(StrEnum):
    BOWLINE = "bowline"


@dataclass(frozen=True)
class Owner:
    name: str = "Anna 🪢"


@dataclass(frozen=True)
class Rope:
    id: UUID = ID
    name: object = "Seil für Anfänger"
    knot: Knot = Knot.BOWLINE
    metres: int = 12
    is_dry: bool = True
    day: date = date(2026, 3, 1)
    made_at: datetime = NOON
    retired_at: datetime | None = None
    owner: Owner | None = field(default_factory=Owner)
    parts: tuple[UUID, ...] = (ID, ID)
    notes: dict[str, Any] = field(default_factory=lambda: {"a": [1, None], "b": {"c": "d"}})


class OwnerSerializer(serializers.Serializer[Owner]):
    name = serializers.CharField()


class ShoutedSerializer(OwnerSerializer):
    def to_representation(self, instance: Owner) -> Any:
        return {"name": instance.name.upper()}


class RopeSerializer(serializers.Serializer[Rope]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    knot = serializers.ChoiceField(choices=[knot.value for knot in Knot])
    metres = serializers.IntegerField()
    is_dry = serializers.BooleanField()
    day = serializers.DateField()
    made_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    owner = OwnerSerializer(allow_null=True)
    loud = ShoutedSerializer(source="owner", allow_null=True)
    owner_name = serializers.CharField(source="owner.name", allow_null=True, default=None)
    kind = serializers.CharField(default="rope")
    parts = serializers.ListField(child=serializers.UUIDField())
    notes = serializers.DictField()
    secret = serializers.CharField(write_only=True)
    whole = OwnerSerializer(source="owners", many=True, default=list)
    length = serializers.SerializerMethodField()

    def get_length(self, rope: Rope) -> str:
        return f"{rope.metres} m"


ROPES = {
    "plain": Rope(),
    "without an owner": Rope(owner=None),
    "with microseconds": Rope(made_at=NOON + timedelta(microseconds=7), retired_at=NOON),
    "in another time zone": Rope(made_at=NOON.astimezone(timezone(timedelta(hours=5)))),
    "named by an ID": Rope(name=ID),
    "named with a quote": Rope(name='"\\\n\u2028</script>\0'),
}


def as_drf_writes(serializer: serializers.Serializer[Any]) -> Any:
    return json.loads(JSONRenderer().render(serializer.data))


@pytest.mark.parametrize("rope", ROPES.values(), ids=ROPES)
def test_an_entity_is_written_as_drf_writes_it(rope: Rope) -> None:
    assert json.loads(json_of(rope, RopeSerializer)) == as_drf_writes(RopeSerializer(rope))


def test_a_mapping_is_written_as_drf_writes_it() -> None:
    mapping = {"name": "Bo"}

    assert json.loads(json_of(mapping, OwnerSerializer)) == {"name": "Bo"}


def test_what_has_a_schema_is_written_as_it_is() -> None:
    assert json_of({"type": "object"}, {"type": "object"}) == b'{"type":"object"}'


def test_a_page_is_its_items_and_the_cursor_of_the_next_one() -> None:
    page = Page(items=(Owner("Anna"), Owner("Bo")), next_cursor="abc")

    assert page_as_json(page, OwnerSerializer) == (
        b'{"items":[{"name":"Anna"},{"name":"Bo"}],"next":"abc"}'
    )


def test_a_missing_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError):
        json_of(object(), OwnerSerializer)
