"""The command that imports learning pathways."""

from pathlib import Path

import pytest

from accounts.domain.access import OPERATOR
from courses.definitions.pathways import write_pathway
from courses.domain.entities.pathways import PathwayDefinition
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.commands import error_of, output_of
from tests.support.members import add_organization
from tests.support.pathways import a_chain

pytestmark = pytest.mark.database


@pytest.fixture
def definition_file(application: Application, tmp_path: Path) -> str:
    """A file with a pathway definition of two courses that exist."""
    for slug in ("knots", "bends"):
        application.published(a_definition_of(required=1, slug=slug))
    return written(tmp_path, a_chain("knots", "bends"))


def written(folder: Path, definition: PathwayDefinition) -> str:
    file = folder / "ropes.yaml"
    file.write_text(write_pathway(definition), encoding="utf-8")
    return str(file)


def test_an_import_starts_a_pathway(application: Application, definition_file: str) -> None:
    output = output_of("import_pathway", definition_file)

    assert output == "ropes is draft and has 1 stage and 2 courses.\n"
    stored = application.services.pathway_authoring.export("ropes", by=OPERATOR)
    assert stored == a_chain("knots", "bends")


def test_an_import_revises_the_pathway_that_there_is(
    application: Application, definition_file: str, tmp_path: Path
) -> None:
    output_of("import_pathway", definition_file)
    application.services.pathway_authoring.publish("ropes", by=OPERATOR)

    output = output_of("import_pathway", written(tmp_path, a_chain("bends")))

    assert output == "ropes is published and has 1 stage and 1 course.\n"
    assert application.services.pathway_catalog.get("ropes", by=OPERATOR).version == 2


def test_an_import_for_an_organization_is_of_that(
    application: Application, definition_file: str
) -> None:
    add_organization(application, slug="harbour")

    output = output_of("import_pathway", definition_file, "--org", "harbour")

    assert output == "harbour--ropes is draft and has 1 stage and 2 courses.\n"


def test_an_unknown_organization_is_refused(definition_file: str) -> None:
    error, _ = error_of("import_pathway", definition_file, "--org", "nobody")

    assert error.startswith("There is no such organization.")


@pytest.mark.usefixtures("definition_file")
def test_errors_are_reported_with_their_paths(tmp_path: Path) -> None:
    unknown, _ = error_of("import_pathway", written(tmp_path, a_chain("hitches")))

    assert "stages/0/courses/0/course: there is no course 'hitches'" in unknown


def test_a_file_that_is_not_there_is_named() -> None:
    error, _ = error_of("import_pathway", "nowhere.yaml")

    assert error.startswith("nowhere.yaml cannot be read")
