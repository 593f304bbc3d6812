"""The maps in docs/architecture.md, and the paths in CONTRIBUTING.md, match the project."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.documents import ROOT, fences, page

PAGE: Final = page("docs/architecture.md")
MAP, LAYERED, ACCOUNTS = [fence.text for fence in fences(PAGE) if fence.language == "text"]
LAYERED_APPS: Final = ("courses", "progress", "credentials")
FEATURES: Final = ("audit", "mail", "identity", "organizations", "tasks", "oauth")
WITHOUT_ROWS: Final = ("integrations", "tasks")
"""Features that read what others have stored."""
SEATS: Final = {"entities", "errors", "events", "ports", "repositories", "services"}


def _paths_in(tree: str) -> Iterator[str]:
    """The paths of a tree in which the contents of a folder follow it, indented by two spaces."""
    above: dict[int, str] = {}
    for line in tree.splitlines():
        name = line.split()[0]
        depth = len(line) - len(line.lstrip())
        above[depth] = f"{above[depth - 2]}/{name.rstrip('/')}" if depth else name.rstrip("/")
        yield above[depth]


def _parts_of(folder: Path) -> set[str]:
    """The names in a folder, without hidden and generated files."""
    return {path.name for path in folder.iterdir() if not path.name.startswith((".", "__"))}


def _is_there(path: Path) -> bool:
    """Whether there is a file, a module or a package of that name."""
    return any(way.exists() for way in (path, path.with_suffix(".py"), path.with_suffix("")))


def _missing(app: str, tree: str) -> list[str]:
    return [path for path in _paths_in(tree) if not _is_there(ROOT / app / path)]


def test_everything_on_the_map_exists() -> None:
    assert [path for path in _paths_in(MAP) if not ROOT.joinpath(path).exists()] == []


def test_the_map_is_complete() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    documents = {path.name for path in [*ROOT.glob("*.md"), *ROOT.glob("*.toml")]}
    here = packages | documents | {f"authsvc/{name}" for name in _parts_of(ROOT / "authsvc")}

    assert here - set(_paths_in(MAP)) == set()


@pytest.mark.parametrize("app", LAYERED_APPS)
def test_every_layered_app_has_the_shape_that_is_shown(app: str) -> None:
    assert _missing(app, LAYERED) == []


def test_accounts_has_the_shape_that_is_shown() -> None:
    assert _missing("accounts", ACCOUNTS) == []


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_of_accounts_has_the_parts_of_an_app(feature: str) -> None:
    parts = {name.removesuffix(".py") for name in _parts_of(ROOT / "accounts/domain" / feature)}

    own_rows = set() if feature in WITHOUT_ROWS else {"repositories"}

    assert {"entities", "services"} | own_rows <= parts <= SEATS


def test_the_domain_of_accounts_consists_of_its_features() -> None:
    assert _parts_of(ROOT / "accounts/domain") == {"access.py", *FEATURES, *WITHOUT_ROWS}


@pytest.mark.parametrize(
    ("app", "tree"), [*((app, LAYERED) for app in LAYERED_APPS), ("accounts", ACCOUNTS)]
)
def test_further_parts_of_an_app_are_named(app: str, tree: str) -> None:
    shown = {Path(path).with_suffix("").name for path in _paths_in(tree)} | {"management"}
    further = {
        name for name in _parts_of(ROOT / app) if Path(name).with_suffix("").name not in shown
    }

    assert [name for name in further if f"`{app}/{name}" not in PAGE] == []


def test_every_path_that_contributors_are_told_exists() -> None:
    named = re.findall(r"`((?:accounts|docs|tests)/[\w./]+)`", page("CONTRIBUTING.md"))

    assert len(named) > 10
    assert [path for path in named if not ROOT.joinpath(path).exists()] == []
