"""The command that imports courses of Open edX."""

import shutil
import tarfile
from pathlib import Path

import pytest

from accounts.domain.access import OPERATOR
from courses.definitions.olx.reading import read_olx
from courses.domain.errors import CourseNotFound
from tests.support.application import Application
from tests.support.commands import error_of, output_of
from tests.support.olx import KNOTS, a_course_in, mapped, put, report_of

pytestmark = pytest.mark.database


def keys_of(application: Application, slug: str) -> list[str]:
    draft = application.services.authoring.export(slug, by=OPERATOR)
    return [item.key for module in draft.modules for item in module.items]


def test_an_import_says_what_could_not_be_mapped_and_how_much_that_was(
    application: Application,
) -> None:
    output = output_of("import_course", str(KNOTS)).splitlines()

    definition, _ = mapped(KNOTS)
    _, losses = read_olx(KNOTS)
    assert output == [
        *report_of(KNOTS),
        "sailx-knots101: the draft has 2 modules and 7 items.",
        f"{len(losses)} parts of the course could not be mapped.",
        "To publish it: manage.py publish_course sailx-knots101",
    ]
    assert keys_of(application, "sailx-knots101") == [
        item.key for module in definition.modules for item in module.items
    ]


def test_a_course_of_which_nothing_is_left_out_says_so_by_silence(
    application: Application, tmp_path: Path
) -> None:
    folder = a_course_in(tmp_path, "<html><p>Make a loop.</p></html>")

    output = output_of("import_course", str(folder))

    assert output.splitlines() == [
        "sailx-knots: the draft has 1 module and 1 item.",
        "To publish it: manage.py publish_course sailx-knots",
    ]


def test_a_packed_export_is_imported_like_its_folder(
    application: Application, tmp_path: Path
) -> None:
    file = tmp_path / "knots.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        archive.add(KNOTS, arcname="course")

    output = output_of("import_course", str(file))

    assert output == output_of("import_course", str(KNOTS))
    assert len(keys_of(application, "sailx-knots101")) == 7


def test_a_changed_course_takes_the_place_of_its_draft(
    application: Application, tmp_path: Path
) -> None:
    folder = shutil.copytree(KNOTS, tmp_path / "knots")
    output_of("import_course", str(folder))
    put(folder, {"vertical/quiz.xml": '<vertical><html url_name="before"/></vertical>'})

    output_of("import_course", str(folder))

    assert keys_of(application, "sailx-knots101") == [
        "read", "film", "quiz", "read-2", "film-2", "sheet-bend",
    ]  # fmt: skip  # a list of names


def test_a_course_of_which_nothing_can_be_mapped_is_refused_with_the_reasons(
    application: Application, tmp_path: Path
) -> None:
    error, output = error_of("import_course", str(a_course_in(tmp_path, "<lti/>")))

    assert error.splitlines()[:3] == [
        "The course definition is not valid:",
        "  course.xml: nothing in the course can be mapped",
        "  course.xml:2: <lti> cannot be mapped",
    ]
    assert output == ""
    with pytest.raises(CourseNotFound):
        keys_of(application, "sailx-knots")


def test_an_archive_that_is_not_there_is_named(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "missing.tar.gz"

    error, _ = error_of("import_course", str(file))

    assert error == f"{file} cannot be read: No such file or directory."


def test_a_file_that_is_not_an_archive_is_rejected(
    application: Application, tmp_path: Path
) -> None:
    file = tmp_path / "knots.tar.gz"
    file.write_bytes(b"not packed")

    error, _ = error_of("import_course", str(file))

    assert error.splitlines() == [
        "The course definition is not valid:",
        "  knots.tar.gz: it is not a complete archive",
    ]
