"""Validation against the official JSON Schema of Open Badges 3.0, and against our own of transcripts."""

from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs

from credentials.openbadges.contexts import shipped
from credentials.openbadges.errors import InvalidDocument

ACHIEVEMENT_CREDENTIAL: Final = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
SCHEMA_TYPE: Final = "1EdTechJsonSchemaValidator2019"
TRANSCRIPT: Final = (
    "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json"
)
"""The official schema of transcripts, which documents name. Ours is stricter, and takes its place here."""

_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
VIOLATION: Final = "The document violates its schema"
"""How the message begins that quotes the document."""
TRANSCRIPT_TYPE: Final = "ClrCredential"
_ERRORS_SHOWN: Final = 3
_LONGEST_ERROR: Final = 200
_ACHIEVEMENT_CREDENTIAL: Final = jsonschema_rs.Draft201909Validator(
    shipped("schemas", "ob_v3p0_achievementcredential_schema.json"), validate_formats=True
)
_TRANSCRIPT: Final = jsonschema_rs.Draft201909Validator(
    shipped("schemas", "clr_transcript_schema.json"), validate_formats=True
)


def is_achievement_credential(document: Mapping[str, Any]) -> bool:
    """Whether its type says that it is one, so that the schema applies."""
    return bool(_types_of(document) & _TYPES)


def is_transcript(document: Mapping[str, Any]) -> bool:
    """Whether its type says that it is a Comprehensive Learner Record, and not an achievement as well."""
    return TRANSCRIPT_TYPE in _types_of(document) and not is_achievement_credential(document)


def has_schema(document: Mapping[str, Any]) -> bool:
    """Whether the document is a credential that check_schema knows."""
    return is_achievement_credential(document) or is_transcript(document)


def check_schema(document: Mapping[str, Any]) -> None:
    """Check a credential that is about an achievement, or a transcript.

    Raises InvalidDocument, which names the first members that violate the schema.
    """
    validator = _TRANSCRIPT if is_transcript(document) else _ACHIEVEMENT_CREDENTIAL
    try:
        messages = _violations(validator, document)
    except UnicodeEncodeError:
        # JSON can escape half of a character, which the validator cannot read.
        raise InvalidDocument("The document contains half of a character.") from None
    if messages:
        raise InvalidDocument(f"{VIOLATION}: {'; '.join(messages)}.")


def _violations(
    validator: jsonschema_rs.Draft201909Validator, document: Mapping[str, Any]
) -> list[str]:
    """The first of them. Raises UnicodeEncodeError."""
    if validator.is_valid(document):
        return []
    messages: list[str] = []
    for error in validator.iter_errors(document):
        path = "/".join(str(step) for step in error.instance_path) or "the document"
        messages.append(f"{path}: {error.message[:_LONGEST_ERROR]}")
        if len(messages) == _ERRORS_SHOWN:
            break
    return messages


def _types_of(document: Mapping[str, Any]) -> frozenset[str]:
    types = document.get("type")
    return frozenset(
        name for name in (types if isinstance(types, list) else ()) if isinstance(name, str)
    )
