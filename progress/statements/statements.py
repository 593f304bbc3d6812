"""One event, one statement: the same whenever it is asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid5

from progress.domain.entities import EntityType, EventType, ProgressEvent
from progress.statements.verbs import ACTIVITY_TYPES, VERBS

Statement = Mapping[str, Any]

VERSION: Final = "1.0.3"
_GRADED: Final = (EventType.ASSESSMENT_PASSED, EventType.ASSESSMENT_FAILED)


def statement_of(event: ProgressEvent, *, home: str) -> Statement:
    """The statement that the event is. *home* is the address of the house, at which its ids are names.

    It holds no name, no address and no answer of anybody.
    """
    moment = spelled(event.occurred_at)
    verb, result = VERBS[event.fact.type], _result_of(event)
    return {
        "id": str(event.id),
        "actor": _account(home, str(event.user_id)),
        "verb": {"id": verb.id, "display": {"en": verb.word}},
        "object": _activity(_address_of(event, home), ACTIVITY_TYPES[event.fact.about]),
        **({"result": result} if result else {}),
        "context": _context_of(event, home),
        "timestamp": moment,
        # The log holds one moment: an event is kept in the unit of work in which it happens.
        "stored": moment,
        "authority": _account(home, "authsvc"),
        "version": VERSION,
    }


def _account(home: str, name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def _activity(address: str, type_: str) -> dict[str, Any]:
    return {"objectType": "Activity", "id": address, "definition": {"type": type_}}


def _course(event: ProgressEvent, home: str) -> str:
    return f"{home}/v1/courses/{event.course_id}"


def _address_of(event: ProgressEvent, home: str) -> str:
    """What names the thing for ever; for some things there is something to read there, too."""
    fact, course = event.fact, _course(event, home)
    match fact.about:
        case EntityType.COURSE:
            return course
        case EntityType.MODULE:
            return f"{course}/modules/{fact.entity_id}"
        case EntityType.ITEM:
            return f"{course}/items/{fact.entity_id}"
        case EntityType.ATTEMPT:
            return f"{home}/v1/assessments/{fact.payload['assessment_id']}"
        case EntityType.CREDENTIAL:
            return f"{home}/v1/issued/{fact.entity_id}"


def _result_of(event: ProgressEvent) -> dict[str, Any]:
    type_ = event.fact.type
    if type_ in (EventType.ITEM_COMPLETED, EventType.COURSE_COMPLETED):
        return {"completion": True}
    if type_ in _GRADED:
        passed = type_ is EventType.ASSESSMENT_PASSED
        return {"success": passed, "score": _score_in(event.fact.payload)}
    return {}


def _score_in(payload: Mapping[str, str | int]) -> dict[str, int | float]:
    score, most = int(payload["score"]), int(payload["max_score"])
    return {"scaled": score / most, "raw": score, "min": 0, "max": most}


def _context_of(event: ProgressEvent, home: str) -> dict[str, Any]:
    activities = {}
    if event.fact.type is EventType.ITEM_COMPLETED:
        module = f"{_course(event, home)}/modules/{event.fact.payload['module_id']}"
        activities["parent"] = [_activity(module, ACTIVITY_TYPES[EntityType.MODULE])]
    if event.fact.about is not EntityType.COURSE:
        course = _activity(_course(event, home), ACTIVITY_TYPES[EntityType.COURSE])
        activities["grouping"] = [course]
    return {
        # Of the learner on the course, however often he leaves and comes back.
        "registration": str(uuid5(event.course_id, str(event.user_id))),
        **({"contextActivities": activities} if activities else {}),
        "extensions": {
            f"{home}/xapi/extensions/{name}": value for name, value in _extensions_of(event)
        },
    }


def _extensions_of(event: ProgressEvent) -> list[tuple[str, str | int]]:
    payload = event.fact.payload
    found: list[tuple[str, str | int]] = [("sequence", event.sequence)]
    if event.org_id is not None:
        found.append(("organization", str(event.org_id)))
    versions = ("course_version", "assessment_version")  # both number versions of the course
    found += [("course-version", payload[member]) for member in versions if member in payload]
    if event.fact.type is EventType.VERSION_UPGRADED:
        found.append(("from-version", payload["from_version"]))
    if event.fact.about is EntityType.ATTEMPT:
        found.append(("attempt", str(event.fact.entity_id)))
    return found


def spelled(moment: datetime) -> str:
    """The moment in UTC, so that it can stand in an address as it is."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
