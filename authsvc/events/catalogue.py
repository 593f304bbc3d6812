"""Catalogue of outgoing events: every published type, with the JSON Schema of its data.

It is a contract with other systems: types and members may be added, and none is removed or changed. Data are ids,
numbers of versions and values of enumerations, never names, answers or scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

JsonSchema = Mapping[str, Any]


class OutgoingEventType(StrEnum):
    """The published types. Once used, a value never changes."""

    LEARNING_ENROLLED = "learning.enrolled"
    LEARNING_MODULE_STARTED = "learning.module_started"
    LEARNING_ITEM_COMPLETED = "learning.item_completed"
    LEARNING_ASSESSMENT_SUBMITTED = "learning.assessment_submitted"
    LEARNING_ASSESSMENT_PASSED = "learning.assessment_passed"
    LEARNING_ASSESSMENT_FAILED = "learning.assessment_failed"
    LEARNING_ASSESSMENT_VOIDED = "learning.assessment_voided"
    LEARNING_ASSESSMENT_REGRADED = "learning.assessment_regraded"
    LEARNING_ASSESSMENT_REOPENED = "learning.assessment_reopened"
    LEARNING_ASSESSMENT_EXTENDED = "learning.assessment_extended"
    LEARNING_COURSE_COMPLETED = "learning.course_completed"
    LEARNING_VERSION_UPGRADED = "learning.version_upgraded"
    LEARNING_WITHDRAWN = "learning.withdrawn"
    CREDENTIAL_ISSUED = "credential.issued"
    CREDENTIAL_REVOKED = "credential.revoked"
    CREDENTIAL_SUSPENDED = "credential.suspended"
    CREDENTIAL_RESUMED = "credential.resumed"
    MEMBERSHIP_ADDED = "membership.added"
    MEMBERSHIP_CHANGED = "membership.changed"
    MEMBERSHIP_REMOVED = "membership.removed"
    SESSION_ENDED = "session.ended"
    CLIENT_CREATED = "client.created"
    CLIENT_CHANGED = "client.changed"
    CLIENT_SECRET_RENEWED = "client.secret_renewed"  # noqa: S105  # a type, not a secret
    CLIENT_REMOVED = "client.removed"
    USER_CHANGED = "user.changed"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a type means, and the schema of each member of its data. All members are required."""

    meaning: str
    data: Mapping[str, JsonSchema]


_ID: Final[JsonSchema] = {"type": "string", "format": "uuid"}
_OPTIONAL_ID: Final[JsonSchema] = {"type": ["string", "null"], "format": "uuid"}
_NUMBER: Final[JsonSchema] = {"type": "integer", "minimum": 1}
_BOOLEAN: Final[JsonSchema] = {"type": "boolean"}
_TEXT: Final[JsonSchema] = {"type": "string", "minLength": 1}
_OPTIONAL_TEXT: Final[JsonSchema] = {"type": ["string", "null"], "minLength": 1}
_ROLE: Final[JsonSchema] = {"enum": ["owner", "admin", "instructor", "learner"]}
_TIME: Final[JsonSchema] = {"type": "string", "format": "date-time"}
_OPTIONAL_TIME: Final[JsonSchema] = {"type": ["string", "null"], "format": "date-time"}
_USER_MEMBERS: Final[JsonSchema] = {
    "type": "array",
    "items": {"enum": ["name", "profile", "roles", "is_staff"]},
    "minItems": 1,
    "uniqueItems": True,
}

_STREAM: Final = {"course_id": _ID, "sequence": _NUMBER}
_VERSION: Final = _STREAM | {"course_version": _NUMBER}
_ATTEMPT: Final = _STREAM | {
    "attempt_id": _ID,
    "assessment_id": _ID,
    "assessment_version": _NUMBER,
}
_LOST_PASS: Final = _ATTEMPT | {"item_id": _ID, "reopens_item": _BOOLEAN}
_CREDENTIAL: Final = _STREAM | {
    "issued_id": _ID,
    "credential_id": _ID,
    "credential_version": _NUMBER,
}
_CLIENT: Final = {"client_id": _TEXT}

