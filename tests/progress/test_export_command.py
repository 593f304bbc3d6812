"""The export_xapi command."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from progress.domain.services import event_log
from tests.support.builders import a_definition_of
from tests.support.commands import error_of, output_of
from tests.support.learning import a_learner, a_published_course
from tests.support.worlds import World, orm_world
from tests.support.xapi import faults_in

pytestmark = pytest.mark.database

COMMAND: Final = "export_xapi"


@pytest.fixture
def school() -> World:
    """A world in which Anna has completed a course of two items: four events."""
    world = orm_world()
    course = a_published_course(world.services, a_definition_of(required=2, slug="knots"))
    a_learner(world).passes(course)
    return world


def statements_in(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_event_is_a_line(school: World) -> None:
    statements = statements_in(output_of(COMMAND))

    assert len({item["id"] for item in statements}) == len(statements) == 4
    assert [faults_in(item) for item in statements] == [[]] * 4


def test_a_file_holds_what_would_have_been_said(school: World, tmp_path: Path) -> None:
    file = tmp_path / "statements.jsonl"

    output = output_of(COMMAND, "--output", str(file))

    assert output == f"Statements written to {file}.\n"
    assert file.read_text(encoding="utf-8") == output_of(COMMAND)


def test_pages_do_not_show(school: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = output_of(COMMAND)
    monkeypatch.setattr(event_log, "EXPORTED_AT_ONCE", 1)

    assert output_of(COMMAND) == whole


def test_what_is_not_of_the_time_is_left_out(school: World) -> None:
    moment = statements_in(output_of(COMMAND))[-1]["stored"]

    assert output_of(COMMAND, "--since", moment) == ""
    assert len(statements_in(output_of(COMMAND, "--until", moment))) == 4
    assert output_of(COMMAND, "--until", "2001-01-01T00:00:00") == ""


def test_what_is_of_another_organization_is_left_out(school: World) -> None:
    org = school.has_organization()

    assert output_of(COMMAND, "--org", org.slug) == ""


def test_an_organization_that_is_not_there_is_refused(school: World) -> None:
    sentence, before = error_of(COMMAND, "--org", "nowhere")

    assert "organization" in sentence
    assert before == ""


@pytest.mark.parametrize("moment", ["noon", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_is_refused(school: World, moment: str) -> None:
    sentence, _ = error_of(COMMAND, "--since", moment)

    assert sentence == f"{moment} is not a valid time; write it like 2026-11-25T12:00:00Z."


def test_a_file_that_cannot_be_written_is_named(school: World, tmp_path: Path) -> None:
    sentence, _ = error_of(COMMAND, "--output", str(tmp_path))

    assert sentence.startswith(f"{tmp_path} cannot be written: ")
