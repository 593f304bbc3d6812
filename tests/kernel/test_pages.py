"""Keyset pagination."""

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authsvc.kernel.pages import (
    InvalidCursor,
    PageRequest,
    moment_and_id_in,
    number_in,
    page_of,
)

ID = UUID("0a1b2c3d-0000-4000-8000-00000000cafe")
NOON = "2026-03-01T12:00:00+00:00"


def a_cursor(*parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_page_holds_as_many_as_were_asked_for() -> None:
    page = page_of([1, 2, 3], PageRequest(limit=2), key=lambda number: (number,))

    assert page.items == (1, 2)
    assert page.next_cursor is not None


@pytest.mark.parametrize("found", [[], [1], [1, 2]])
def test_the_last_page_has_no_cursor(found: list[int]) -> None:
    page = page_of(found, PageRequest(limit=2), key=lambda number: (number,))

    assert page.items == tuple(found)
    assert page.next_cursor is None


def test_the_cursor_is_the_key_of_the_last_item_on_the_page() -> None:
    page = page_of([7, 8, 9], PageRequest(limit=2), key=lambda number: (number,))

    assert number_in(page.next_cursor or "") == 8


@given(moment=st.datetimes(timezones=st.just(UTC)), identity=st.uuids())
def test_a_moment_and_an_id_survive_the_cursor(moment: datetime, identity: UUID) -> None:
    page = page_of([1, 2], PageRequest(limit=1), key=lambda _: (moment, identity))

    assert moment_and_id_in(page.next_cursor or "") == (moment, identity)


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_a_number_survives_the_cursor(number: int) -> None:
    page = page_of([1, 2], PageRequest(limit=1), key=lambda _: (number,))

    assert number_in(page.next_cursor or "") == number


def test_a_cursor_can_stand_in_an_address() -> None:
    page = page_of([1, 2], PageRequest(limit=1), key=lambda _: ("?>~" * 9,))

    assert (page.next_cursor or "").isascii()
    assert not set(page.next_cursor or "") & set("+/=?&#%")


def test_a_moment_is_read_in_utc() -> None:
    in_tokyo = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))

    at, _ = moment_and_id_in(a_cursor(in_tokyo.isoformat(), str(ID)))

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
        a_cursor(NOON),
        a_cursor(NOON, str(ID), "more"),
        a_cursor(NOON, None),
        a_cursor(1, str(ID)),
        a_cursor("yesterday", str(ID)),
        a_cursor("2026-03-01T12:00:00", str(ID)),
        a_cursor(NOON, "bowline"),
        a_cursor("0001-01-01T00:00:00+23:59", str(ID)),
        a_cursor("9999-12-31T23:59:59-23:59", str(ID)),
        urlsafe_b64encode(b'{"0": "a", "1": "b"}').decode(),
    ],
)
def test_a_cursor_that_no_list_of_moments_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        moment_and_id_in(cursor)


@pytest.mark.parametrize(
    "cursor",
    ["", "bowline", a_cursor(), a_cursor(1)]
    + [a_cursor(digits) for digits in ("", "-1", "+1", "1.0", "1e3", " 1", "٣", "²", str(2**63))],
)
def test_a_cursor_that_no_list_of_numbers_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        number_in(cursor)


@given(st.text() | st.lists(st.text(), max_size=3).map(lambda parts: a_cursor(*parts)))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with suppress(InvalidCursor):
        moment_and_id_in(text)
    with suppress(InvalidCursor):
        number_in(text)
