"""Links, commands, decision records and the navigation of all documents."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.support.documents import ROOT, page

DOCUMENTS: Final = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *ROOT.joinpath("docs").rglob("*.md")]
)
DECISIONS: Final = [path for path in DOCUMENTS if "/decisions/" in path]
LONGEST_LINE: Final = 120


def _targets_with_help() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", page("Makefile"), re.MULTILINE))


def _anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _links_in(path: str) -> list[str]:
    """The relative links of a document."""
    return re.findall(r"\]\((?!https?:)([^)]+)\)", page(path))


def _pages_in(nav: Any) -> Iterator[str]:
    """The paths in the navigation of the site."""
    match nav:
        case str():
            yield nav
        case dict():
            for inner in nav.values():
                yield from _pages_in(inner)
        case list():
            for inner in nav:
                yield from _pages_in(inner)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_make_target_that_is_named_exists(path: str) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", page(path), re.MULTILINE))

    assert named - _targets_with_help() == set()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_leads_somewhere(path: str) -> None:
    broken = []
    for link in _links_in(path):
        target, _, anchor = link.partition("#")
        file = ROOT.joinpath(path).parent / target if target else ROOT / path
        headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE) if file.exists() else []
        if not file.exists() or (anchor and anchor not in map(_anchor_of, headings)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.startswith("docs/")])
def test_no_link_leads_out_of_the_site(path: str) -> None:
    """MkDocs publishes docs/ alone."""
    targets = [link.partition("#")[0] for link in _links_in(path)]

    inside = (ROOT / "docs").resolve()
    assert [
        target
        for target in targets
        if target and inside not in (ROOT / path).parent.joinpath(target).resolve().parents
    ] == []


def test_the_navigation_of_the_site_contains_every_page() -> None:
    nav = yaml.safe_load(page("mkdocs.yml"))["nav"]

    assert sorted(f"docs/{path}" for path in _pages_in(nav)) == [
        path for path in DOCUMENTS if path.startswith("docs/")
    ]


def test_the_index_links_to_every_page() -> None:
    linked = {f"docs/{link}" for link in _links_in("docs/index.md")}
    pages = {path for path in DOCUMENTS if path.startswith("docs/")} - {"docs/index.md"}

    assert pages - linked == set()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_prose_fits_into_the_line_length(path: str) -> None:
    prose = re.sub(r"^```.*?^```$", "", page(path), flags=re.MULTILINE | re.DOTALL)

    long = [line for line in prose.splitlines() if len(line) > LONGEST_LINE]

    assert [line for line in long if not line.startswith("|")] == []


def test_decisions_are_numbered_one_after_the_other() -> None:
    numbers = [int(Path(path).name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS)
def test_a_decision_says_what_was_rejected_too(path: str) -> None:
    headings = re.findall(r"^## (.+)$", page(path), re.MULTILINE)

    assert page(path).startswith(f"# {Path(path).name[:4]}: ")
    assert headings == ["Context", "Decision", "Consequences", "Rejected alternatives"]


def test_the_import_contracts_that_decisions_name_exist() -> None:
    contracts = re.findall(r'^name = "(.+)"$', page("pyproject.toml"), re.MULTILINE)
    named = {
        " ".join(words.split())
        for path in DECISIONS
        for words in re.findall(r"(?<!\*)\*(\w+\s[^*]+)\*(?!\*)", page(path))
    }

    unknown = [name for name in named if not any(full.startswith(name) for full in contracts)]

    assert len(named) > 5
    assert unknown == []


def test_the_changelog_keeps_a_section_for_changes_to_come() -> None:
    headings = re.findall(r"^## (.+)$", page("CHANGELOG.md"), re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", text) for text in headings[1:])
