"""Validation against the official JSON Schema of Open Badges 3.0."""

from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs

from credentials.openbadges.contexts import shipped
from credentials.openbadges.errors import InvalidDocument

ACHIEVEMENT_CREDENTIAL: Final = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
SCHEMA_TYPE: Final = "1EdTechJsonSchemaValidator2019"
_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
VIOLATION: Final = "The document violates its schema"
"""How the message begins that quotes the document."""
_ERRORS_SHOWN: Final = 3
_LONGEST_ERROR: Final = 200
_VALIDATOR: Final = jsonschema_rs.Draft201909Validator(
    shipped("schemas", "ob_v3p0_achievementcredential_schema.json"), validate_formats=True
)


def is_achievement_credential(document: Mapping[str, Any]) -> bool:
    """Whether its type says that it is one, so that the schema applies."""
    types = document.get("type")
    return isinstance(types, list) and any(
        isinstance(name, str) and name in _TYPES for name in types
    )


def check_schema(document: Mapping[str, Any]) -> None:
    """Raises InvalidDocument, which names the first members that violate the schema."""
    if _VALIDATOR.is_valid(document):
        return
    messages: list[str] = []
    for error in _VALIDATOR.iter_errors(document):
        path = "/".join(str(step) for step in error.instance_path) or "the document"
        messages.append(f"{path}: {error.message[:_LONGEST_ERROR]}")
        if len(messages) == _ERRORS_SHOWN:
            break
    raise InvalidDocument(f"{VIOLATION}: {'; '.join(messages)}.")
