"""One module imports the internals of django-allauth."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.sources import SHIPPED, Source, sources

MAY_IMPORT: Final = "accounts/adapters/allauth_internals.py"


def is_internal(module: str) -> bool:
    return module.startswith("allauth.") and "internal" in module.split(".")


def imports_of_internals(source: Source) -> Iterator[int]:
    """The lines on which the module imports internals of django-allauth, by an import or by name."""
    for alias in source.nodes(ast.alias):
        if is_internal(alias.name):
            yield alias.lineno
    for statement in source.nodes(ast.ImportFrom):
        if any(is_internal(f"{statement.module}.{alias.name}") for alias in statement.names):
            yield statement.lineno
    for text in source.nodes(ast.Constant):
        if isinstance(text.value, str) and is_internal(text.value):
            yield text.lineno


@pytest.mark.memory
def test_one_module_imports_internals_of_django_allauth() -> None:
    modules = {source.name for source in sources(*SHIPPED) if list(imports_of_internals(source))}

    assert modules == {MAY_IMPORT}


@pytest.mark.memory
@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("from allauth.account.internal.flows.login import record_authentication", [1]),
        ("from allauth.core import context, internal", [1]),
        ("import allauth.mfa.totp.internal.auth as auth", [1]),
        ("def flow():\n    from allauth.mfa.base.internal import flows", [2]),
        ('import_module("allauth.core.internal.ratelimit")', [1]),
        ("from allauth.account import views\nfrom accounts.internal import forms", []),
    ],
)
def test_the_search_finds_each_way_to_import_them(
    code: str, lines: list[int], tmp_path: Path
) -> None:
    module = tmp_path / "module.py"
    module.write_text(code)

    assert list(imports_of_internals(Source(module))) == lines
