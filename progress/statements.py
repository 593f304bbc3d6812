"""xAPI 1.0.3 statements: one for each event, always the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid5

from authsvc.kernel.canonical import utc_text
from progress.domain.entities.events import EntityType, EventType, ProgressEvent

Statement = Mapping[str, Any]

VERSION: Final = "1.0.3"
_ADL: Final = "http://adlnet.gov/expapi/verbs"
_STREAMS: Final = "http://activitystrea.ms/schema/1.0"


@dataclass(frozen=True, slots=True)
class Verb:
    """A registered xAPI verb, and its display text."""

    id: str
    word: str


VERBS: Final[Mapping[EventType, Verb]] = {
    EventType.ENROLLED: Verb(f"{_ADL}/registered", "registered"),
    EventType.MODULE_STARTED: Verb(f"{_ADL}/initialized", "initialized"),
    EventType.ITEM_COMPLETED: Verb(f"{_ADL}/completed", "completed"),
    EventType.ASSESSMENT_SUBMITTED: Verb(f"{_STREAMS}/submit", "submitted"),
    EventType.ASSESSMENT_PASSED: Verb(f"{_ADL}/passed", "passed"),
    EventType.ASSESSMENT_FAILED: Verb(f"{_ADL}/failed", "failed"),
    EventType.COURSE_COMPLETED: Verb(f"{_ADL}/completed", "completed"),
    EventType.CREDENTIAL_ISSUED: Verb("http://id.tincanapi.com/verb/earned", "earned"),
    EventType.CREDENTIAL_REVOKED: Verb(f"{_STREAMS}/lose", "lost"),
    EventType.VERSION_UPGRADED: Verb(f"{_STREAMS}/update", "updated"),
    EventType.WITHDRAWN: Verb(f"{_ADL}/terminated", "terminated"),
    EventType.ATTEMPT_BOUND: Verb(f"{_STREAMS}/confirm", "confirmed"),
    EventType.CREDENTIAL_BOUND: Verb(f"{_STREAMS}/confirm", "confirmed"),
    # Not xAPI's `voided`: that takes back a statement, which was right when it was made.
    EventType.ASSESSMENT_VOIDED: Verb(f"{_STREAMS}/retract", "retracted"),
    EventType.ASSESSMENT_REGRADED: Verb(f"{_ADL}/failed", "failed"),
}

_ACTIVITIES: Final = "http://adlnet.gov/expapi/activities"

ACTIVITY_TYPES: Final[Mapping[EntityType, str]] = {
    EntityType.COURSE: f"{_ACTIVITIES}/course",
    EntityType.MODULE: f"{_ACTIVITIES}/module",
    EntityType.ITEM: f"{_ACTIVITIES}/lesson",
    EntityType.ATTEMPT: f"{_ACTIVITIES}/assessment",
    EntityType.CREDENTIAL: f"{_STREAMS}/badge",
}
_GRADED: Final = (
    EventType.ASSESSMENT_PASSED,
    EventType.ASSESSMENT_FAILED,
    EventType.ASSESSMENT_REGRADED,
)


def statement_of(event: ProgressEvent, *, home: str) -> Statement:
    """Return the event as a statement, without names, e-mail addresses or answers.

    *home* is the public URL of the service, under which ids become IRIs and accounts.
    """
    time = utc_text(event.occurred_at)
    verb, result = VERBS[event.fact.type], _result_of(event)
    return {
        "id": str(event.id),
        "actor": _account(home, str(event.user_id)),
        "verb": {"id": verb.id, "display": {"en": verb.word}},
        "object": _activity(_iri_of(event, home), ACTIVITY_TYPES[event.fact.about]),
        **({"result": result} if result else {}),
        "context": _context_of(event, home),
        "timestamp": time,
        # The log has one time: an event is stored in the unit of work in which it happens.
        "stored": time,
        "authority": _account(home, "authsvc"),
        "version": VERSION,
    }


def _account(home: str, name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def _activity(iri: str, type_: str) -> dict[str, Any]:
    return {"objectType": "Activity", "id": iri, "definition": {"type": type_}}


def _course(event: ProgressEvent, home: str) -> str:
    return f"{home}/v1/courses/{event.course_id}"


def _iri_of(event: ProgressEvent, home: str) -> str:
    """Return the permanent IRI of the object; some can be dereferenced."""
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
        # One for each learner and course, also across withdrawals.
        "registration": str(uuid5(event.course_id, str(event.user_id))),
        **({"contextActivities": activities} if activities else {}),
        "extensions": {
            f"{home}/xapi/extensions/{name}": value for name, value in _extensions_of(event)
        },
    }


def _extensions_of(event: ProgressEvent) -> list[tuple[str, str | int]]:
    payload = event.fact.payload
    extensions: list[tuple[str, str | int]] = [("sequence", event.sequence)]
    if event.org_id is not None:
        extensions.append(("organization", str(event.org_id)))
    versions = ("course_version", "assessment_version")  # both number versions of the course
    extensions += [("course-version", payload[member]) for member in versions if member in payload]
    if event.fact.type is EventType.VERSION_UPGRADED:
        extensions.append(("from-version", payload["from_version"]))
    if event.fact.about is EntityType.ATTEMPT:
        extensions.append(("attempt", str(event.fact.entity_id)))
    if payload.get("reopens_item"):
        extensions.append(("reopened-item", payload["item_id"]))
    return extensions
