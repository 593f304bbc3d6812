"""Rules of credentials, as staff write and read them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from authsvc.kernel.errors import Complaint
from courses.definitions import marked_yaml
from credentials.domain.entities import (
    Eligibility,
    Rule,
    Verdict,
    proof_in,
    rule_in,
    value_of_proof,
    value_of_rule,
)
from credentials.domain.errors import InvalidRule


@dataclass(frozen=True, slots=True)
class RuleText:
    """What stands in the field: the rule, unless it is empty, and the lines on which its parts are."""

    rule: Rule | None
    lines: Mapping[tuple[str | int, ...], int]

    @classmethod
    def read(cls, text: str) -> "RuleText":
        """Raises ValidationError, with the line and the path of each complaint."""
        if not text:
            return cls(None, {})
        try:
            document = marked_yaml.load(text)
        except marked_yaml.UnreadableYaml as error:
            raise ValidationError(str(error)) from None
        try:
            return cls(rule_in(document.value), document.lines)
        except InvalidRule as refusal:
            raise ValidationError(cls(None, document.lines).told(refusal.complaints)) from None

    def told(self, complaints: Iterable[Complaint]) -> list[str]:
        """The complaints, each with its place."""
        return [
            f"line {self._line_of(complaint.path)}, {complaint.path}: {complaint.detail}"
            for complaint in complaints
        ]

    def _line_of(self, path: str) -> int:
        """Where it stands, or else what it should stand in."""
        place = tuple(int(part) if part.isdigit() else part for part in path.split("/")[1:])
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def text_of(kept: Any) -> str:
    """A kept rule as it is written in the form; one that does not read, as it is kept."""
    if kept is None:
        return ""
    # PostgreSQL keeps the members of an object in an order of its own.
    with suppress(InvalidRule):
        return _yaml(value_of_rule(rule_in(kept)))
    return _yaml(kept)


def proofs_of(kept: Any) -> str:
    """What a rule was met by, as it is kept, to read."""
    return _yaml([value_of_proof(proof_in(value)) for value in kept])


def _yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=False)).strip()


def told(found: Eligibility) -> SafeString:
    """Whether somebody can have a credential, with the verdict as a list of lists."""
    return format_html(
        "<p><b>{}</b>{}</p>{}",
        "Eligible." if found.is_eligible else "Not eligible.",
        " A current copy is held." if found.holds else "",
        _tree(found.verdict),
    )


def _tree(verdict: Verdict) -> SafeString:
    below = format_html_join("", "{}", ((_tree(child),) for child in verdict.children))
    return format_html(
        "<ul><li>{} {} ({}){}</li></ul>",
        "\N{CHECK MARK}" if verdict.is_met else "\N{BALLOT X}",
        verdict.rule,
        verdict.reached,
        below,
    )
