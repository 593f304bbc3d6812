"""xAPI 1.0.3 statements: one for each event, always the same; and which events the terms in a statement select."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.public import UserId
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.ids import parse_uuid
from courses.public import CourseId
from progress.domain.entities.events import EntityType, EventType, ProgressEvent, Subject

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
    EventType.CREDENTIAL_SUSPENDED: Verb(f"{_ADL}/suspended", "suspended"),
    EventType.CREDENTIAL_RESUMED: Verb(f"{_ADL}/resumed", "resumed"),
    EventType.VERSION_UPGRADED: Verb(f"{_STREAMS}/update", "updated"),
    EventType.WITHDRAWN: Verb(f"{_ADL}/terminated", "terminated"),
    EventType.ATTEMPT_BOUND: Verb(f"{_STREAMS}/confirm", "confirmed"),
    EventType.CREDENTIAL_BOUND: Verb(f"{_STREAMS}/confirm", "confirmed"),
    # Not xAPI's `voided`: that takes back a statement, which was right when it was made.
    EventType.ASSESSMENT_VOIDED: Verb(f"{_STREAMS}/retract", "retracted"),
    EventType.ASSESSMENT_REGRADED: Verb(f"{_ADL}/failed", "failed"),
    EventType.ASSESSMENT_REOPENED: Verb(f"{_ADL}/resumed", "resumed"),
    EventType.ASSESSMENT_EXTENDED: Verb(f"{_STREAMS}/update", "updated"),
}

_ACTIVITIES: Final = "http://adlnet.gov/expapi/activities"

ACTIVITY_TYPES: Final[Mapping[EntityType, str]] = {
    EntityType.COURSE: f"{_ACTIVITIES}/course",
    EntityType.MODULE: f"{_ACTIVITIES}/module",
    EntityType.ITEM: f"{_ACTIVITIES}/lesson",
    EntityType.ATTEMPT: f"{_ACTIVITIES}/assessment",
    EntityType.CREDENTIAL: f"{_STREAMS}/badge",
}
_PATHS: Final[Mapping[EntityType, str]] = {
    EntityType.COURSE: "/v1/courses/{course}",
    EntityType.MODULE: "/v1/courses/{course}/modules/{id}",
    EntityType.ITEM: "/v1/courses/{course}/items/{id}",
    EntityType.ATTEMPT: "/v1/assessments/{id}",
    EntityType.CREDENTIAL: "/v1/issued/{id}",
}
"""Activities under the public URL of the service. Their IRIs are permanent; some can be dereferenced."""
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATTERNS: Final = {
    about: re.compile(path.format(course=f"(?P<course>{_UUID})", id=f"(?P<id>{_UUID})"))
    for about, path in _PATHS.items()
}
_UNKNOWN_LANGUAGE: Final = "und"
"""The language of titles (RFC 5646 §4.1): courses do not state theirs."""
_AUTHORITY: Final = "authsvc"
_GRADED: Final = (
    EventType.ASSESSMENT_PASSED,
    EventType.ASSESSMENT_FAILED,
    EventType.ASSESSMENT_REGRADED,
)


def statement_of(
    event: ProgressEvent, titles: Mapping[UUID, str] | None = None, *, home: str
) -> Statement:
    """Return the event as a statement, without names of people, e-mail addresses or answers.

    *titles* are those of the course version that it happened in, by id: they name activities. *home* is the public URL
    of the service, under which ids become IRIs and accounts.
    """
    time, describe = utc_text(event.occurred_at), _Activities(event, titles or {}, home)
    verb, result = VERBS[event.fact.type], _result_of(event)
    return {
        "id": str(event.id),
        "actor": _account(home, str(event.user_id)),
        "verb": {"id": verb.id, "display": {"en": verb.word}},
        "object": describe.activity(event.fact.about, _id_of_object(event)),
        **({"result": result} if result else {}),
        "context": _context_of(event, describe),
        "timestamp": time,
        # The log has one time: an event is stored in the unit of work in which it happens.
        "stored": time,
        "authority": _account(home, _AUTHORITY),
        "version": VERSION,
    }


def with_ids_alone(statement: Statement) -> Statement:
    """Return the statement in xAPI's format `ids`: verbs and activities without display and definition."""
    context = dict(statement["context"])
    if "contextActivities" in context:
        context["contextActivities"] = {
            relation: [_without_definition(activity) for activity in activities]
            for relation, activities in context["contextActivities"].items()
        }
    return {
        **statement,
        "verb": {"id": statement["verb"]["id"]},
        "object": _without_definition(statement["object"]),
        "context": context,
    }


