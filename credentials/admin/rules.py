"""Rules of credentials in the admin site: YAML text and verdicts."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from authsvc.kernel.errors import FieldError
from courses.definitions import marked_yaml
from credentials.domain.entities.credentials import Eligibility
from credentials.domain.entities.rule_values import proof_in, rule_in, value_of_proof, value_of_rule
from credentials.domain.entities.rules import Rule, Verdict
from credentials.domain.errors import InvalidRule


@dataclass(frozen=True, slots=True)
class RuleText:
    """Contents of the rule field: the rule, if any, and the line of each of its parts."""

    rule: Rule | None
    lines: Mapping[tuple[str | int, ...], int]

    @classmethod
    def read(cls, text: str) -> "RuleText":
        """Parse the text. Raises ValidationError with the line and the path of each error."""
        if not text:
            return cls(None, {})
        try:
            document = marked_yaml.load(text)
        except marked_yaml.UnreadableYaml as error:
            raise ValidationError(str(error)) from None
        try:
            return cls(rule_in(document.value), document.lines)
        except InvalidRule as error:
            raise ValidationError(cls(None, document.lines).messages(error.field_errors)) from None

    def messages(self, field_errors: Iterable[FieldError]) -> list[str]:
        """Return the messages of the errors, each with its line and path."""
        return [
            f"line {self._line_of(field_error.path)}, {field_error.path}: {field_error.detail}"
            for field_error in field_errors
        ]

    def _line_of(self, path: str) -> int:
        """Return the line of the part at the path, or else of the nearest part that contains it."""
        place = tuple(int(part) if part.isdigit() else part for part in path.split("/")[1:])
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def text_of(stored: Any) -> str:
    """Return a stored rule as YAML, also if it is invalid."""
    if stored is None:
        return ""
    # Parsed first, because PostgreSQL reorders the members of objects.
    with suppress(InvalidRule):
        return _yaml(value_of_rule(rule_in(stored)))
    return _yaml(stored)


def proofs_of(stored: Any) -> str:
    """Return stored proofs as YAML."""
    return _yaml([value_of_proof(proof_in(value)) for value in stored])


def _yaml(value: Any) -> str:
    return marked_yaml.dump(value).strip()


def eligibility_text(eligibility: Eligibility) -> SafeString:
    """Return the eligibility as HTML, with the verdict as nested lists."""
    return format_html(
        "<p><b>{}</b>{}</p>{}",
        "Eligible." if eligibility.is_eligible else "Not eligible.",
        " Already issued." if eligibility.holds else "",
        _tree(eligibility.verdict),
    )


def _tree(verdict: Verdict) -> SafeString:
    children = format_html_join("", "{}", ((_tree(child),) for child in verdict.children))
    return format_html(
        "<ul><li>{} {} ({}){}</li></ul>",
        "\N{CHECK MARK}" if verdict.is_met else "\N{BALLOT X}",
        verdict.rule,
        verdict.reached,
        children,
    )
