"""Pathway definitions: reading, errors and round trip."""

from typing import Any

import pytest

from courses.definitions.pathways import pathway_of, read_pathway, write_pathway
from courses.domain.entities.pathways import PathwayDefinition
from courses.domain.errors import InvalidPathwayDefinition
from tests.support.definitions import raised_errors
from tests.support.pathways import a_definition_with_exams, a_stage

TEXT = """\
slug: ropes
title: Ropes
summary: From knots to bends.
stages:
  - key: start
    title: The start
    choose: 1
    courses:
      - course: knots
      - course: harbour--bends
        after: [knots]
"""
ROPES = a_definition_with_exams(
    a_stage("knots", "harbour--bends", choose=1, after={"harbour--bends": ("knots",)}),
)


def body(*courses: Any, **parts: Any) -> dict[str, Any]:
    stage = {"key": "start", "title": "The start", "courses": list(courses)}
    return {"slug": "ropes", "title": "Ropes", "stages": [stage | parts]}


def course(slug: str, *after: str) -> dict[str, Any]:
    return {"course": slug, "after": list(after)}


def errors_of(value: Any) -> list[tuple[str, str]]:
    return raised_errors(InvalidPathwayDefinition, lambda: pathway_of(value))


def test_a_definition_is_read() -> None:
    assert read_pathway(TEXT) == ROPES


@pytest.mark.parametrize(
    "definition",
    [
        ROPES,
        a_definition_with_exams(a_stage("knots")),
        a_definition_with_exams(
            a_stage("knots"), a_stage("bends", key="end", after={"bends": ("knots",)}), summary=""
        ),
    ],
)
def test_what_is_written_reads_back_equal(definition: PathwayDefinition) -> None:
    assert read_pathway(write_pathway(definition)) == definition


def test_a_stage_asks_for_all_of_its_courses_unless_it_says_otherwise() -> None:
    read = pathway_of(body({"course": "knots"}, {"course": "bends"}))

    assert read.summary == ""
    assert read.stages[0].choose == 2
    assert read.stages[0].courses[0].after == ()


def test_a_whole_number_with_a_point_is_a_whole_number() -> None:
    assert str(pathway_of(body(course("knots"), choose=1.0)).stages[0].choose) == "1"


@pytest.mark.parametrize(
    ("value", "field_errors"),
    [
        (
            body(course("knots"), course("knots")),
            [("stages/0/courses/1/course", "the course 'knots' is already on the pathway")],
        ),
        (
            body(course("knots", "bends")),
            [("stages/0/courses/0/after/0", "there is no course 'bends' on the pathway")],
        ),
        (
            body(course("knots", "knots")),
            [("stages/0/courses/0/after/0", "a course cannot come after itself")],
        ),
        (
            body(course("a", "b"), course("b", "a")),
            [("stages/0/courses/0/after", "these courses come after each other: a → b → a")],
        ),
        (
            body(course("a"), course("b", "a", "d"), course("c", "b"), course("d", "c")),
            [("stages/0/courses/1/after", "these courses come after each other: b → d → c → b")],
        ),
        (
            body(course("c", "b"), course("a", "b"), course("b", "a")),
            [("stages/0/courses/2/after", "these courses come after each other: b → a → b")],
        ),
        (
            body(course("knots"), choose=2),
            [("stages/0/choose", "there are not that many courses to choose from")],
        ),
        (
            body(course("knots"), choose=0),
            [("stages/0/choose", "0 is less than the minimum of 1")],
        ),
    ],
)
def test_each_error_is_reported_with_its_path(
    value: Any, field_errors: list[tuple[str, str]]
) -> None:
    assert errors_of(value) == field_errors


def test_a_circle_goes_across_stages() -> None:
    value = body(course("a", "b"))
    value["stages"].append({"key": "end", "title": "The end", "courses": [course("b", "a")]})

    assert errors_of(value) == [
        ("stages/0/courses/0/after", "these courses come after each other: a → b → a")
    ]


def test_a_long_chain_is_no_cycle() -> None:
    stages = [
        {
            "key": f"stage-{number}",
            "title": "A stage",
            "courses": [
                course(f"c-{index}", *([f"c-{index + 1}"] if index < 2499 else []))
                for index in range(50 * number, 50 * number + 50)
            ],
        }
        for number in range(50)
    ]

    definition = pathway_of({"slug": "ropes", "title": "Ropes", "stages": stages})

    assert len(list(definition.courses)) == 2500


def test_a_diamond_is_no_cycle() -> None:
    value = body(course("a", "b", "c"), course("b", "d"), course("c", "d"), course("d"))

    assert [slug for slug, _ in pathway_of(value).courses] == ["a", "b", "c", "d"]


def test_a_key_stands_once() -> None:
    value = body(course("a"))
    value["stages"].append({"key": "start", "title": "Again", "courses": [course("b")]})

    assert errors_of(value) == [("stages/1/key", "the key 'start' is taken")]


@pytest.mark.parametrize(
    ("old", "new", "field_error"),
    [
        ("after: [knots]", "after: [bends]", "line 11: there is no course 'bends' on the pathway"),
        ("choose: 1", "choose: 3", "line 7: there are not that many courses to choose from"),
        ("choose: 1", "choose: 01", "line 7: '01' is not of type 'integer'"),
        ("choose: 1", "chose: 1", "line 7: there is no such member here"),
    ],
)
def test_errors_in_text_name_the_line(old: str, new: str, field_error: str) -> None:
    with pytest.raises(InvalidPathwayDefinition) as error:
        read_pathway(TEXT.replace(old, new))

    assert [line.detail for line in error.value.field_errors] == [field_error]


def test_an_id_is_no_slug_of_a_course() -> None:
    ((path, detail),) = errors_of(body(course("00000000-0000-4000-8000-000000000000")))

    assert path == "stages/0/courses/0/course"
    assert "does not look like an id" in detail


def test_text_that_is_nothing_at_all_is_refused() -> None:
    with pytest.raises(InvalidPathwayDefinition):
        read_pathway("")
