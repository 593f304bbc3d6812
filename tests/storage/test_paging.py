"""Keyset pagination: what every list of every repository promises, on every store."""

from datetime import datetime
from inspect import getmembers, isfunction
from typing import Any, Final, get_type_hints
from uuid import UUID

import pytest

from authsvc.composition.repositories import Repositories
from authsvc.kernel.paging import InvalidCursor, Keyset, PageRequest
from tests.storage.listing import List, Listing
from tests.storage.lists import LISTS
from tests.support.builders import NOON
from tests.support.pages import pages_of
from tests.support.worlds import World

MOMENTS: Final = (1, 0, 2, 0, 0)
"""Seconds after noon: neither in order nor distinct."""

LENGTHS: Final = {1: [1, 1, 1, 1, 1], 2: [2, 2, 1], 3: [3, 2]}
"""The lengths of all pages, by the limit."""

WHOLE: Final = PageRequest(limit=100)
KEYS: Final[dict[type, Any]] = {datetime: NOON, UUID: UUID(int=7), int: 7}

every_list = pytest.mark.parametrize("list_", LISTS, ids=str)


def a_listing(list_: List, world: World) -> Listing:
    """The list with an item for each of the moments."""
    listing = list_.listing(world)
    for moment in MOMENTS:
        listing.add(moment)
    return listing


def a_cursor(keyset: Keyset) -> str:
    return keyset.cursor_after(tuple(KEYS[type_] for type_ in keyset.columns.values()))


def test_the_lists_are_all_methods_of_repositories_that_take_a_page_request() -> None:
    methods = {
        (repository, name)
        for repository, protocol in get_type_hints(Repositories).items()
        for name, method in getmembers(protocol, isfunction)
        if PageRequest in get_type_hints(method).values()
    }

    assert {(list_.repository, list_.method) for list_ in LISTS} == methods


def test_no_two_lists_have_cursors_of_one_name() -> None:
    assert len({list_.keyset.name for list_ in LISTS}) == len(LISTS)


@every_list
def test_a_list_is_the_same_page_by_page_as_in_one_page(world: World, list_: List) -> None:
    listing = a_listing(list_, world)
    whole = listing.page(WHOLE)

    pages = {limit: list(pages_of(listing.page, limit=limit)) for limit in LENGTHS}

    items = {limit: [item for page in own for item in page] for limit, own in pages.items()}
    assert items == {limit: list(whole.items) for limit in LENGTHS}
    lengths = {limit: list(map(len, own)) for limit, own in pages.items()}
    assert lengths == LENGTHS
    assert whole.next_cursor is None
    assert len(whole.items) == len(MOMENTS)


@every_list
def test_a_list_is_in_the_order_of_its_key(world: World, list_: List) -> None:
    items = a_listing(list_, world).page(WHOLE).items

    keys = [list_.key_of(item) for item in items]

    assert keys == sorted(keys, reverse=list_.keyset.descends)


@every_list
def test_a_page_that_just_holds_the_rest_is_the_last(world: World, list_: List) -> None:
    listing = a_listing(list_, world)

    page = listing.page(PageRequest(limit=len(MOMENTS)))

    assert len(page.items) == len(MOMENTS)
    assert page.next_cursor is None


@every_list
def test_a_list_without_items_is_one_empty_page(world: World, list_: List) -> None:
    page = list_.listing(world).page(WHOLE)

    assert page.items == ()
    assert page.next_cursor is None


@every_list
def test_what_is_added_between_two_pages_hides_and_repeats_nothing(
    world: World, list_: List
) -> None:
    listing = a_listing(list_, world)
    before = list(listing.page(WHOLE).items)
    first = listing.page(PageRequest(limit=2))

    for moment in (-1, 1, 3):
        listing.add(moment)
    rest = listing.page(PageRequest(limit=100, cursor=first.next_cursor))

    walked = [*first.items, *rest.items]
    after = list(listing.page(WHOLE).items)
    assert [item for item in walked if item in before] == before
    assert walked == [item for item in after if item in walked]


@every_list
def test_a_list_accepts_its_own_cursors_and_no_others(world: World, list_: List) -> None:
    listing = list_.listing(world)

    for other in LISTS:
        request = PageRequest(cursor=a_cursor(other.keyset))
        if other is list_:
            assert listing.page(request).next_cursor is None
        else:
            with pytest.raises(InvalidCursor):
                listing.page(request)


@every_list
def test_a_malformed_cursor_is_invalid(world: World, list_: List) -> None:
    listing = list_.listing(world)

    for cursor in ("", "nonsense", "bm90IG91cnM", "WzFd", "WyIxIl0"):
        with pytest.raises(InvalidCursor):
            listing.page(PageRequest(cursor=cursor))


@every_list
def test_a_cursor_with_too_many_or_too_few_parts_is_invalid(world: World, list_: List) -> None:
    listing, name, columns = list_.listing(world), list_.keyset.name, list_.keyset.columns
    longer = Keyset(name, {**columns, "more": int})
    shorter = Keyset(name, {})

    for keyset in (longer, shorter):
        with pytest.raises(InvalidCursor):
            listing.page(PageRequest(cursor=a_cursor(keyset)))