CATALOGUE: Final[Mapping[OutgoingEventType, Publication]] = {
    OutgoingEventType.LEARNING_ENROLLED: Publication(
        meaning="A learner enrolled on a course, for the first time or again.", data=_VERSION
    ),
    OutgoingEventType.LEARNING_MODULE_STARTED: Publication(
        meaning="A learner started the first item of a module.",
        data=_STREAM | {"module_id": _ID, "item_id": _ID},
    ),
    OutgoingEventType.LEARNING_ITEM_COMPLETED: Publication(
        meaning="A learner completed an item.", data=_STREAM | {"item_id": _ID, "module_id": _ID}
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_SUBMITTED: Publication(
        meaning="A learner submitted an attempt, or its time limit passed.", data=_ATTEMPT
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_PASSED: Publication(
        meaning="An attempt was graded and reached the pass mark.", data=_ATTEMPT
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_FAILED: Publication(
        meaning="An attempt was graded and did not reach the pass mark.", data=_ATTEMPT
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_VOIDED: Publication(
        meaning="An attempt was voided; with `reopens_item` its item is open again.",
        data=_LOST_PASS,
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_REGRADED: Publication(
        meaning="A pass was taken back by another grade; with `reopens_item` its item is open again.",
        data=_LOST_PASS,
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_REOPENED: Publication(
        meaning="A submission was returned to its learner, who can change it and submit it again.",
        data=_ATTEMPT,
    ),
    OutgoingEventType.LEARNING_ASSESSMENT_EXTENDED: Publication(
        meaning="An attempt in progress was given more time.", data=_ATTEMPT
    ),
    OutgoingEventType.LEARNING_COURSE_COMPLETED: Publication(
        meaning="A learner completed all required items of a course.", data=_VERSION
    ),
    OutgoingEventType.LEARNING_VERSION_UPGRADED: Publication(
        meaning="A learner moved to a later version of a course.",
        data=_VERSION | {"from_version": _NUMBER},
    ),
    OutgoingEventType.LEARNING_WITHDRAWN: Publication(
        meaning="A learner withdrew from a course.", data=_STREAM
    ),
    OutgoingEventType.CREDENTIAL_ISSUED: Publication(
        meaning="A credential was issued, or issued again.", data=_CREDENTIAL
    ),
    OutgoingEventType.CREDENTIAL_REVOKED: Publication(
        meaning="An issued credential was revoked.", data=_CREDENTIAL
    ),
    OutgoingEventType.CREDENTIAL_SUSPENDED: Publication(
        meaning="An issued credential was suspended.", data=_CREDENTIAL
    ),
    OutgoingEventType.CREDENTIAL_RESUMED: Publication(
        meaning="The suspension of an issued credential ended.", data=_CREDENTIAL
    ),
    OutgoingEventType.MEMBERSHIP_ADDED: Publication(
        meaning="A user joined an organization.", data={"role": _ROLE}
    ),
    OutgoingEventType.MEMBERSHIP_CHANGED: Publication(
        meaning="The role of a member changed.", data={"role": _ROLE, "former_role": _ROLE}
    ),
    OutgoingEventType.MEMBERSHIP_REMOVED: Publication(
        meaning="A member left an organization or was removed.", data={"former_role": _ROLE}
    ),
    OutgoingEventType.SESSION_ENDED: Publication(
        meaning=(
            "A session ended before it expired. Without `session_id`, it is about all sessions of the user,\n"
            "of the client, or of the user with the client."
        ),
        data={"session_id": _OPTIONAL_ID, "client_id": _OPTIONAL_TEXT, "reason": _TEXT},
    ),
    OutgoingEventType.CLIENT_CREATED: Publication(
        meaning="An OAuth client was registered.", data=_CLIENT
    ),
    OutgoingEventType.CLIENT_CHANGED: Publication(
        meaning="The terms of an OAuth client changed.", data=_CLIENT
    ),
    OutgoingEventType.CLIENT_SECRET_RENEWED: Publication(
        meaning="An OAuth client has a new secret; the former one ends at the time given, or has ended.",
        data=_CLIENT | {"former_secret_expires_at": _OPTIONAL_TIME},
    ),
    OutgoingEventType.CLIENT_REMOVED: Publication(
        meaning="An OAuth client was removed, and its tokens revoked.", data=_CLIENT
    ),
    OutgoingEventType.USER_CHANGED: Publication(
        meaning="Members of a user changed; `changed` names them.", data={"changed": _USER_MEMBERS}
    ),
    OutgoingEventType.USER_DEACTIVATED: Publication(
        meaning="A user was deactivated: they cannot sign in.", data={}
    ),
    OutgoingEventType.USER_REACTIVATED: Publication(meaning="A user was activated again.", data={}),
}


def schema_of(type_: OutgoingEventType) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event of this type, as the feed shows it."""
    publication = CATALOGUE[type_]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type_.value,
        "description": publication.meaning,
        "type": "object",
        "properties": {
            "id": _ID,
            "position": _NUMBER,
            "type": {"const": type_.value},
            "occurred_at": _TIME,
            "org_id": _OPTIONAL_ID,
            "user_id": _OPTIONAL_ID,
            "data": data_schema_of(type_),
        },
        "required": ["id", "position", "type", "occurred_at", "org_id", "user_id", "data"],
        "additionalProperties": False,
    }


def data_schema_of(type_: OutgoingEventType) -> dict[str, Any]:
    """The JSON Schema of the data of events of this type."""
    members = CATALOGUE[type_].data
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }
