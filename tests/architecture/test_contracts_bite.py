"""A wall that nobody has run into is a wall that nobody knows stands."""

import shutil
import sys
import tomllib
from pathlib import Path
from typing import Final

import importlinter.configuration
import pytest
from importlinter.application.use_cases import lint_imports

from authsvc.variables import ROOT

PACKAGES: Final = ("authsvc", "accounts", "courses", "progress", "credentials")
DOWNWARDS: Final = "Apps depend downwards: credentials > progress > courses > accounts > kernel"
AROUND: Final = "Around the apps: what answers stands above what decides"
INSIDE: Final = "Inside an app: rows know entities, services know neither rows nor HTTP"
MODULES: Final = "A domain package has these modules and no others"
NO_DJANGO: Final = "The domain runs without Django"
ROWS: Final = "Only the ORM repositories and the pages of staff touch rows"
STORES: Final = "Only the composition root chooses a store"
DOOR: Final = "Other apps enter {} through its public module"

FORBIDDEN: Final = [
    ("courses/domain/services/authoring.py", "import django", NO_DJANGO),
    ("courses/public.py", "import django.db", NO_DJANGO),
    ("authsvc/kernel/ids.py", "import django", NO_DJANGO),
    ("progress/domain/repositories/memory.py", "import rest_framework", NO_DJANGO),
    ("accounts/domain/ports.py", "import jwcrypto", NO_DJANGO),
    ("courses/domain/services/authoring.py", "import courses.domain.repositories.orm", STORES),
    ("courses/api/views.py", "import courses.domain.repositories.memory", STORES),
    ("courses/domain/services/catalog.py", "import courses.domain.repositories.cached", STORES),
    ("authsvc/health.py", "import progress.domain.repositories.orm", STORES),
    ("courses/domain/services/catalog.py", "import progress.public", DOWNWARDS),
    ("accounts/domain/entities/users.py", "import courses.public", DOWNWARDS),
    ("courses/domain/entities/courses.py", "import authsvc.container", DOWNWARDS),
    ("authsvc/kernel/events.py", "import courses.public", DOWNWARDS),
    ("authsvc/storage/inserts.py", "import accounts.public", DOWNWARDS),
    ("courses/api/views.py", "import courses.models", ROWS),
    ("authsvc/container.py", "import accounts.models", ROWS),
    ("authsvc/kernel/clock.py", "import authsvc.settings", AROUND),
    ("authsvc/container.py", "import authsvc.api.views", AROUND),
    ("authsvc/environment.py", "import authsvc.logs", AROUND),
    ("authsvc/helpers.py", "", AROUND),
    ("courses/models.py", "import courses.domain.services", INSIDE),
    ("courses/domain/errors.py", "import courses.domain.entities", INSIDE),
    ("progress/domain/services/log.py", "import progress.models", INSIDE),
    ("courses/utils.py", "", INSIDE),
    ("courses/domain/extra.py", "", MODULES),
    ("courses/api/views.py", "import accounts.domain.services", DOOR.format("accounts")),
    ("progress/domain/services/log.py", "import courses.domain", DOOR.format("courses")),
    ("progress/domain/repositories/orm.py", "import courses.models", DOOR.format("courses")),
    ("credentials/domain/entities.py", "import progress.domain", DOOR.format("progress")),
    ("authsvc/health.py", "import credentials.domain", DOOR.format("credentials")),
]

importlinter.configuration.configure()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is shipped and of its contracts, for the linter to look at."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "static", "templates")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
        monkeypatch.delitem(sys.modules, package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def broken_contracts(capsys: pytest.CaptureFixture[str]) -> list[str]:
    is_kept = lint_imports(cache_dir=None, no_logo=True)
    lines = capsys.readouterr().out.splitlines()
    broken = [line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")]
    assert is_kept is (not broken), lines
    return broken


@pytest.mark.usefixtures("project")
def test_the_house_keeps_its_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    assert broken_contracts(capsys) == []


@pytest.mark.parametrize(("module", "line", "contract"), FORBIDDEN)
def test_a_forbidden_line_breaks_its_contract(
    project: Path, module: str, line: str, contract: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / module).open("a") as source:
        source.write(f"\n{line}\n")

    assert contract in broken_contracts(capsys)


def test_every_contract_is_run_into() -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())

    names = {contract["name"] for contract in configured["tool"]["importlinter"]["contracts"]}

    assert names == {contract for _, _, contract in FORBIDDEN}
