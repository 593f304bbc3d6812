"""Outlines as JSON, as the row of a version holds them."""

from typing import Any
from uuid import UUID

from courses.domain.entities import (
    CourseModule,
    ItemId,
    ItemType,
    ModuleId,
    ModuleItem,
    Outline,
)
from courses.domain.repositories.orm.assessments import assessment_of_json, json_of_assessment


def outline_of_json(modules: list[dict[str, Any]]) -> Outline:
    return Outline(
        modules=tuple(
            CourseModule(
                id=ModuleId(UUID(module["id"])),
                position=module["position"],
                key=module["key"],
                title=module["title"],
                items=tuple(_item_of_json(item) for item in module["items"]),
            )
            for module in modules
        )
    )


def _item_of_json(item: dict[str, Any]) -> ModuleItem:
    return ModuleItem(
        id=ItemId(UUID(item["id"])),
        position=item["position"],
        key=item["key"],
        title=item["title"],
        type=ItemType(item["type"]),
        is_required=item["is_required"],
        body=item["body"],
        url=item["url"],
        assessment=assessment_of_json(kept) if (kept := item.get("assessment")) else None,
    )


def json_of_outline(outline: Outline) -> list[dict[str, Any]]:
    return [
        {
            "id": str(module.id),
            "position": module.position,
            "key": module.key,
            "title": module.title,
            "items": [_json_of_item(item) for item in module.items],
        }
        for module in outline.modules
    ]


def _json_of_item(item: ModuleItem) -> dict[str, Any]:
    kept = item.assessment
    return {
        "id": str(item.id),
        "position": item.position,
        "key": item.key,
        "title": item.title,
        "type": item.type.value,
        "is_required": item.is_required,
        "body": item.body,
        "url": item.url,
    } | ({"assessment": json_of_assessment(kept)} if kept else {})
