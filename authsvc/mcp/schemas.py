"""JSON Schemas of serializers: of the arguments and the results of tools."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

JsonSchema = dict[str, Any]
Shape = type[serializers.Serializer[Any]]

_TYPES: Final[Mapping[type, JsonSchema]] = {
    serializers.BooleanField: {"type": "boolean"},
    serializers.IntegerField: {"type": "integer"},
    serializers.UUIDField: {"type": "string", "format": "uuid"},
    serializers.DateTimeField: {"type": "string", "format": "date-time"},
}
_TEXT: Final[JsonSchema] = {"type": "string"}


@cache
def schema_of(shape: Shape) -> JsonSchema:
    """The schema of a result in this shape."""
    return _of_serializer(shape())


def page_schema_of(shape: Shape) -> JsonSchema:
    """The schema of a page of a list."""
    return _object(
        {
            "items": {"type": "array", "items": schema_of(shape)},
            "next": {
                "type": ["string", "null"],
                "description": "The cursor of the next page; null on the last one.",
            },
        }
    )


def arguments_schema_of(*shapes: Shape, hidden: frozenset[str] = frozenset()) -> JsonSchema:
    """The schema of arguments, which are the members of all these shapes but those that are hidden."""
    fields = {
        name: field
        for shape in shapes
        for name, field in shape().fields.items()
        if name not in hidden
    }
    return {
        "type": "object",
        "properties": {name: _of_argument(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "additionalProperties": False,
    }


def _of_serializer(serializer: serializers.Serializer[Any]) -> JsonSchema:
    return _object({name: _of_member(field) for name, field in serializer.fields.items()})


def _object(properties: JsonSchema) -> JsonSchema:
    """All members are required; others may be added, so that clients with an earlier schema go on."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _of_member(field: Any) -> JsonSchema:
    schema = _of_field(field)
    if not field.allow_null:
        return schema
    if "type" in schema and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _of_field(field: Any) -> JsonSchema:
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return {"type": "array", "items": _of_member(field.child)}
    if isinstance(field, serializers.Serializer):
        return _of_serializer(field)
    if isinstance(field, serializers.ChoiceField):
        return {"type": "string", "enum": list(field.choices)}
    return dict(_TYPES.get(type(field), _TEXT))


def _of_argument(field: Any) -> JsonSchema:
    limits = {
        "minimum": getattr(field, "min_value", None),
        "maximum": getattr(field, "max_value", None),
        "maxLength": getattr(field, "max_length", None),
        "description": field.help_text,
        "default": None if field.default is empty else field.default,
    }
    return _of_field(field) | {
        name: str(value) if name == "description" else value
        for name, value in limits.items()
        if value is not None
    }
