"""Migrations: up to date, and safe while the previous version of the code still runs."""

from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django_migration_linter import MigrationLinter

from authsvc.config.variables import ROOT
from tests.support.sources import APPS


@pytest.mark.every_database
def test_rows_and_migrations_agree() -> None:
    output = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=output)

    assert output.getvalue() == "No changes detected\n"


@pytest.mark.memory
def test_an_app_without_migrations_has_no_tables() -> None:
    apps_without = [app for app, module in settings.MIGRATION_MODULES.items() if module is None]

    assert apps_without == ["oauth2_provider"]
    assert list(apps.get_app_config("oauth2_provider").get_models(include_swapped=True)) != []
    assert list(apps.get_app_config("oauth2_provider").get_models()) == []


@pytest.mark.postgres
def test_no_migration_takes_away_what_the_old_code_needs() -> None:
    linter = MigrationLinter(
        path=str(ROOT),
        include_apps=list(APPS),
        ignore_initial_migrations=True,  # before those there is no old code
        no_cache=True,
        no_output=True,
    )

    linter.lint_all_migrations()

    assert linter.nb_total > 0
    assert not linter.has_errors


@pytest.mark.any_database
@pytest.mark.parametrize("app", APPS)
def test_every_migration_can_be_taken_back(app: str) -> None:
    output = StringIO()

    call_command("migrate", app, "zero", plan=True, stdout=output)

    assert "IRREVERSIBLE" not in output.getvalue()
    assert "Undo" in output.getvalue()
