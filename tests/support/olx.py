"""Open edX courses in folders, and their import."""

from pathlib import Path
from typing import Final

import pytest

from courses.definitions.olx.losses import lines_of
from courses.definitions.olx.reading import read_olx
from courses.domain.entities.assessments import Question
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import ModuleItem
from courses.domain.errors import InvalidDefinition
from tests.support.documents import ROOT

KNOTS: Final = ROOT / "tests/courses/olx/knots"
ROPES: Final = ROOT / "tests/courses/olx/ropes"
"""Elements and attributes of OLX, as many as people use, and some that nobody knows."""


def a_course_in(folder: Path, vertical: str) -> Path:
    """Write a course with one vertical, on line 2, to the folder."""
    text = (
        '<course org="SailX" course="KNOTS"><chapter url_name="c"><sequential>\n'
        f'<vertical url_name="v" display_name="Knots">{vertical}</vertical>\n'
        "</sequential></chapter></course>"
    )
    put(folder, {"course.xml": text})
    return folder


def put(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def mapped(folder: Path) -> tuple[CourseDefinition, list[str]]:
    """The course, and what of its meaning was lost."""
    definition, losses = read_olx(folder)
    return definition, [str(loss) for loss in losses if not loss.is_minor]


def report_of(folder: Path) -> list[str]:
    """The report of the import."""
    _, losses = read_olx(folder)
    return list(lines_of(losses))


def items_in(folder: Path) -> list[ModuleItem]:
    definition, _ = read_olx(folder)
    return [item for module in definition.modules for item in module.items]


def questions_in(folder: Path) -> list[Question]:
    assessments = [item.assessment for item in items_in(folder) if item.assessment is not None]
    return [question for assessment in assessments for question in assessment.questions]


def error_of(folder: Path) -> list[str]:
    """The errors with which the course is refused."""
    with pytest.raises(InvalidDefinition) as error:
        read_olx(folder)
    return [f"{field_error.path}: {field_error.detail}" for field_error in error.value.field_errors]
