"""Rows: their values, taken from entities."""

from dataclasses import replace
from uuid import uuid4

import pytest

from accounts.domain.access import UserId
from authsvc.storage.rows import values_of
from courses import models as rows
from courses.domain.repositories.orm.stored_json import outline_to_json
from tests.support.builders import a_version
from tests.support.worlds import World


def test_every_column_has_the_value_of_the_attribute_with_its_name(memory: World) -> None:
    course = memory.has_course()

    values = values_of(rows.Course, course)

    assert values.keys() == {field.attname for field in rows.Course._meta.concrete_fields}
    assert (values["slug"], values["search_text"]) == (course.slug, course.search_text)


def test_the_column_of_a_foreign_key_has_the_value_of_the_attribute_without_id(
    memory: World,
) -> None:
    author = UserId(uuid4())

    assert (
        values_of(rows.Course, replace(memory.has_course(), created_by=author))["created_by_id"]
        == author
    )


def test_a_given_value_replaces_the_attribute_and_an_automatic_key_is_left_out(
    memory: World,
) -> None:
    version = a_version(memory.has_course())
    outline = outline_to_json(version.outline)

    values = values_of(rows.CourseVersion, version, outline=outline)

    assert values["outline"] == outline
    assert "id" not in values


def test_a_column_that_no_attribute_fills_is_a_defect(memory: World) -> None:
    with pytest.raises(AttributeError, match="search_text"):
        values_of(rows.Course, a_version(memory.has_course()), id=uuid4())
