"""What a course is on paper, before it is in any authsvc."""

from dataclasses import dataclass
from uuid import uuid5

from accounts.public import OrganizationId
from courses.domain.entities.assessment_definitions import AssessmentDefinition
from courses.domain.entities.courses import CourseDraft, CourseId, CourseVersion
from courses.domain.entities.outlines import (
    CourseModule,
    ItemId,
    ItemType,
    ModuleId,
    ModuleItem,
    Outline,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDefinition:
    """An item as an author writes it down; its id follows from its key."""

    key: str
    title: str
    type: ItemType
    is_required: bool = True
    body: str = ""
    url: str = ""
    assessment: AssessmentDefinition | None = None

    @classmethod
    def of(cls, item: ModuleItem) -> "ItemDefinition":
        kept = item.assessment
        return cls(
            key=item.key,
            title=item.title,
            type=item.type,
            is_required=item.is_required,
            body=item.body,
            url=item.url,
            assessment=None if kept is None else AssessmentDefinition.of(kept),
        )

    def item_for(self, course_id: CourseId, *, position: int) -> ModuleItem:
        paper = self.assessment
        return ModuleItem(
            id=ItemId(uuid5(course_id, f"item:{self.key}")),
            position=position,
            key=self.key,
            title=self.title,
            type=self.type,
            is_required=self.is_required,
            body=self.body,
            url=self.url,
            assessment=paper.assessment_for(course_id, item_key=self.key) if paper else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleDefinition:
    key: str
    title: str
    items: tuple[ItemDefinition, ...]

    @classmethod
    def of(cls, module: CourseModule) -> "ModuleDefinition":
        items = tuple(ItemDefinition.of(item) for item in module.items)
        return cls(key=module.key, title=module.title, items=items)

    def module_for(self, course_id: CourseId, *, position: int) -> CourseModule:
        return CourseModule(
            id=ModuleId(uuid5(course_id, f"module:{self.key}")),
            position=position,
            key=self.key,
            title=self.title,
            items=tuple(
                item.item_for(course_id, position=position)
                for position, item in enumerate(self.items, start=1)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDefinition:
    """A course as an author writes it down, outside of any authsvc. Keys are unique within it.

    Because ids follow from keys, an item that keeps its key keeps what learners have done with it.
    """

    slug: str
    title: str
    summary: str
    modules: tuple[ModuleDefinition, ...]

    @classmethod
    def of(cls, content: CourseDraft | CourseVersion, *, slug: str) -> "CourseDefinition":
        return cls(
            slug=slug,
            title=content.title,
            summary=content.summary,
            modules=tuple(ModuleDefinition.of(module) for module in content.outline.modules),
        )

    def draft_of(self, course_id: CourseId, *, org_id: OrganizationId | None = None) -> CourseDraft:
        modules = tuple(
            module.module_for(course_id, position=position)
            for position, module in enumerate(self.modules, start=1)
        )
        return CourseDraft(
            course_id=course_id,
            title=self.title,
            summary=self.summary,
            outline=Outline(modules=modules),
            org_id=org_id,
        )
