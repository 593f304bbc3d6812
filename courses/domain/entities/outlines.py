"""Course outlines: modules and their items, in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid5

from courses.domain.entities.assessments import NIL_ID, Assessment, AssessmentId
from courses.domain.errors import AssessmentNotFound, ItemNotFound

ModuleId = NewType("ModuleId", UUID)
ItemId = NewType("ItemId", UUID)


class ItemType(StrEnum):
    LESSON = "lesson"
    ASSESSMENT = "assessment"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleItem:
    """One step of a course. `key` is unique in the course, `body` is Markdown, only external items have a `url`.

    An item with an `assessment` is completed by passing it, and in no other way.

    `id` and `position` are computed when the item becomes part of a course. They do not count for equality.
    """

    key: str
    title: str
    type: ItemType = ItemType.LESSON
    is_required: bool = True
    url: str = ""
    body: str = ""
    assessment: Assessment | None = None
    id: ItemId = field(default=ItemId(NIL_ID), compare=False)
    position: int = field(default=0, compare=False)

    @property
    def due_at(self) -> datetime | None:
        """When its assessment is due."""
        return None if self.assessment is None else self.assessment.due_at

    def is_past_due(self, *, at: datetime) -> bool:
        """Whether its assessment was to be submitted before that time."""
        return self.assessment is not None and self.assessment.is_past_due(at=at)

    def due(self, at: datetime | None) -> "ModuleItem":
        """With another time when its assessment is due; the same without an assessment."""
        if self.assessment is None:
            return self
        return replace(self, assessment=replace(self.assessment, due_at=at))

    def placed(self, course_id: UUID, position: int) -> "ModuleItem":
        """The item as part of the course, with its ids and positions."""
        assessment = self.assessment and self.assessment.placed(course_id, item_key=self.key)
        item_id = ItemId(uuid5(course_id, f"item:{self.key}"))
        return replace(self, id=item_id, position=position, assessment=assessment)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseModule:
    """A group of items. `key` is unique in the course.

    `id` and `position` are computed when the module becomes part of a course. They do not count for equality.
    """

    key: str
    title: str
    items: tuple[ModuleItem, ...]
    id: ModuleId = field(default=ModuleId(NIL_ID), compare=False)
    position: int = field(default=0, compare=False)

    def placed(self, course_id: UUID, position: int) -> "CourseModule":
        """The module as part of the course, with its ids and positions."""
        items = tuple(item.placed(course_id, number) for number, item in enumerate(self.items, 1))
        module_id = ModuleId(uuid5(course_id, f"module:{self.key}"))
        return replace(self, id=module_id, position=position, items=items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The modules of a course in the order in which they are taken. Positions are counted from 1.

    Ids follow from the id of the course and from keys, so content that keeps its key keeps its id in every version.
    """

    modules: tuple[CourseModule, ...] = ()

    @classmethod
    def of(cls, course_id: UUID, modules: Iterable[CourseModule]) -> "Outline":
        """The modules as parts of the course, with their ids (UUIDv5, RFC 9562 §5.5) and positions."""
        return cls(
            modules=tuple(
                module.placed(course_id, number) for number, module in enumerate(modules, 1)
            )
        )

    @property
    def items(self) -> Iterator[ModuleItem]:
        return (item for module in self.modules for item in module.items)

    @property
    def required_items(self) -> frozenset[ItemId]:
        return frozenset(item.id for item in self.items if item.is_required)

    def item(self, item_id: ItemId) -> ModuleItem:
        """Raises ItemNotFound."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise ItemNotFound(item_id=item_id)

    def item_of(self, assessment_id: AssessmentId) -> ModuleItem:
        """The item that has this assessment. Raises AssessmentNotFound."""
        for item in self.items:
            if item.assessment is not None and item.assessment.id == assessment_id:
                return item
        raise AssessmentNotFound

    def module_of(self, item_id: ItemId) -> CourseModule:
        """The module that has the item. Raises ItemNotFound."""
        for module in self.modules:
            if any(item.id == item_id for item in module.items):
                return module
        raise ItemNotFound(item_id=item_id)
