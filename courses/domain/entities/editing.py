"""Edits of course definitions: parts are added, changed, moved and removed by their keys.

All functions are pure. They keep what they do not edit, and say nothing about the rules of definitions: an edit can
leave a module without items. Services check the result before they save it.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from courses.domain.entities.assessments import Assessment, Choice, Criterion, Question
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ModuleItem
from courses.domain.errors import PartKeyTaken, PartNotFound

LONGEST_KEY: Final = 80

Keyed = CourseModule | ModuleItem | Question | Choice | Criterion
Whole = TypeVar("Whole", bound=CourseDefinition | ModuleItem)
AnyWhole = TypeVar("AnyWhole")
Edit = Callable[[Sequence[Any]], Iterable[Any]]


class Part(StrEnum):
    """The kinds of parts, by the member of the whole that has them."""

    MODULE = "modules"
    ITEM = "items"
    QUESTION = "questions"
    CHOICE = "choices"
    CRITERION = "rubric"

    @property
    def noun(self) -> str:
        return {"rubric": "criterion"}.get(self.value, self.value.removesuffix("s"))


Place = tuple[tuple[Part, str], ...]
"""Where a part is: the kind and key of each part on the way to it, from the outermost one."""


def module_place(key: str) -> Place:
    return ((Part.MODULE, key),)


def item_place(definition: CourseDefinition, key: str) -> Place:
    """The place of the item with this key, which is unique in the course. Raises PartNotFound."""
    for module in definition.modules:
        if any(item.key == key for item in module.items):
            return (*module_place(module.key), (Part.ITEM, key))
    raise PartNotFound(noun=Part.ITEM.noun, key=key)


def item_keys(definition: CourseDefinition) -> set[str]:
    """The keys of all items: they are unique in the course, not only in their module."""
    return {item.key for module in definition.modules for item in module.items}


def part_at(whole: Whole, place: Place) -> Any:
    """The part at this place. Raises PartNotFound."""
    part: Any = whole
    for kind, key in place:
        parts = _parts(part, kind)
        part = parts[_index(parts, kind, key)]
    return part


def position_of(whole: Whole, place: Place) -> int:
    """How many parts of its kind stand before it. Raises PartNotFound."""
    outer, kind, key = _split(place)
    return _index(_parts(part_at(whole, outer), kind), kind, key)


def added(
    whole: Whole, place: Place, kind: Part, part: Keyed, *, position: int | None = None
) -> Whole:
    """With the part in the part at *place*, at the end or so many parts after the beginning.

    Raises PartNotFound, PartKeyTaken.
    """

    def inserted(parts: Sequence[Any]) -> Iterable[Any]:
        taken = {other.key for other in parts}
        if kind is Part.ITEM and isinstance(whole, CourseDefinition):
            taken = item_keys(whole)
        if part.key in taken:
            raise PartKeyTaken(noun=kind.noun, key=part.key)
        at = len(parts) if position is None else position
        return (*parts[:at], part, *parts[at:])

    return _with_parts(whole, place, kind, inserted)


def changed(whole: Whole, place: Place, **members: Any) -> Whole:
    """With other members of the part at this place. Raises PartNotFound."""
    return replaced(whole, place, replace(part_at(whole, place), **members))


def replaced(whole: Whole, place: Place, part: Keyed) -> Whole:
    """With *part* where the part at *place* was. Raises PartNotFound."""
    outer, kind, key = _split(place)

    def exchanged(parts: Sequence[Any]) -> Iterable[Any]:
        at = _index(parts, kind, key)
        return (*parts[:at], part, *parts[at + 1 :])

    return _with_parts(whole, outer, kind, exchanged)


def moved(whole: Whole, place: Place, *, by: int) -> Whole:
    """With the part so many places further down, or up if *by* is negative, but never out of its whole.

    Raises PartNotFound.
    """
    outer, kind, key = _split(place)

    def reordered(parts: Sequence[Any]) -> Iterable[Any]:
        at = _index(parts, kind, key)
        others = [*parts[:at], *parts[at + 1 :]]
        others.insert(max(0, at + by), parts[at])
        return others

    return _with_parts(whole, outer, kind, reordered)


def removed(whole: Whole, place: Place) -> Whole:
    """Without the part at this place. Raises PartNotFound."""
    outer, kind, key = _split(place)

    def remaining(parts: Sequence[Any]) -> Iterable[Any]:
        at = _index(parts, kind, key)
        return (*parts[:at], *parts[at + 1 :])

    return _with_parts(whole, outer, kind, remaining)


def transferred(
    definition: CourseDefinition, item_key: str, *, to: str, position: int | None = None
) -> CourseDefinition:
    """With the item in the module with the key *to*. Raises PartNotFound."""
    place = item_place(definition, item_key)
    item = part_at(definition, place)
    return added(removed(definition, place), module_place(to), Part.ITEM, item, position=position)


def free_key(text: str, taken: Collection[str], *, otherwise: str) -> str:
    """A key that resembles the text, and that no other part has."""
    key = slug_suggested_by(text) or otherwise
    if key not in taken:
        return key
    number = 2
    while (numbered := f"{key[: LONGEST_KEY - 5].rstrip('-')}-{number}") in taken:
        number += 1
    return numbered


def slug_suggested_by(text: str) -> str:
    """The text in small letters without accents, and with a hyphen between words; empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_KEY].strip("-")


def _parts(part: Any, kind: Part) -> Sequence[Any]:
    if kind is Part.QUESTION:
        return () if part.assessment is None else part.assessment.questions
    parts: Sequence[Any] = getattr(part, kind.value)
    return parts


def _index(parts: Sequence[Any], kind: Part, key: str) -> int:
    """Raises PartNotFound."""
    for at, part in enumerate(parts):
        if part.key == key:
            return at
    raise PartNotFound(noun=kind.noun, key=key)


def _split(place: Place) -> tuple[Place, Part, str]:
    """The place of the whole that has the part, and the kind and key of the part."""
    kind, key = place[-1]
    return place[:-1], kind, key


def _with_parts(whole: AnyWhole, place: Place, kind: Part, edit: Edit) -> AnyWhole:
    """The whole with other parts of this kind in the part at *place*."""
    if not place:
        return _with(whole, kind, tuple(edit(_parts(whole, kind))))
    outer, key = place[0]
    parts = _parts(whole, outer)
    at = _index(parts, outer, key)
    part = _with_parts(parts[at], place[1:], kind, edit)
    return _with(whole, outer, (*parts[:at], part, *parts[at + 1 :]))


def _with(whole: AnyWhole, kind: Part, parts: tuple[Any, ...]) -> AnyWhole:
    """The whole with these parts; the first question of an item begins its assessment, the last one ends it."""
    part: Any = whole
    members: dict[str, Any] = {kind.value: parts}
    if kind is Part.QUESTION:
        assessment = replace(part.assessment or Assessment(questions=()), questions=parts)
        members = {"assessment": assessment if parts else None}
    edited: AnyWhole = replace(part, **members)
    return edited
