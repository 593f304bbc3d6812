"""Keyset pagination in memory, and its cursors."""

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authsvc.kernel.paging import InvalidCursor, Keyset, PageRequest, page_in_memory, page_of

ID = UUID("0a1b2c3d-0000-4000-8000-00000000cafe")
NOON = "2026-03-01T12:00:00+00:00"
BY_MOMENT: Final = Keyset("knots", {"tied_at": datetime, "id": UUID})
BY_NUMBER: Final = Keyset("bends", {"number": int})


@dataclass(frozen=True)
class Bend:
    number: int


def a_cursor(*parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_page_holds_as_many_as_were_asked_for() -> None:
    page = page_of(
        [Bend(1), Bend(2), Bend(3)], PageRequest(limit=2), BY_NUMBER, item=lambda bend: bend.number
    )

    assert page.items == (1, 2)
    assert page.next_cursor is not None


@pytest.mark.parametrize("bends", [[], [Bend(1)], [Bend(1), Bend(2)]])
def test_the_last_page_has_no_cursor(bends: list[Bend]) -> None:
    page = page_of(bends, PageRequest(limit=2), BY_NUMBER, item=lambda bend: bend)

    assert page.items == tuple(bends)
    assert page.next_cursor is None


def test_the_cursor_is_the_key_of_the_last_item_on_the_page() -> None:
    bends = [Bend(7), Bend(8), Bend(9)]

    page = page_of(bends, PageRequest(limit=2), BY_NUMBER, item=lambda bend: bend)

    assert BY_NUMBER.key_in(page.next_cursor or "") == (8,)


@pytest.mark.parametrize(
    ("keyset", "rest"),
    [(BY_NUMBER, (7, 9)), (Keyset("bends", {"number": int}, descends=True), (3, 1))],
)
def test_a_page_in_memory_is_ordered_and_follows_the_cursor(
    keyset: Keyset, rest: tuple[int, ...]
) -> None:
    cursor = keyset.cursor_after((5,))

    page = page_in_memory(
        [Bend(5), Bend(9), Bend(1), Bend(7), Bend(3)], PageRequest(cursor=cursor), keyset
    )

    assert tuple(bend.number for bend in page.items) == rest


@settings(deadline=None)
@given(moment=st.datetimes(timezones=st.just(UTC)), identity=st.uuids())
def test_a_moment_and_an_id_survive_the_cursor(moment: datetime, identity: UUID) -> None:
    cursor = BY_MOMENT.cursor_after((moment, identity))

    assert BY_MOMENT.key_in(cursor) == (moment, identity)


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_a_number_survives_the_cursor(number: int) -> None:
    assert BY_NUMBER.key_in(BY_NUMBER.cursor_after((number,))) == (number,)


def test_a_cursor_can_stand_in_an_address() -> None:
    cursor = Keyset("?>~" * 9, {}).cursor_after(("?>~" * 9,))

    assert cursor.isascii()
    assert not set(cursor) & set("+/=?&#%")


def test_a_moment_is_read_in_utc() -> None:
    in_tokyo = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))

    at, _ = BY_MOMENT.key_in(a_cursor("knots", in_tokyo.isoformat(), str(ID)))

    assert at.tzinfo is UTC
    assert at == in_tokyo


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "%%%",
        "bowline",
        "ünï",
        "\ud800",
        urlsafe_b64encode(b"[" * 100_000).decode(),
        a_cursor(),
        a_cursor("knots"),
        a_cursor(NOON, str(ID)),
        a_cursor("bends", NOON, str(ID)),
        a_cursor("knots", NOON),
        a_cursor("knots", NOON, str(ID), "more"),
        a_cursor("knots", NOON, None),
        a_cursor("knots", 1, str(ID)),
        a_cursor("knots", "yesterday", str(ID)),
        a_cursor("knots", "2026-03-01T12:00:00", str(ID)),
        a_cursor("knots", NOON, "bowline"),
        a_cursor("knots", "0001-01-01T00:00:00+23:59", str(ID)),
        a_cursor("knots", "9999-12-31T23:59:59-23:59", str(ID)),
        urlsafe_b64encode(b'{"0": "knots", "1": "a", "2": "b"}').decode(),
    ],
)
def test_a_cursor_that_no_list_of_moments_gave_is_invalid(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        BY_MOMENT.key_in(cursor)


@pytest.mark.parametrize(
    "cursor",
    ["", "bowline", a_cursor(), a_cursor("bends", 1), a_cursor("1")]
    + [
        a_cursor("bends", digits)
        for digits in ("", "-1", "+1", "1.0", "1e3", " 1", "٣", "²", str(2**63))
    ],
)
def test_a_cursor_that_no_list_of_numbers_gave_is_invalid(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        BY_NUMBER.key_in(cursor)


@settings(deadline=None)
@given(
    st.text()
    | st.lists(st.text(), max_size=3).map(lambda parts: a_cursor(*parts))
    | st.lists(st.text(), max_size=3).map(lambda parts: a_cursor("knots", *parts))
    | st.lists(st.text(), max_size=2).map(lambda parts: a_cursor("bends", *parts))
)
def test_no_text_raises_anything_but_invalid_cursor(text: str) -> None:
    for keyset in (BY_MOMENT, BY_NUMBER):
        with suppress(InvalidCursor):
            keyset.key_in(text)
