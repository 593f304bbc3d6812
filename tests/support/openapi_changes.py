"""Breaking changes of the API: the OpenAPI description compared with that of the last release.

`python -m tests.support.openapi_changes` prints those that are not accepted and fails if there are any.

A change breaks clients if a request that was valid is no longer, or if an answer lacks what it had. So these are found:
operations, parameters, media types, success statuses and members of answers that are gone or have another type, members
of answers that may be missing or null now, new required parameters and members of requests, values of requests that
are no longer accepted, and operations that need a token now.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from authsvc.http.openapi_hooks import add_shared_schemas
from tests.support.documents import ROOT

Json = Mapping[str, Any]

CURRENT: Final = ROOT / "docs" / "openapi.json"
RELEASES: Final = ROOT / "docs" / "releases"
ACCEPTED: Final[Mapping[str, str]] = {}
"""Breaking changes since the last release that are intended, each with the reason."""


def last_release() -> Json:
    """The description of the release with the highest version."""
    files = RELEASES.glob("openapi-*.json")
    newest = max(files, key=lambda file: [int(part) for part in file.stem[8:].split(".")])
    description: Json = json.loads(newest.read_text())
    return description


def breaking_changes(before: Json, after: Json) -> list[str]:
    """A sentence for each change that breaks clients, in the order of the earlier description."""
    return list(_Comparison(_shared(before), _shared(after)).changes())


def _shared(description: Json) -> Json:
    """A copy whose schemas are all components: so they can be compared by name."""
    return add_shared_schemas(json.loads(json.dumps(description)), None, None, None)


@dataclass(frozen=True)
class _Comparison:
    before: Json
    after: Json

    def changes(self) -> Iterator[str]:
        for path, methods in self.before["paths"].items():
            for method, old in methods.items():
                place = f"{method.upper()} {path}"
                new = self.after["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{place} is gone."
                else:
                    yield from (f"{place}: {change}" for change in self._operation(old, new))

    def _operation(self, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"the operation {old['operationId']} has another name."
        if new.get("security") and not old.get("security"):
            yield "it needs a token now."
        yield from self._parameters(_parameters(old), _parameters(new))
        yield from self._body(old.get("requestBody", {}), new.get("requestBody", {}))
        for status, answer in old["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in new["responses"]:
                yield f"it no longer answers with {status}."
                continue
            yield from self._answer(answer, new["responses"][status])

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        for key, parameter in old.items():
            if key not in new:
                yield f"the parameter {key} is gone."
            else:
                yield from self._request(parameter["schema"], new[key]["schema"], key)
        for key, parameter in new.items():
            if parameter.get("required") and not old.get(key, {}).get("required"):
                yield f"the parameter {key} is required now."

    def _body(self, old: Json, new: Json) -> Iterator[str]:
        if new.get("required") and not old:
            yield "it needs a body now."
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"it no longer accepts {media_type}."
            else:
                yield from self._request(
                    content["schema"], new["content"][media_type]["schema"], "the body"
                )

    def _answer(self, old: Json, new: Json) -> Iterator[str]:
        for name in old.get("headers", {}):
            if name not in new.get("headers", {}):
                yield f"the header {name} of the answer is gone."
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"it no longer answers with {media_type}."
            else:
                yield from self._response(
                    content["schema"], new["content"][media_type]["schema"], "the answer"
                )

    def _request(
        self, old: Json, new: Json, name: str, visited: frozenset[str] = frozenset()
    ) -> Iterator[str]:
        """Changes after which a value that suited the schema may not suit it any more."""
        if old.get("$ref") in visited:
            return
        visited |= {old["$ref"]} if "$ref" in old else set()
        old, new = _resolved(old, self.before), _resolved(new, self.after)
        yield from (f"{name} {change}." for change in _narrowings(old, new))
        for member in new.get("required", []):
            if member not in old.get("required", []):
                yield f"{name}/{member} is required now."
        for member, schema in old.get("properties", {}).items():
            if member in new.get("properties", {}):
                inner = new["properties"][member]
                yield from self._request(schema, inner, f"{name}/{member}", visited)
            elif new.get("additionalProperties") is False:
                yield f"{name}/{member} is no longer accepted."
        if "items" in old and "items" in new:
            yield from self._request(old["items"], new["items"], f"{name}/*", visited)

    def _response(
        self, old: Json, new: Json, name: str, visited: frozenset[str] = frozenset()
    ) -> Iterator[str]:
        """Changes after which a client may not find what it found, or find what it cannot read."""
        if old.get("$ref") in visited:
            return
        visited |= {old["$ref"]} if "$ref" in old else set()
        old, new = _resolved(old, self.before), _resolved(new, self.after)
        if added := _types(new) - _types(old):
            yield f"{name} may be {_names(added)} now."
        if old.get("format") != new.get("format"):
            yield f"{name} has another format."
        for member, schema in old.get("properties", {}).items():
            if member not in new.get("properties", {}):
                yield f"{name}/{member} is gone."
                continue
            if member in old.get("required", []) and member not in new.get("required", []):
                yield f"{name}/{member} may be missing now."
            inner = new["properties"][member]
            yield from self._response(schema, inner, f"{name}/{member}", visited)
        if "items" in old and "items" in new:
            yield from self._response(old["items"], new["items"], f"{name}/*", visited)


_BOUNDS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "maximum": lambda new, old: new < old,
    "maxItems": lambda new, old: new < old,
    "maxLength": lambda new, old: new < old,
    "minimum": lambda new, old: new > old,
    "minItems": lambda new, old: new > old,
    "minLength": lambda new, old: new > old,
    "pattern": lambda new, old: new != old,
}


def _narrowings(old: Json, new: Json) -> Iterator[str]:
    """Which values that suited the old schema, without regard to its parts, do not suit the new one."""
    if lost := _types(old) - _types(new):
        yield f"may no longer be {_names(lost)}"
    if "enum" in new:
        lost = _values(old) - _values(new) if "enum" in old else frozenset({"other values"})
        if lost:
            yield f"no longer accepts {_names(lost)}"
    for bound, tightens in _BOUNDS.items():
        if bound in new and (bound not in old or tightens(new[bound], old[bound])):
            yield f"has another {bound}"


def _parameters(operation: Json) -> Json:
    return {
        f"{parameter['in']} {parameter['name']}": parameter
        for parameter in operation.get("parameters", [])
    }


def _resolved(schema: Json, description: Json) -> Json:
    """The schema without a reference at its top, and with the members of what it combines."""
    while "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema and "type" not in schema:
            variants = [_resolved(variant, description) for variant in schema[keyword]]
            types = frozenset[str]().union(*map(_types, variants))
            values = [value for variant in variants for value in variant.get("enum", [])]
            return {**variants[0], "type": sorted(types)} | ({"enum": values} if values else {})
    if "allOf" in schema and "type" not in schema:
        return _resolved(schema["allOf"][0], description)
    return schema


def _types(schema: Json) -> frozenset[str]:
    types = schema.get("type", [])
    return frozenset([types] if isinstance(types, str) else types)


def _values(schema: Json) -> frozenset[str]:
    return frozenset(map(str, schema["enum"]))


def _names(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def main() -> int:
    changes = breaking_changes(last_release(), json.loads(CURRENT.read_text()))
    unexpected = [change for change in changes if change not in ACCEPTED]
    unexpected += [f"Accepted, but it has not happened: {c}" for c in ACCEPTED if c not in changes]
    print("\n".join(unexpected), end="\n" if unexpected else "")
    return bool(unexpected)


if __name__ == "__main__":
    sys.exit(main())
