"""Differences between two definitions of a course, such as its draft and a version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from authsvc.kernel.canonical import utc_text
from authsvc.kernel.text import counted
from courses.domain.entities.assessments import AnswerKey, Assessment, Question
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ModuleItem

_COMPUTED: Final = frozenset({"id", "position", "key"})
_PARTS: Final = frozenset(
    {"items", "questions", "choices", "rubric", "levels", "assessment", "answer_key"}
)


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """A member that differs. `path` names it from its item or from the course, such as `questions/q1/prompt`.

    Where a whole part was added or removed, the path is that of the part, and the other side is None.
    """

    path: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """The path for people, such as *questions, q1, prompt*."""
        steps = (_words(step.removeprefix("is_")) for step in self.path.split("/"))
        return ", ".join(steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """A module or an item that differs, with what it is called now or was called last.

    `kinds` are in the order of ChangeKind. `module` is the title of the module that has the item; a module has none.
    """

    key: str
    title: str
    module: str | None
    kinds: tuple[ChangeKind, ...]
    members: tuple[MemberChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDifference:
    """What differs between two definitions. It is empty if both say the same."""

    course: tuple[MemberChange, ...]
    modules: tuple[ItemChange, ...]
    items: tuple[ItemChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.course or self.modules or self.items)

    @property
    def count(self) -> int:
        """How many things differ: members of the course, modules and items."""
        return len(self.course) + len(self.modules) + len(self.items)

    @property
    def kinds_by_item(self) -> Mapping[str, tuple[ChangeKind, ...]]:
        """How the items that are not as before differ, by their keys."""
        return {change.key: change.kinds for change in self.items}

    @property
    def summary(self) -> tuple[str, ...]:
        """What differs in a few words each, such as *2 items added*."""
        return (
            *(f"{_words(change.path)} changed" for change in self.course),
            *_counted("module", self.modules),
            *_counted("item", self.items),
            *self._questions(),
        )

    def _questions(self) -> Iterator[str]:
        changes = [change for item in self.items for change in item.members]
        whole = [change for change in changes if _is_question(change.path)]
        for kind, count in (
            ("added", sum(change.before is None for change in whole)),
            ("removed", sum(change.after is None for change in whole)),
        ):
            if count:
                yield f"{counted(count, 'question')} {kind}"


def difference(before: CourseDefinition, after: CourseDefinition) -> CourseDifference:
    """What differs in *after*. Parts are the same if their keys are."""
    return CourseDifference(
        course=tuple(_members(before, after, "", without={"modules", "slug"})),
        modules=tuple(_changes(_modules(before), _modules(after))),
        items=tuple(_changes(_items(before), _items(after))),
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A module or an item, and the module that has it."""

    part: CourseModule | ModuleItem
    module: CourseModule | None


def _modules(definition: CourseDefinition) -> dict[str, _Placed]:
    return {module.key: _Placed(module, None) for module in definition.modules}


def _items(definition: CourseDefinition) -> dict[str, _Placed]:
    return {
        item.key: _Placed(item, module) for module in definition.modules for item in module.items
    }


def _changes(before: Mapping[str, _Placed], after: Mapping[str, _Placed]) -> Iterator[ItemChange]:
    """The changes in the order of *after*, those that were removed last."""
    moved = _moved(before, after)
    for key, now in after.items():
        then = before.get(key)
        if then is None:
            yield _change(now, (ChangeKind.ADDED,))
            continue
        members = tuple(_members(then.part, now.part, ""))
        kinds = (
            *((ChangeKind.CHANGED,) if members else ()),
            *((ChangeKind.MOVED,) if key in moved else ()),
        )
        if kinds:
            yield _change(now, kinds, members)
    for key, then in before.items():
        if key not in after:
            yield _change(then, (ChangeKind.REMOVED,))


def _change(
    placed: _Placed, kinds: tuple[ChangeKind, ...], members: tuple[MemberChange, ...] = ()
) -> ItemChange:
    return ItemChange(
        key=placed.part.key,
        title=placed.part.title,
        module=None if placed.module is None else placed.module.title,
        kinds=kinds,
        members=members,
    )


