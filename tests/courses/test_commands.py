"""Commands that import and publish courses."""

import json
import sys
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final

import pytest

from accounts.domain.access import OPERATOR
from courses.definitions.courses import read_definition, write_definition
from courses.definitions.formats import LONGEST_TEXT
from courses.domain.entities.courses import CourseDefinition, CourseStatus
from courses.domain.errors import CourseNotFound
from tests.support.application import Application
from tests.support.builders import a_definition_of
from tests.support.commands import error_of, output_of
from tests.support.definitions import KNOTS_YAML, with_change

pytestmark = pytest.mark.database

KNOTS: Final = read_definition(KNOTS_YAML)


@pytest.fixture
def definition_file(tmp_path: Path) -> Path:
    """A file with the course definition."""
    file = tmp_path / "knots.yaml"
    file.write_text(KNOTS_YAML, encoding="utf-8")
    return file


def draft_of(application: Application, slug: str) -> CourseDefinition:
    return application.services.authoring.export(slug, by=OPERATOR)


def assert_there_is_no_course(application: Application, slug: str) -> None:
    with pytest.raises(CourseNotFound):
        draft_of(application, slug)


def test_an_import_starts_a_course(application: Application, definition_file: Path) -> None:
    output_of("import_course", str(definition_file))

    assert draft_of(application, "knots") == KNOTS
    course = application.services.catalog.visible_to(OPERATOR, "knots")
    assert (course.status, course.version) == (CourseStatus.DRAFT, 0)
    assert course.created_by is None


def test_an_import_says_what_came_in_and_what_to_do_next(
    application: Application, definition_file: Path
) -> None:
    output = output_of("import_course", str(definition_file))

    assert output.splitlines() == [
        "knots: the draft has 2 modules and 3 items.",
        "To publish it: manage.py publish_course knots",
    ]


def test_one_module_is_counted_as_one(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(write_definition(a_definition_of(required=1)), encoding="utf-8")

    assert "1 module and 1 item." in output_of("import_course", str(file))


def test_json_is_imported_like_yaml(application: Application, tmp_path: Path) -> None:
    items = [{"key": "bowline", "title": "🪢", "body": "Make a loop."}]
    module = {"key": "loops", "title": "Loops", "items": items}
    file = tmp_path / "knots.json"
    file.write_text(json.dumps({"slug": "knots", "title": "Knots", "modules": [module]}))

    output_of("import_course", str(file))

    assert draft_of(application, "knots").modules[0].items[0].title == "🪢"


def test_an_import_can_come_from_standard_input(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = with_change("title: Knots", "title: Nœuds").encode()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text), encoding="ascii"))

    output_of("import_course", "-")

    assert draft_of(application, "knots").title == "Nœuds"


