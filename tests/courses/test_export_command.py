"""The command that exports courses."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from accounts.domain.access import OPERATOR
from courses.definitions.courses import read_definition, write_definition
from tests.support.application import Application
from tests.support.builders import a_definition
from tests.support.commands import error_of, output_of
from tests.support.definitions import KNOTS_YAML

pytestmark = pytest.mark.database

KNOTS: Final = read_definition(KNOTS_YAML)


def test_the_draft_is_exported_to_standard_output(application: Application) -> None:
    application.published(replace(KNOTS, title="Old knots"))
    application.services.authoring.revise("knots", KNOTS, by=OPERATOR)

    output = output_of("export_course", "knots")

    assert read_definition(output) == KNOTS
    assert output == write_definition(KNOTS)


def test_a_version_is_exported(application: Application) -> None:
    application.published(KNOTS)
    application.services.authoring.revise("knots", replace(KNOTS, title="Knots II"), by=OPERATOR)

    output = output_of("export_course", "knots", "--version", "1")

    assert read_definition(output) == KNOTS


@pytest.mark.parametrize("number", ["0", "2", "-1", str(2**70)])
def test_a_version_that_is_not_there_is_not_exported(
    application: Application, tmp_path: Path, number: str
) -> None:
    application.published(KNOTS)
    file = tmp_path / "knots.yaml"

    error, _ = error_of("export_course", "knots", "--version", number, "--output", str(file))

    assert error.startswith("Course version not found. ")
    assert not file.exists()


def test_what_was_imported_is_exported_to_a_file_and_reads_back_as_the_same(
    application: Application, tmp_path: Path
) -> None:
    source, file = tmp_path / "knots.yaml", tmp_path / "exported.yaml"
    source.write_text(KNOTS_YAML, encoding="utf-8")
    file.write_text("what stood there before, and was longer than a course " * 100)
    output_of("import_course", str(source))

    output = output_of("export_course", "knots", "--output", str(file))

    assert output == f"knots has been written to {file}.\n"
    assert read_definition(file.read_text(encoding="utf-8")) == KNOTS


def test_an_export_comes_in_again_where_the_course_is_unknown(
    application: Application, tmp_path: Path
) -> None:
    file = tmp_path / "exported.yaml"
    definition = a_definition(slug="knots", title="结 — naïve 🪢", summary="yes\n\n  - no\n")
    application.services.authoring.create(replace(definition, slug="other"), by=OPERATOR)
    output_of("export_course", "other", "--output", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace("slug: other", "slug: knots"))

    output_of("import_course", str(file))

    assert application.services.authoring.export("knots", by=OPERATOR) == definition


def test_a_file_that_cannot_be_written_is_named(application: Application, tmp_path: Path) -> None:
    application.published(KNOTS)
    file = tmp_path / "nowhere" / "knots.yaml"

    error, output = error_of("export_course", "knots", "--output", str(file))

    assert error == f"{file} cannot be written: No such file or directory."
    assert output == ""


def test_a_course_that_is_not_there_cannot_be_exported(application: Application) -> None:
    error, output = error_of("export_course", "bends")

    assert error.startswith("Course not found. ")
    assert output == ""


def test_a_version_is_a_number(application: Application) -> None:
    error, _ = error_of("export_course", "knots", "--version", "first")

    assert "argument --version: invalid int value: 'first'" in error
