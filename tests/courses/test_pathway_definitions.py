"""Pathways on paper: what is read, what is complained of, and that they can be written down again."""

from typing import Any

import pytest

from courses.definitions import pathway_of, read_pathway, write_pathway
from courses.domain.entities import PathwayDefinition
from courses.domain.errors import InvalidPathwayDefinition
from tests.support.pathways import a_stage, on_paper

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
ROPES = on_paper(
    a_stage("knots", "harbour--bends", choose=1, after={"harbour--bends": ("knots",)}),
)


def body(*courses: Any, **parts: Any) -> dict[str, Any]:
    stage = {"key": "start", "title": "The start", "courses": list(courses)}
    return {"slug": "ropes", "title": "Ropes", "stages": [stage | parts]}


def course(slug: str, *after: str) -> dict[str, Any]:
    return {"course": slug, "after": list(after)}


def complaints_of(value: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidPathwayDefinition) as refused:
        pathway_of(value)
    return [(complaint.path, complaint.detail) for complaint in refused.value.complaints]


def test_a_definition_is_read() -> None:
    assert read_pathway(TEXT) == ROPES


@pytest.mark.parametrize(
    "definition",
    [
        ROPES,
        on_paper(a_stage("knots")),
        on_paper(
            a_stage("knots"), a_stage("bends", key="end", after={"bends": ("knots",)}), summary=""
        ),
    ],
)
def test_what_is_written_reads_back_equal(definition: PathwayDefinition) -> None:
    assert read_pathway(write_pathway(definition)) == definition


def test_what_is_not_said_of_choosing_and_summaries_is_left_open() -> None:
    read = pathway_of(body({"course": "knots"}))

    assert read.summary == ""
    assert read.stages[0].choose is None
    assert read.stages[0].courses[0].after == ()


def test_a_whole_number_with_a_point_is_a_whole_number() -> None:
    assert str(pathway_of(body(course("knots"), choose=1.0)).stages[0].choose) == "1"


@pytest.mark.parametrize(
    ("value", "complaints"),
    [
        (
            body(course("knots"), course("knots")),
            [("stages/0/courses/1/course", "the course 'knots' is on the pathway already")],
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
            body(course("knots"), choose=2),
            [("stages/0/choose", "there are not that many courses to choose from")],
        ),
        (
            body(course("knots"), choose=0),
            [("stages/0/choose", "0 is less than the minimum of 1")],
        ),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(
    value: Any, complaints: list[tuple[str, str]]
) -> None:
    assert complaints_of(value) == complaints


def test_a_circle_goes_across_stages() -> None:
    value = body(course("a", "b"))
    value["stages"].append({"key": "end", "title": "The end", "courses": [course("b", "a")]})

    assert complaints_of(value) == [
        ("stages/0/courses/0/after", "these courses come after each other: a → b → a")
    ]


def test_a_key_stands_once() -> None:
    value = body(course("a"))
    value["stages"].append({"key": "start", "title": "Again", "courses": [course("b")]})

    assert complaints_of(value) == [("stages/1/key", "the key 'start' is taken")]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("after: [knots]", "after: [bends]", "line 11: there is no course 'bends' on the pathway"),
        ("choose: 1", "choose: 3", "line 7: there are not that many courses to choose from"),
        ("choose: 1", "chose: 1", "line 7: there is no such member here"),
    ],
)
def test_complaints_about_text_name_the_line(old: str, new: str, complaint: str) -> None:
    with pytest.raises(InvalidPathwayDefinition) as refused:
        read_pathway(TEXT.replace(old, new))

    assert [each.detail for each in refused.value.complaints] == [complaint]


def test_an_id_is_no_slug_of_a_course() -> None:
    ((path, detail),) = complaints_of(body(course("00000000-0000-4000-8000-000000000000")))

    assert path == "stages/0/courses/0/course"
    assert "does not look like an id" in detail


def test_text_that_is_nothing_at_all_is_refused() -> None:
    with pytest.raises(InvalidPathwayDefinition):
        read_pathway("")
