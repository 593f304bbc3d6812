"""Commands with the courses of organizations."""

from pathlib import Path

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.organizations.entities import Organization
from courses.domain.errors import CourseNotFound
from tests.support.application import Application
from tests.support.commands import error_of, output_of
from tests.support.definitions import KNOTS_YAML
from tests.support.members import add_organization
from tests.support.organizations import closed

pytestmark = pytest.mark.database


@pytest.fixture
def harbour(application: Application) -> Organization:
    return add_organization(application, slug="harbour")


@pytest.fixture
def definition_file(tmp_path: Path) -> str:
    """A file with the course definition."""
    file = tmp_path / "knots.yaml"
    file.write_text(KNOTS_YAML, encoding="utf-8")
    return str(file)


def test_a_course_is_imported_for_an_organization(
    application: Application, harbour: Organization, definition_file: str
) -> None:
    output = output_of("import_course", definition_file, "--org", "harbour")

    assert output.splitlines()[0] == "harbour--knots: the draft has 2 modules and 3 items."
    assert application.services.catalog.visible_to(OPERATOR, "harbour--knots").org_id == harbour.id
    with pytest.raises(CourseNotFound):
        application.services.catalog.visible_to(OPERATOR, "knots")


def test_a_course_of_an_organization_is_published_and_exported_as_it_came(
    harbour: Organization, definition_file: str
) -> None:
    output_of("import_course", definition_file, "--org", "harbour")

    published = output_of("publish_course", "harbour--knots")
    exported = output_of("export_course", "harbour--knots")

    assert published == "harbour--knots: learners now see version 1.\n"
    assert "slug: knots\n" in exported


def test_nothing_is_imported_for_an_organization_that_there_is_not(
    application: Application, definition_file: str
) -> None:
    error, _ = error_of("import_course", definition_file, "--org", "harbour")

    assert error.startswith("There is no such organization. ")
    with pytest.raises(CourseNotFound):
        application.services.catalog.visible_to(OPERATOR, "knots")


def test_nothing_is_changed_in_an_organization_that_is_suspended(
    application: Application, harbour: Organization, definition_file: str
) -> None:
    output_of("import_course", definition_file, "--org", "harbour")
    closed(application.services, harbour)

    errors = [
        error_of("import_course", definition_file, "--org", "harbour"),
        error_of("publish_course", "harbour--knots"),
    ]

    assert all("suspended" in error for error, _ in errors)
    assert output_of("export_course", "harbour--knots")
