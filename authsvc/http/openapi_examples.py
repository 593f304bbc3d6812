"""Examples of JSON values for schemas of the OpenAPI description."""

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
Schemas = Mapping[str, Any]

_ID: Final = "0a1b2c3d-0000-4000-8000-00000000cafe"
_OF_NAMES: Final[Mapping[str, Any]] = {
    "access_token": "eyJ0eXAiOiJhdCtqd3QifQ.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl",
    "amr": ["pwd"],
    "body": "Tie a bowline.",
    "code": "123456",
    "email": "anna@school.example",
    "image_url": "https://school.example/knots.png",
    "issuer": "School of Knots",
    "key": "bowline",
    "name": "Anna",
    "next": None,
    "password": "correct horse battery staple",
    "reason": "It was issued in error.",
    "scopes": ["courses:read"],
    "slug": "knots",
    "summary": "Loops, bends and hitches.",
    "title": "Knots",
    "token_type": "Bearer",
    "url": "https://school.example/knots",
    "verify_url": f"https://auth.example/v1/issued/{_ID}/verify",
}
"""Examples for members with these names, where they suit the schema of the member."""
_OF_COMPONENTS: Final[Mapping[str, Any]] = {
    "CourseDefinition": {
        "slug": "knots",
        "title": "Knots",
        "modules": [
            {
                "key": "loops",
                "title": "Loops",
                "items": [{"key": "bowline", "title": "Bowline", "body": "Tie a bowline."}],
            }
        ],
    },
    "PathwayDefinition": {
        "slug": "ropes",
        "title": "Ropes",
        "stages": [{"key": "basics", "title": "Basics", "courses": [{"course": "knots"}]}],
    },
}
"""Examples for schemas with conditions, which `example_of` does not follow."""
_OF_FORMATS: Final[Mapping[str, Any]] = {
    "date": "2026-03-01",
    "date-time": "2026-03-01T12:00:00Z",
    "uri": "https://school.example/",
    "uuid": _ID,
}
_OF_TYPES: Final[Mapping[str, Any]] = {
    "boolean": True,
    "integer": 1,
    "number": 1.0,
    "null": None,
    "string": "text",
}


def example_of(schema: Schema, schemas: Schemas, *, name: str = "") -> Any:
    """A value that suits the schema, for a member with this name; *schemas* are the components it refers to."""
    if "$ref" in schema:
        component = schema["$ref"].rpartition("/")[2]
        if component in _OF_COMPONENTS:
            return _OF_COMPONENTS[component]
        return example_of(schemas[component], schemas, name=name)
    for keyword in ("allOf", "oneOf", "anyOf"):
        if keyword in schema and "type" not in schema:
            return example_of(schema[keyword][0], schemas, name=name)
    stated = [schema[keyword] for keyword in ("const", "default") if keyword in schema]
    # A text that is not empty shows more.
    if stated := [value for value in stated if value != ""] + schema.get("enum", []):
        return stated[0]
    show = _BY_TYPE.get(_type_of(schema), _scalar)
    return show(schema, schemas, name)


def _object(schema: Schema, schemas: Schemas, _: str) -> dict[str, Any]:
    members = schema.get("properties", {}).items()
    return {name: example_of(member, schemas, name=name) for name, member in members}


def _array(schema: Schema, schemas: Schemas, name: str) -> Any:
    if name in _OF_NAMES and isinstance(_OF_NAMES[name], list):
        return _OF_NAMES[name]
    return [example_of(schema.get("items", {}), schemas, name=name)] * schema.get("minItems", 1)


def _scalar(schema: Schema, _: Schemas, name: str) -> Any:
    type_ = _type_of(schema)
    if schema.get("format") in _OF_FORMATS:
        return _OF_FORMATS[schema["format"]]
    if name in _OF_NAMES:
        own = _OF_NAMES[name]
        if _may_be_null(schema) if own is None else type_ == "string" and isinstance(own, str):
            return own
    if type_ in ("integer", "number"):
        return schema.get("minimum", _OF_TYPES[type_])
    return _OF_TYPES[type_]


def _type_of(schema: Schema) -> str:
    type_ = schema.get("type", "object" if "properties" in schema else "string")
    return str(type_) if isinstance(type_, str) else next(t for t in type_ if t != "null")


def _may_be_null(schema: Schema) -> bool:
    return isinstance(schema.get("type"), list) and "null" in schema["type"]


_BY_TYPE: Final = {"array": _array, "object": _object}
