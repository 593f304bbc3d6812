"""Validation of xAPI 1.0.3 statements (part 2 §2.4), for the members that ours can have."""

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

IRI: Final = {"type": "string", "pattern": r"^https?://[^\s]+$"}
UUID: Final = {"type": "string", "pattern": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
MOMENT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
LANGUAGE_MAP: Final = {
    "type": "object",
    "propertyNames": {"pattern": r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"},
    "additionalProperties": {"type": "string"},
    "minProperties": 1,
}


def _exactly(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    """Check an object against its permitted and required members."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


_EXTENSIONS: Final = {"type": "object", "propertyNames": IRI}
_AGENT: Final = _exactly(
    {
        "objectType": {"const": "Agent"},
        "account": _exactly({"homePage": IRI, "name": {"type": "string", "minLength": 1}}),
    }
)
_ACTIVITY: Final = _exactly(
    {
        "objectType": {"const": "Activity"},
        "id": IRI,
        "definition": _exactly({"type": IRI}, name=LANGUAGE_MAP),
    }
)
_ACTIVITIES: Final = {"type": "array", "items": _ACTIVITY, "minItems": 1}
_SCORE: Final = _exactly(
    {
        "scaled": {"type": "number", "minimum": -1, "maximum": 1},
        "raw": {"type": "number"},
        "min": {"type": "number"},
        "max": {"type": "number"},
    }
)
_RESULT: Final = _exactly(
    {}, score=_SCORE, success={"type": "boolean"}, completion={"type": "boolean"}
) | {"minProperties": 1}
_CONTEXT: Final = _exactly(
    {"registration": UUID, "extensions": _EXTENSIONS},
    contextActivities=_exactly({}, parent=_ACTIVITIES, grouping=_ACTIVITIES),
)
STATEMENT: Final = _exactly(
    {
        "id": UUID,
        "actor": _AGENT,
        "verb": _exactly({"id": IRI, "display": LANGUAGE_MAP}),
        "object": _ACTIVITY,
        "context": _CONTEXT,
        "timestamp": MOMENT,
        "stored": MOMENT,
        "authority": _AGENT,
        "version": {"type": "string", "pattern": r"^1\.0(\.\d+)?$"},
    },
    result=_RESULT,
)
_VALIDATOR: Final = Draft202012Validator(STATEMENT)


def faults_in(statement: Mapping[str, Any]) -> list[str]:
    """The violations of the specification in a statement."""
    faults = [error.message for error in _VALIDATOR.iter_errors(dict(statement))]
    score = statement.get("result", {}).get("score")
    if score and not score["min"] <= score["raw"] <= score["max"] > score["min"]:
        faults.append("the raw score is out of its bounds")
    return faults