def types_stated_with(verb: str) -> frozenset[EventType]:
    """Return the types of the events whose statements have the verb with this IRI."""
    return frozenset(type_ for type_, known in VERBS.items() if known.id == verb)


def subject_at(iri: str, *, home: str, is_broad: bool = False) -> Subject | None:
    """Return what events are about whose statements have the activity with this IRI as object; None if none has.

    With *is_broad*, also those that have it as context activity.
    """
    path = iri.removeprefix(home)
    if path == iri:
        return None
    for about, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(path):
            ids = {name: UUID(text) for name, text in match.groupdict().items()}
            course = CourseId(ids["course"]) if "course" in ids else None
            id_ = ids["course"] if about is EntityType.COURSE else ids["id"]
            return Subject(about=about, id=id_, course_id=course, is_broad=is_broad)
    return None


def learner_in(agent: Mapping[str, Any], *, home: str) -> UserId | None:
    """Return the id of the user who is this agent or identified group; None if it is nobody here."""
    account = agent.get("account", {})
    user_id = parse_uuid(account.get("name", ""))
    # Accounts are compared as text, so only the spelling in statements is that of the user.
    is_user = user_id is not None and account == _account(home, str(user_id))["account"]
    return UserId(user_id) if is_user and user_id is not None else None


def is_authority(agent: Mapping[str, Any], *, home: str) -> bool:
    """Whether the agent is this service, the authority of all statements."""
    return bool(agent.get("account") == _account(home, _AUTHORITY)["account"])


def _account(home: str, name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def _without_definition(activity: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in activity.items() if name != "definition"}


def _id_of_object(event: ProgressEvent) -> UUID:
    match event.fact.about:
        case EntityType.COURSE:
            return event.course_id
        case EntityType.ATTEMPT:
            return UUID(str(event.fact.payload["assessment_id"]))
        case _:
            return event.fact.entity_id


@dataclass(frozen=True, slots=True)
class _Activities:
    """The activities in the statement of an event."""

    event: ProgressEvent
    titles: Mapping[UUID, str]
    home: str

    def activity(self, about: EntityType, id_: UUID) -> dict[str, Any]:
        path = _PATHS[about].format(course=self.event.course_id, id=id_)
        title = self.titles.get(id_)
        name = {} if title is None else {"name": {_UNKNOWN_LANGUAGE: title}}
        return {
            "objectType": "Activity",
            "id": f"{self.home}{path}",
            "definition": {**name, "type": ACTIVITY_TYPES[about]},
        }


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


def _context_of(event: ProgressEvent, describe: _Activities) -> dict[str, Any]:
    activities = {}
    if event.fact.type is EventType.ITEM_COMPLETED:
        module_id = UUID(str(event.fact.payload["module_id"]))
        activities["parent"] = [describe.activity(EntityType.MODULE, module_id)]
    if event.fact.about is not EntityType.COURSE:
        activities["grouping"] = [describe.activity(EntityType.COURSE, event.course_id)]
    return {
        "registration": str(event.stream.registration),
        **({"contextActivities": activities} if activities else {}),
        "extensions": {
            f"{describe.home}/xapi/extensions/{name}": value
            for name, value in _extensions_of(event)
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
