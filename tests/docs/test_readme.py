"""README.md and the documents around it are true to the house: its map, its commands, its links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.paper import ROOT, fences, page

APPS: Final = ("accounts", "courses", "progress", "credentials")
DOCUMENTS: Final = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *ROOT.joinpath("docs").rglob("*.md")]
)
DECISIONS: Final = [path for path in DOCUMENTS if "/decisions/" in path]
MAP, SHAPE = [fence.text for fence in fences(page("README.md")) if fence.language == "text"]


def _places(tree: str) -> Iterator[str]:
    """The paths of a tree in which each folder is followed by what is in it, two spaces further in."""
    above: dict[int, str] = {}
    for line in tree.splitlines():
        name = line.split()[0]
        depth = len(line) - len(line.lstrip())
        above[depth] = f"{above[depth - 2]}/{name.rstrip('/')}" if depth else name.rstrip("/")
        yield above[depth]


def _parts_of(folder: Path) -> set[str]:
    """What there is in a folder, but for what is hidden or made."""
    return {path.name for path in folder.iterdir() if not path.name.startswith((".", "__"))}


def _targets_with_help() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", page("Makefile"), re.MULTILINE))


def _address_of(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_everything_on_the_map_is_there() -> None:
    missing = [place for place in _places(MAP) if not ROOT.joinpath(place).exists()]

    assert missing == []


def test_everything_that_is_there_is_on_the_map() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    here = packages | {f"authsvc/{name}" for name in _parts_of(ROOT / "authsvc")}

    assert here - set(_places(MAP)) == set()


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_the_shape_that_is_shown(app: str) -> None:
    places = [ROOT / app / place for place in _places(SHAPE)]

    missing = [
        place
        for place in places
        if not any(way.exists() for way in (place, place.with_suffix(".py"), place.with_suffix("")))
    ]

    assert missing == []


@pytest.mark.parametrize("app", APPS)
def test_what_an_app_has_besides_is_named(app: str) -> None:
    besides = _parts_of(ROOT / app) - set(_places(SHAPE)) - {"management"}

    unnamed = [name for name in besides if f"`{app}/{name}" not in page("README.md")]

    assert unnamed == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_make_target_that_is_named_is_there(path: str) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", page(path), re.MULTILINE))

    assert named - _targets_with_help() == set()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_leads_somewhere(path: str) -> None:
    broken = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page(path)):
        target, _, anchor = link.partition("#")
        file = ROOT.joinpath(path).parent / target if target else ROOT / path
        headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE) if file.exists() else []
        if not file.exists() or (anchor and anchor not in map(_address_of, headings)):
            broken.append(link)

    assert broken == []


def test_decisions_are_numbered_one_after_the_other() -> None:
    numbers = [int(Path(path).name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS)
def test_a_decision_says_what_was_rejected_too(path: str) -> None:
    headings = re.findall(r"^## (.+)$", page(path), re.MULTILINE)

    assert page(path).startswith(f"# {Path(path).name[:4]}: ")
    assert headings == ["Context", "Decision", "Consequences", "Rejected alternatives"]


def test_the_import_contracts_that_decisions_name_are_there() -> None:
    contracts = re.findall(r'^name = "(.+)"$', page("pyproject.toml"), re.MULTILINE)
    named = {
        " ".join(words.split())
        for path in DECISIONS
        for words in re.findall(r"(?<!\*)\*(\w+\s[^*]+)\*(?!\*)", page(path))
    }

    unknown = [name for name in named if not any(full.startswith(name) for full in contracts)]

    assert len(named) > 5
    assert unknown == []
