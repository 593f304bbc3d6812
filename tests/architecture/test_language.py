"""Plain, gender-neutral language in everything that people read.

CONTRIBUTING.md states the rules. This module checks pronouns and the words that have a standard term, in templates,
documents, the OpenAPI description, texts of shipped code, and docstrings and comments of all code. It also checks
identifiers: names that have been replaced, and variables that say nothing about what they hold.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from authsvc.config.variables import ROOT
from tests.support.sources import SHIPPED, Source, sources

# Each pattern with the term to use. They match whole words, whatever their case.
STANDARD_TERMS: Final = {
    r"he|she|him|his|her|hers|himself|herself": "they, or no pronoun",
    r"house|houses": "application",
    r"desk|desks": "development database, or the admin site",
    r"back[- ]office|people's pages|pages of staff": "admin site, account pages",
    r"plays|played|player|players": "implements, implementation",
    r"wall|walls|gate|gates": "tenant isolation, TenantAccess",
    r"look(s|ed|ing)? into|a look|looks of": "access",
    r"(own|whose|out of|within|a) reach": "tenant scope",
    r"refusal|refusals": "domain error, error",
    r"complaint|complaints": "field error",
    r"ledger|ledgers": "idempotency record",
    r"rows? of guesses|(a|an|each|every|one|this|that|the|such a) guess|guesses at": "login attempt",
    r"familiar (address|place)": "known client IP",
    r"asks? from|asked from": "client IP",
    r"(is|are|was|were|be|been) let in|lets? (it|them|somebody|nobody|people|a device) in": "allow",
    r"given back|gives? back|giving back": "refunded",
    r"found(s|ed|ing)? an organization|founds": "create",
    r"(current|held|issued) cop(y|ies)|cop(y|ies) in force|holds a copy": "issued credential",
    r"paper|papers": "document, definition",
    r"prove|proves|proved|proving": "verify, test",
    r"into form": "format",
    r"anew": "again, regenerate",
    r"dear|dearer|of some weight": "expensive, sensitive",
    r"will not do|makes? no sense": "is invalid",
}
# Former names of classes, functions, parameters and attributes, with those that replaced them.
STANDARD_NAMES: Final = {
    "Reach": "TenantScope",
    "own_reach": "member_scope",
    "reach": "scope",
    "EVERYWHERE": "ALL_TENANTS",
    "Complaint": "FieldError",
    "Refusal": "DomainError",
    "complaints": "field_errors",
    "tell": "add_form_errors",
    "tells_refusals": "shows_domain_errors",
    "Gate": "TenantAccess",
    "gate": "tenant_access",
    "Audit": "SecurityLog",
    "RecordService": "LearnerRecords",
    "Recorder": "EventRecorder",
    "RecordingService": "EventRecorder",
    "LogService": "EventLogVerifier",
    "ExportService": "EventExport",
    "Issuer": "CredentialIssuer",
    "IssuingService": "CredentialIssuer",
    "HeldCredential": "IssuedCredential",
    "LedgerEntry": "IdempotencyRecord",
    "ledger": "idempotency",
    "ledger_entry_of": "request_key_of",
    "entry_id": "request_key",
    "guess": "login attempt",
    "guesses": "login attempts",
    "address_of": "client_ip_of",
    "recognise": "authenticate_and_rehash",
    "_still_himself": "_locked_unchanged",
    "in_one_act": "atomically",
    "take_code": "redeem_code",
    "take_device": "redeem_device",
    "let_in": "allowed",
    "is_let_in": "is_allowed",
    "given_back": "refunded",
    "LookOnlyAdmin": "ReadOnlyAdmin",
    "OfOrganizations": "AuditsTenantAccess",
    "asks_why": "requires_reason",
    "open_house": "start_application",
    "kept": "the noun",
    "said": "the noun",
    "told": "the noun",
    "found": "the noun",
    "each": "the noun",
    "_spelled": "_normalized",
    "id_spelled": "parse_uuid",
    "moment_and_id_in": "parse_cursor",
}
# In tests also the helpers that have been replaced, and participles as variables.
STANDARD_TEST_NAMES: Final = STANDARD_NAMES | {
    "said_by": "output_of",
    "refusal_of": "error_of",
    "founded": "add_organization",
    "looks_into": "access_entries",
    "careful_house": "staff_second_factor",
    "has": "the verb with its noun",
    "made": "the noun",
    "one": "the noun",
    "seen": "response, page",
    "asked": "question, page",
    "refused": "error, rejection",
    "refusal": "error",
    "heard": "requests, deliveries",
}
_PATTERNS: Final = [
    (re.compile(rf"\b(?:{words})\b".replace(" ", r"\s+"), re.IGNORECASE), term)
    for words, term in STANDARD_TERMS.items()
]
# Nearly no text contains any of them, which one pattern without regard to case tells at a seventh of the cost.
_ANY_PATTERN: Final = re.compile(rf"\b(?:{'|'.join(STANDARD_TERMS)})\b".replace(" ", r"\s+"))
_CODE: Final = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """A text that people read, and where it begins."""

    name: str
    line: int
    text: str

    def offences(self) -> Iterator[str]:
        """Each word that has a standard term, with its place."""
        if not _ANY_PATTERN.search(self.text.lower()):
            return
        for pattern, term in _PATTERNS:
            for match in pattern.finditer(self.text):
                line = self.line + self.text.count("\n", 0, match.start())
                yield f"{self.name}:{line}: {match[0]!r}, use {term}"


def without(pattern: re.Pattern[str], text: str) -> str:
    """The text without what matches, with its line breaks."""
    return pattern.sub(lambda match: "\n" * match[0].count("\n"), text)


def without_code(text: str) -> str:
    return without(_CODE, text) if "`" in text else text


def files(*globs: str) -> Iterator[Path]:
    for glob in globs:
        yield from sorted(ROOT.glob(glob))


def passage_of(path: Path, *ignored: re.Pattern[str]) -> Passage:
    text = path.read_text(encoding="utf-8")
    for pattern in ignored:
        text = without(pattern, text)
    return Passage(str(path.relative_to(ROOT)), 1, text)


def documents() -> Iterator[Passage]:
    for path in files("*.md", "docs/**/*.md"):
        yield passage_of(path, _CODE)
    for path in files("Makefile", ".env.example", ".ci/run", "pyproject.toml", "mkdocs.yml"):
        yield passage_of(path, _CODE)


def openapi() -> Iterator[Passage]:
    """Summaries and descriptions; names of schemas and members are part of the interface."""
    for number, line in enumerate((ROOT / "docs/openapi.json").read_text().splitlines(), 1):
        if re.match(r'\s*"(summary|description|title)": "', line):
            yield Passage("docs/openapi.json", number, without_code(line))


def templates() -> Iterator[Passage]:
    for path in files("*/templates/**/*.html", "*/templates/**/*.txt"):
        yield passage_of(path, _TAG)
    for path in files("*/static/**/*.js", "*/static/**/*.css"):
        yield passage_of(path, re.compile(r"var\([^)]*\)|--[\w-]+|data:[^\"')]*"))


def is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def docstrings_of(source: Source) -> dict[int, ast.Constant]:
    """The docstrings of a module, its classes and functions, by the identity of their nodes."""
    docstrings: dict[int, ast.Constant] = {}
    for node in (source.tree, *source.definitions):
        for statement in node.body[:1]:
            if is_docstring(statement):
                constant = statement.value  # type: ignore[attr-defined]  # is_docstring has checked it
                docstrings[id(constant)] = constant
    return docstrings


def prose_of(source: Source) -> Iterator[Passage]:
    """Docstrings and comments; of shipped code also the texts among its string literals."""
    docstrings, is_shipped = docstrings_of(source), source.name.startswith(SHIPPED)
    for node in source.nodes(ast.Constant):
        if isinstance(node.value, str):
            is_text = id(node) in docstrings or (is_shipped and " " in node.value)
            if is_text:
                yield Passage(source.name, node.lineno, without_code(node.value))
    for line, comment in source.comments:
        yield Passage(source.name, line, without_code(comment))


def prose_in(package: str) -> Callable[[], Iterable[Passage]]:
    return lambda: (passage for source in sources(package) for passage in prose_of(source))


def names_in(source: Source) -> Iterator[tuple[str, int]]:
    """Every name that the module gives to something, or imports, with its line."""
    for node in (*source.definitions, *source.nodes(ast.alias)):
        yield node.name, node.lineno
    for argument in source.nodes(ast.arg):
        yield argument.arg, argument.lineno
    for variable in source.nodes(ast.Name):
        if isinstance(variable.ctx, ast.Store):
            yield variable.id, variable.lineno
    for attribute in source.nodes(ast.Attribute):
        if isinstance(attribute.ctx, ast.Store):
            yield attribute.attr, attribute.lineno


PLACES: Final[dict[str, Callable[[], Iterable[Passage]]]] = {
    "documents": documents,
    "openapi": openapi,
    "templates": templates,
    **{package: prose_in(package) for package in (*SHIPPED, "tests")},
}


@pytest.mark.memory
@pytest.mark.parametrize("place", PLACES)
def test_texts_use_standard_terms_and_no_gendered_pronouns(place: str) -> None:
    offences = [offence for passage in PLACES[place]() for offence in passage.offences()]

    assert offences == [], "\n" + "\n".join(offences)


@pytest.mark.memory
@pytest.mark.parametrize("package", [*SHIPPED, "tests"])
def test_names_are_the_standard_ones(package: str) -> None:
    standard = STANDARD_TEST_NAMES if package == "tests" else STANDARD_NAMES
    former = [
        f"{source.name}:{line}: {name}, use {standard[name]}"
        for source in sources(package)
        for name, line in names_in(source)
        if name in standard
    ]

    assert former == [], "\n" + "\n".join(former)


@pytest.mark.memory
def test_names_are_found_wherever_they_are_given(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "from a import Reach\n"
        "class Complaint: ledger: int = 0\n"
        "def recognise(guess):\n"
        "    self.gate = [each for each in guess]\n"
        "    tell(found=1)\n"
    )

    names = {name for name, _ in names_in(Source(module)) if name in STANDARD_NAMES}

    assert names == {"Reach", "Complaint", "ledger", "recognise", "guess", "gate", "each"}


@pytest.mark.memory
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Whoever asks, for what is his own", ["'his'"]),
        ("Here is the other theory, she'd say.", ["'she'"]),
        ("An adapter\nplays the port.", ["'plays'"]),
        ("The house rules of the desktop; reaching a display.", ["'house'"]),
        ("This e-mail address will not do.", ["'will not do'"]),
        ("Approve the copy of a file, then improve it.", []),
    ],
)
def test_offences_are_found_by_whole_words(text: str, words: list[str]) -> None:
    offences = list(Passage("page", 1, text).offences())

    assert [offence.split(": ")[1].partition(",")[0] for offence in offences] == words


@pytest.mark.memory
def test_an_offence_names_its_line() -> None:
    (offence,) = Passage("page.md", 10, "first\n\nhis").offences()

    assert offence == "page.md:12: 'his', use they, or no pronoun"
