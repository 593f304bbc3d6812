"""Additions to the generated OpenAPI description: shared schemas, and examples of requests and answers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from authsvc.http.openapi_examples import example_of

Schema = Mapping[str, Any]

JSON: Final = "application/json"
_DEFINITIONS: Final = "#/$defs/"
_COMPONENTS: Final = "#/components/schemas/"
_OF_THE_ROOT: Final = ("$schema", "$defs", "title")
_ARTICLE: Final = re.compile(r"^an? ", re.IGNORECASE)


def add_shared_schemas(
    result: dict[str, Any], generator: object, request: object, public: object
) -> dict[str, Any]:
    """Move JSON Schemas that stand in an operation, with their `$defs`, to the components of the description.

    References inside of a description start at its top, where a schema of its own has no definitions.
    """
    shared: dict[str, Any] = {}
    for media_type in _media_types(result):
        schema = media_type.get("schema", {})
        if "$schema" in schema:
            name = _name_of(schema["title"])
            shared |= _components_of(name, schema)
            media_type["schema"] = {"$ref": f"{_COMPONENTS}{name}"}
    schemas = result["components"]["schemas"]
    result["components"]["schemas"] = dict(sorted((schemas | shared).items()))
    return result


def add_examples(
    result: dict[str, Any], generator: object, request: object, public: object
) -> dict[str, Any]:
    """Give each JSON body of a request or an answer an example that suits its schema. Problems state theirs."""
    schemas = result["components"]["schemas"]
    for name, media_type in _named_media_types(result):
        if name == JSON:
            media_type["example"] = example_of(media_type["schema"], schemas)
    return result


def share_examples(
    result: dict[str, Any], generator: object, request: object, public: object
) -> dict[str, Any]:
    """Move the examples of problems to the components: the same ones belong to most operations."""
    shared: dict[str, Any] = {}
    for answer in _answers(result):
        for media_type in answer.get("content", {}).values():
            for name, example in list(media_type.get("examples", {}).items()):
                code = example["value"]["code"]
                shared[code] = {"summary": example["value"]["title"], "value": example["value"]}
                del media_type["examples"][name]
                media_type["examples"][code] = {"$ref": f"#/components/examples/{code}"}
    result["components"]["examples"] = dict(sorted(shared.items()))
    return result


def _components_of(name: str, schema: Schema) -> dict[str, Any]:
    """The schema and its definitions, with references to components."""
    definitions = {
        f"{name}{key[0].upper()}{key[1:]}": inner for key, inner in schema.get("$defs", {}).items()
    }
    own = {key: value for key, value in schema.items() if key not in _OF_THE_ROOT}
    return {
        key: _with_references(value, name) for key, value in ({name: own} | definitions).items()
    }


def _with_references(value: Any, name: str) -> Any:
    """The part of a schema, as a component: generators of clients know `enum` better than `const`."""
    if isinstance(value, list):
        return [_with_references(inner, name) for inner in value]
    if not isinstance(value, dict):
        return value
    own = value if "const" not in value else {**value, "enum": [value["const"]]}
    return {
        key: _reference(inner, name) if key == "$ref" else _with_references(inner, name)
        for key, inner in own.items()
        if key != "const"
    }


def _reference(reference: str, name: str) -> str:
    key = reference.removeprefix(_DEFINITIONS)
    return f"{_COMPONENTS}{name}{key[0].upper()}{key[1:]}"


def _name_of(title: str) -> str:
    """`CourseDefinition` for the title "A course definition"."""
    return "".join(word.capitalize() for word in _ARTICLE.sub("", title).split())


def _answers(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in result["paths"].values():
        for operation in methods.values():
            yield from operation["responses"].values()


def _media_types(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (media_type for _, media_type in _named_media_types(result))


def _named_media_types(result: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The bodies of all requests and answers, each with its media type."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                yield from body.get("content", {}).items()
