"""Migrations: up to date, quick for a new database, and safe while the previous version of the code still runs."""

from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

from authsvc.config.variables import ROOT
from tests.support.databases import connected_to, database_with_tables, own_database
from tests.support.sources import APPS

SCHEMA = """
SELECT format('%s.%s %s', table_name, column_name, data_type),
       format('%s %s %s', is_nullable, character_maximum_length, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT format('%s of %s', conname, conrelid::regclass), pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT format('%s %s', tgname, tgenabled), pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
"""
OWN_APPS = {*APPS, "jobs", "events"}


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


@pytest.mark.memory
@pytest.mark.parametrize("app", [*APPS, "jobs"])
def test_a_squashed_migration_replaces_all_up_to_its_number(app: str) -> None:
    (squashed,) = squashed_migrations(app)

    until = MigrationAutodetector.parse_number(squashed.name) or 0
    assert sorted(squashed.replaces) == sorted(
        (app, name)
        for label, name in disk_migrations()
        if label == app
        and name != squashed.name
        and (MigrationAutodetector.parse_number(name) or 0) <= until
    )


@pytest.mark.nightly
@pytest.mark.postgres
def test_an_upgraded_database_equals_a_new_one(committing: None, tmp_path: Path) -> None:
    with own_database(tmp_path) as url, connected_to(url):
        migrate_to_the_first_release()
        call_command("migrate", verbosity=0)
        upgraded = schema(), group_permissions(), applied_migrations()
    with database_with_tables(tmp_path) as url, connected_to(url):
        new = schema(), group_permissions(), applied_migrations()

    assert upgraded == new


@pytest.mark.postgres
def test_no_migration_takes_away_what_the_old_code_needs() -> None:
    linter = MigrationLinter(
        path=str(ROOT),
        include_apps=list(APPS),
        ignore_initial_migrations=True,  # before those there is no old code
        ignore_name=[
            name
            for app in OWN_APPS
            for squashed in squashed_migrations(app)
            for _, name in squashed.replaces
        ],
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


@cache
def disk_migrations() -> dict[tuple[str, str], Migration]:
    """Every migration by its app and name."""
    return dict(MigrationLoader(None).disk_migrations)


def squashed_migrations(app: str) -> list[Migration]:
    return [
        migration
        for (label, _), migration in disk_migrations().items()
        if label == app and migration.replaces
    ]


def migrate_to_the_first_release() -> None:
    """Apply what version 0.1.0 had: the first migration of each app, and all of other packages."""
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    others = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in OWN_APPS]
    executor.migrate([*others, *((app, "0001_initial") for app in APPS)])


def schema() -> list[tuple[str, str]]:
    """Every column, index, constraint and trigger, in no order of columns."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return sorted(cursor.fetchall())


def group_permissions() -> list[tuple[str, str, str]]:
    fields = ("name", "permissions__content_type__model", "permissions__name")
    return sorted(Group.objects.values_list(*fields))


def applied_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(connection).applied_migrations)
