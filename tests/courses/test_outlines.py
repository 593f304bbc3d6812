"""Outlines: order, lookups, and ids computed from keys."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import uuid4

import pytest

from courses.domain.entities.courses import CourseDefinition, CourseId
from courses.domain.entities.outlines import CourseModule, ItemId, ItemType, Outline
from courses.domain.errors import ItemNotFound
from tests.support.builders import (
    a_course,
    a_definition,
    a_module_definition,
    a_version,
    an_item_definition,
)

KNOTS: Final = a_course()


def knots(*modules: CourseModule) -> Outline:
    return a_definition(modules=modules).draft_of(KNOTS.id).outline


def test_modules_and_their_items_are_numbered_from_one() -> None:
    outline = knots(*(a_module_definition() for _ in range(2)))

    assert [module.position for module in outline.modules] == [1, 2]
    assert [item.position for item in outline.items] == [1, 2, 1, 2]


def test_the_items_of_an_outline_come_in_the_order_in_which_they_are_taken() -> None:
    first, second = a_module_definition(), a_module_definition()

    items = knots(first, second).items

    assert [item.key for item in items] == [item.key for item in (*first.items, *second.items)]


def test_the_required_items_of_all_modules_are_what_completes_a_course() -> None:
    must, may = an_item_definition(), an_item_definition(is_required=False)
    another = an_item_definition()

    outline = knots(a_module_definition(items=(must, may)), a_module_definition(items=(another,)))

    assert outline.required_items == {
        item.id for item in outline.items if item.key in (must.key, another.key)
    }


def test_an_item_is_found_in_whatever_module_it_stands() -> None:
    outline = knots(a_module_definition(), a_module_definition())

    assert [outline.item(item.id) for item in outline.items] == list(outline.items)


def test_the_module_of_an_item_is_the_one_that_holds_it() -> None:
    outline = knots(a_module_definition(), a_module_definition())

    for module in outline.modules:
        assert [outline.module_of(item.id) for item in module.items] == [module, module]


@pytest.mark.parametrize("ask", [Outline.item, Outline.module_of])
def test_an_outline_has_no_item_of_another_course(ask: Callable[[Outline, ItemId], object]) -> None:
    stranger = ItemId(uuid4())

    with pytest.raises(ItemNotFound) as error:
        ask(knots(a_module_definition()), stranger)

    assert error.value.facts == {"item_id": stranger}


def test_what_keeps_its_key_keeps_its_id_wherever_it_goes() -> None:
    item = an_item_definition()
    home, other = a_module_definition(items=(item,)), a_module_definition()
    before = knots(home, other)
    renamed = replace(item, title="Once more", type=ItemType.ASSESSMENT, is_required=False)

    after = knots(other, replace(home, title="Ends", items=(renamed, an_item_definition())))

    (old,) = before.modules[0].items
    assert after.item(old.id).title == "Once more"
    assert after.modules[1].id == before.modules[0].id


def test_another_key_is_another_thing_with_another_id() -> None:
    module = a_module_definition()
    before = knots(module)

    after = knots(replace(module, items=(an_item_definition(title=module.items[0].title),)))

    assert not {item.id for item in before.items} & {item.id for item in after.items}


def test_equal_keys_in_two_courses_name_two_things() -> None:
    definition = a_definition()
    first, second = definition.draft_of(KNOTS.id), definition.draft_of(CourseId(uuid4()))

    assert not {m.id for m in first.outline.modules} & {m.id for m in second.outline.modules}
    assert not {i.id for i in first.outline.items} & {i.id for i in second.outline.items}


def test_a_module_and_an_item_may_share_a_key_but_no_id() -> None:
    (module,) = knots(
        a_module_definition(key="bends", items=(an_item_definition(key="bends"),))
    ).modules

    assert module.items[0].id != module.id


def test_a_draft_and_a_version_say_what_their_definition_said() -> None:
    items = (
        an_item_definition(type=ItemType.EXTERNAL, url="https://knots.example", is_required=False),
        an_item_definition(type=ItemType.ASSESSMENT, body="Which knot slips?"),
    )
    definition = a_definition(modules=(a_module_definition(items=items), a_module_definition()))
    draft = definition.draft_of(KNOTS.id)
    version = a_version(KNOTS, draft=draft)

    assert CourseDefinition.of(draft, slug=definition.slug) == definition
    assert CourseDefinition.of(version, slug=definition.slug) == definition