def _moved(before: Mapping[str, _Placed], after: Mapping[str, _Placed]) -> set[str]:
    """The keys of parts in another module, and of the fewest others that explain the new order in each module."""
    moved: set[str] = set()
    staying: dict[str | None, list[str]] = {}
    for key, placed in after.items():
        if key in before:
            module = _module_key(placed)
            if module == _module_key(before[key]):
                staying.setdefault(module, []).append(key)
            else:
                moved.add(key)
    places = {key: place for place, key in enumerate(before)}
    for keys in staying.values():
        in_order = _longest_increasing([places[key] for key in keys])
        moved.update(key for key in keys if places[key] not in in_order)
    return moved


def _module_key(placed: _Placed) -> str | None:
    return None if placed.module is None else placed.module.key


def _longest_increasing(numbers: Sequence[int]) -> set[int]:
    """The numbers of a longest increasing subsequence; a module has too few items for a faster way."""
    best: list[list[int]] = []
    for number in numbers:
        before = [one for one in best if one[-1] < number]
        best.append([*(_longest(before)), number])
    return set(_longest(best))


def _longest(lists: Sequence[list[int]]) -> list[int]:
    longest: list[int] = []
    for one in lists:
        longest = one if len(one) > len(longest) else longest
    return longest


def _members(
    before: Any, after: Any, path: str, *, without: Iterable[str] = ()
) -> Iterator[MemberChange]:
    """The members of two parts of a kind that differ, and those of their own parts."""
    for field in fields(before):
        name = field.name
        if name in _COMPUTED or name in without or name == "items":
            continue
        then, now, at = getattr(before, name), getattr(after, name), f"{path}{name}"
        if name not in _PARTS:
            if then != now:
                yield MemberChange(path=at, before=_shown(then), after=_shown(now))
        elif isinstance(then, tuple):
            yield from _part_changes(then, now, f"{at}/")
        else:
            yield from _optional_changes(then, now, path)


def _optional_changes(
    before: Assessment | AnswerKey | None, after: Assessment | AnswerKey | None, path: str
) -> Iterator[MemberChange]:
    """The members that differ of what a part may have, as if they were its own; one without it has the defaults."""
    if before is None and after is None:
        return
    yield from _members(before or _empty(after), after or _empty(before), path)


def _empty(part: Assessment | AnswerKey | None) -> Assessment | AnswerKey:
    return Assessment(questions=()) if isinstance(part, Assessment) else AnswerKey()


def _part_changes(
    before: Sequence[_Keyed], after: Sequence[_Keyed], path: str
) -> Iterator[MemberChange]:
    """The parts that were added or removed, the members of the others that differ, and their order if that does."""
    then, now = ({part.key: part for part in parts} for parts in (before, after))
    for key in now:
        if key not in then:
            yield MemberChange(path=f"{path}{key}", before=None, after=_text_of(now[key]))
        else:
            yield from _members(then[key], now[key], f"{path}{key}/")
    for key in then:
        if key not in now:
            yield MemberChange(path=f"{path}{key}", before=_text_of(then[key]), after=None)
    order_before = [key for key in then if key in now]
    order_after = [key for key in now if key in then]
    if order_before != order_after:
        yield MemberChange(
            path=f"{path}order", before=", ".join(order_before), after=", ".join(order_after)
        )


def _shown(value: Any) -> Any:
    """The value of a member; a time as definitions write it."""
    return utc_text(value) if isinstance(value, datetime) else value


def _text_of(part: Any) -> str:
    """What a question, choice, criterion or level says."""
    return str(part.prompt if isinstance(part, Question) else part.text)


def _is_question(path: str) -> bool:
    return path.startswith("questions/") and path.count("/") == 1 and path != "questions/order"


def _counted(noun: str, changes: Sequence[ItemChange]) -> Iterator[str]:
    for kind in ChangeKind:
        count = sum(kind in change.kinds for change in changes)
        if count:
            yield f"{counted(count, noun)} {kind.value}"


def _words(name: str) -> str:
    return name.replace("_", " ")