def test_a_byte_order_mark_is_passed_over(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "knots.yaml"
    file.write_text(KNOTS_YAML, encoding="utf-8-sig")

    output_of("import_course", str(file))

    assert draft_of(application, "knots") == KNOTS


def test_to_import_the_same_again_changes_nothing(
    application: Application, definition_file: Path
) -> None:
    first = output_of("import_course", str(definition_file))
    before = application.services.catalog.visible_to(OPERATOR, "knots")

    again = output_of("import_course", str(definition_file))

    assert again == first
    assert application.services.catalog.visible_to(OPERATOR, "knots") == before
    assert draft_of(application, "knots") == KNOTS


def test_an_import_takes_the_place_of_the_draft_and_learners_do_not_see_it(
    application: Application, definition_file: Path
) -> None:
    course = application.published(replace(KNOTS, title="Old knots"))

    output_of("import_course", str(definition_file))

    assert draft_of(application, "knots").title == "Knots"
    assert application.services.catalog.visible_to(OPERATOR, "knots") == course


def test_a_definition_is_refused_with_the_place_and_the_line_of_each_fault(
    application: Application, tmp_path: Path
) -> None:
    file = tmp_path / "knots.yaml"
    text = with_change("key: loops", "key: Loops").replace("https:", "gopher:")
    file.write_text(text, encoding="utf-8")

    error, output = error_of("import_course", str(file))

    headline, first, second = error.splitlines()
    assert headline == "The course definition is not valid:"
    assert first.startswith("  modules/0/key: line 6: 'Loops' does not match ")
    assert second.startswith("  modules/1/items/0/url: line 23: 'gopher:")
    assert output == ""
    assert_there_is_no_course(application, "knots")


def test_a_text_that_is_no_yaml_is_refused_with_the_line(
    application: Application, tmp_path: Path
) -> None:
    file = tmp_path / "knots.yaml"
    file.write_text("slug: knots\ntitle: [", encoding="utf-8")

    error, _ = error_of("import_course", str(file))

    assert "\n  line 2: " in error


def test_a_file_that_is_not_there_is_named(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "missing.yaml"

    error, _ = error_of("import_course", str(file))

    assert error == f"{file} cannot be read: No such file or directory."


def test_a_directory_is_no_definition(application: Application, tmp_path: Path) -> None:
    error, _ = error_of("import_course", str(tmp_path))

    assert error == f"{tmp_path} cannot be read: Is a directory."


def test_a_file_may_be_in_utf_16(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "knots.yaml"
    file.write_text(with_change("title: Knots", "title: Nœuds"), encoding="utf-16")

    output_of("import_course", str(file))

    assert application.services.authoring.export("knots", by=OPERATOR).title == "Nœuds"


def test_a_file_in_another_encoding_is_refused(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "knots.yaml"
    file.write_text(
        with_change("title: Knots", "title: Nœuds"), encoding="cp1252", errors="replace"
    )

    error, _ = error_of("import_course", str(file))

    assert error == f"{file} is not text in UTF-8, nor in UTF-16 with a byte order mark."
    assert_there_is_no_course(application, "knots")


@pytest.mark.parametrize("character", ["#", "🪢"])
def test_a_file_that_is_too_long_is_refused(
    application: Application, tmp_path: Path, character: str
) -> None:
    file = tmp_path / "knots.yaml"
    file.write_text(f"{KNOTS_YAML}#{character * LONGEST_TEXT}", encoding="utf-8")

    error, _ = error_of("import_course", str(file))

    assert "too long" in error or "longer than" in error
    assert_there_is_no_course(application, "knots")


def test_a_source_without_an_end_is_refused() -> None:
    error, _ = error_of("import_course", "/dev/zero")

    assert error == "/dev/zero is too long for a definition."


def test_publishing_says_which_version_learners_see(application: Application) -> None:
    application.published(KNOTS)
    application.services.authoring.revise("knots", replace(KNOTS, title="Knots II"), by=OPERATOR)

    output = output_of("publish_course", "knots")

    assert output == "knots: learners now see version 2.\n"
    course = application.services.catalog.visible_to(OPERATOR, "knots")
    assert (course.version, course.title) == (2, "Knots II")


def test_a_course_is_published_by_its_id_as_well(application: Application) -> None:
    course = application.services.authoring.create(KNOTS, by=OPERATOR)

    output = output_of("publish_course", str(course.id))

    assert output == "knots: learners now see version 1.\n"


def test_a_retired_course_opens_again_with_the_version_that_it_had(
    application: Application,
) -> None:
    application.published(KNOTS)
    application.services.authoring.retire("knots", by=OPERATOR)

    output = output_of("publish_course", "knots")

    assert output == "knots: learners now see version 1.\n"
    assert application.services.catalog.visible_to(OPERATOR, "knots").is_open


def test_a_course_that_is_not_there_cannot_be_published(application: Application) -> None:
    error, output = error_of("publish_course", "bends")

    assert error.startswith("Course not found. ")
    assert output == ""


def test_a_draft_that_is_published_already_is_not_published_again(application: Application) -> None:
    course = application.published(KNOTS)

    error, _ = error_of("publish_course", "knots")

    assert error == (
        "The draft is already published. Version 1 has the same content as the draft. "
        "Change the draft first."
    )
    assert application.services.catalog.visible_to(OPERATOR, "knots") == course


def test_a_draft_that_requires_nothing_is_not_published(application: Application) -> None:
    idle = a_definition_of(required=0, optional=1, slug="idle")
    application.services.authoring.create(idle, by=OPERATOR)

    error, _ = error_of("publish_course", "idle")

    assert error.startswith("The draft has no required item. ")
    assert not application.services.catalog.visible_to(OPERATOR, "idle").is_open
