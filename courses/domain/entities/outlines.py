"""What a course is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from courses.domain.entities.assessments import Assessment, AssessmentId
from courses.domain.errors import AssessmentNotFound, ItemNotFound

ModuleId = NewType("ModuleId", UUID)
ItemId = NewType("ItemId", UUID)


class ItemType(StrEnum):
    LESSON = "lesson"
    ASSESSMENT = "assessment"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleItem:
    """One step of a course. `key` names it for authors, `body` is Markdown, `url` is of an external item.

    What has an `assessment` is completed by passing that, and in no other way.
    """

    id: ItemId
    position: int
    key: str
    title: str
    type: ItemType
    is_required: bool
    body: str
    url: str
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseModule:
    id: ModuleId
    position: int
    key: str
    title: str
    items: tuple[ModuleItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The modules of a course and their items, in the order in which they are taken: positions 1, 2, 3.

    The ids of modules and items are the same in every version that has them.
    """

    modules: tuple[CourseModule, ...] = ()

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
        """The item behind which this assessment is. Raises AssessmentNotFound."""
        for item in self.items:
            if item.assessment is not None and item.assessment.id == assessment_id:
                return item
        raise AssessmentNotFound

    def module_of(self, item_id: ItemId) -> CourseModule:
        """The module that holds the item. Raises ItemNotFound."""
        for module in self.modules:
            if any(item.id == item_id for item in module.items):
                return module
        raise ItemNotFound(item_id=item_id)
