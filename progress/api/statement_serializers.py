"""xAPI statements as JSON."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from authsvc.http.fields import TextField

MOST: Final = 100
"""The largest number of statements in one answer, whatever `limit` asks for."""
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f]+")
_LONGEST: Final = 2000
_OBJECT_TYPES: Final = ("Agent", "Group")
_IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
"""Members that identify an agent or a group (xAPI 1.0.3, part two, §2.4.2.3)."""


class IriField(TextField):
    default_error_messages = {"malformed": "This is not an absolute IRI."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=_LONGEST, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        iri = super().to_internal_value(data)
        if not _IRI.fullmatch(iri):
            self.fail("malformed")
        return iri


class AgentField(serializers.CharField):
    """A JSON object that identifies an agent or a group, as text."""

    default_error_messages = {
        "malformed": "This is not a JSON object of an Agent or an identified Group.",
        "unidentified": "Send exactly one of mbox, mbox_sha1sum, openid and account.",
        "account": "An account has a homePage and a name, and nothing else.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=_LONGEST, **options)

    def to_internal_value(self, data: Any) -> Any:
        agent = _json_in(super().to_internal_value(data))
        if not isinstance(agent, dict) or agent.get("objectType", "Agent") not in _OBJECT_TYPES:
            self.fail("malformed")
        identifiers = [name for name in _IDENTIFIERS if name in agent]
        if len(identifiers) != 1:
            self.fail("unidentified")
        (name,) = identifiers
        if name == "account":
            if not _is_account(agent[name]):
                self.fail("account")
        elif not isinstance(agent[name], str):
            self.fail("malformed")
        return agent


class JsonFlagField(serializers.BooleanField):
    """`true` or `false`, as in JSON (xAPI 1.0.3, part three, §2.1.3)."""

    default_error_messages = {"invalid": "Send true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("invalid")
        return bool(data == "true")


def _json_in(text: str) -> Any:
    """The JSON value in a text; None if there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_account(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"homePage", "name"}
        and all(isinstance(member, str) for member in value.values())
    )


class StatementQuerySerializer(serializers.Serializer[Any]):
    """The parameters of xAPI 1.0.3 §2.1.3 (part three), and those of this service."""

    statementId = serializers.UUIDField(  # noqa: N815  # xAPI's name
        default=None,
        help_text="One statement instead of a list; only with `format`, `attachments` and `org`.",
    )
    voidedStatementId = serializers.UUIDField(  # noqa: N815  # xAPI's name
        default=None,
        help_text="A voided statement; no statement ever is, so the answer is always 404.",
    )
    agent = AgentField(
        default=None,
        help_text="Only statements of this actor: a JSON object with an account, as in statements.",
    )
    verb = IriField(default=None, help_text="Only statements with the verb with this IRI.")
    activity = IriField(default=None, help_text="Only statements about the activity with this IRI.")
    registration = serializers.UUIDField(
        default=None, help_text="Only statements of one learner on one course."
    )
    related_activities = JsonFlagField(
        default=False, help_text="Whether `activity` may also be a context activity."
    )
    related_agents = JsonFlagField(
        default=False, help_text="Whether `agent` may also be the authority."
    )
    since = serializers.DateTimeField(
        default=None, help_text="Only statements stored after this time."
    )
    until = serializers.DateTimeField(
        default=None, help_text="Only statements stored at or before this time."
    )
    limit = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        default=0,
        help_text=f"0 and larger values mean {MOST}.",
    )
    format = serializers.ChoiceField(
        choices=("ids", "exact", "canonical"),
        default="exact",
        help_text="`ids` leaves out displays and definitions; `canonical` is the same as `exact`.",
    )
    attachments = JsonFlagField(
        default=False, help_text="`true` is refused: statements have no attachments."
    )
    ascending = JsonFlagField(
        default=True, help_text="Whether statements come in the order of the log, or latest first."
    )
    org = serializers.UUIDField(
        default=None,
        help_text="All statements of the organization with this ID; without it, the caller's own.",
    )
    cursor = serializers.CharField(
        default=None, max_length=500, help_text="Part of the URL in `more` of the previous answer."
    )


STATEMENT: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        **{name: {"type": "object"} for name in ("actor", "verb", "object", "result", "context")},
        "timestamp": {"type": "string", "format": "date-time"},
        "stored": {"type": "string", "format": "date-time"},
        "authority": {"type": "object"},
        "version": {"type": "string"},
    },
    "required": ["id", "actor", "verb", "object", "context", "timestamp", "stored", "authority"],
}
STATEMENT_RESULT: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "statements": {"type": "array", "items": STATEMENT},
        "more": {"type": "string"},
    },
    "required": ["statements", "more"],
}
ANSWER: Final[Mapping[str, Any]] = {"oneOf": [STATEMENT_RESULT, STATEMENT]}
"""A list, or with `statementId` one statement."""
