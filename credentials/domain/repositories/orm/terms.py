"""Terms of credentials as JSON, in which versions and issued credentials store them."""

from typing import Any
from uuid import UUID

from courses.public import CourseId
from credentials.domain.entities.definitions import (
    AchievementType,
    Alignment,
    CredentialTerms,
    CredentialType,
)
from credentials.domain.entities.rule_values import rule_in
from credentials.domain.entities.rules import Rule
from credentials.domain.errors import InvalidRule

Values = dict[str, Any]


class BrokenRule(ValueError):
    """A stored rule cannot be parsed although it was checked when it was saved: a defect or tampering."""


def terms_of_json(terms: dict[str, Any]) -> CredentialTerms:
    return CredentialTerms(
        name=terms["name"],
        type=CredentialType(terms["type"]),
        description=terms["description"],
        criteria=terms["criteria"],
        issuer=terms["issuer"],
        image_url=terms["image_url"],
        course_id=CourseId(UUID(terms["course_id"])),
        valid_for_days=terms["valid_for_days"],
        rule=stored_rule(terms.get("rule")),
        tags=tuple(terms.get("tags", ())),
        alignments=tuple(Alignment(**alignment) for alignment in terms.get("alignments", ())),
        achievement_type=AchievementType(kind) if (kind := terms.get("achievement_type")) else None,
    )


def json_of_terms(terms: CredentialTerms) -> dict[str, Any]:
    """The content of the terms, without a rule if there is none."""
    return {
        name: value for name, value in terms.content.items() if name != "rule" or value is not None
    }


def stored_rule(value: Values | None) -> Rule | None:
    """Parse a stored rule. Raises BrokenRule: to skip it would silently withhold earned credentials."""
    if value is None:
        return None
    try:
        return rule_in(value)
    except InvalidRule as error:
        raise BrokenRule(value) from error
