"""The verify, anchor and bind_records commands."""

import json
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any, Never

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts import models as accounts
from authsvc.composition.container import services
from authsvc.management.commands import verify
from courses import models as courses
from tests.support.builders import a_definition_of
from tests.support.commands import error_of, output_of
from tests.support.databases import connected_to, database_with_samples
from tests.support.learning import a_learner, a_published_course
from tests.support.tampered import Tampered, a_school, change, release_triggers, remove
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database


@pytest.fixture
def school(settings: Settings) -> World:
    """Anna has passed a course. The commands have the keys of this world."""
    services.cache_clear()
    world = replace(orm_world(), services=services())
    course = a_published_course(world.services, a_definition_of(required=2))
    a_learner(world).passes(course)
    return world


def exporting_to(settings: Settings, place: str) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, anchor_export=place)
    services.cache_clear()


def report_of(*arguments: str) -> Any:
    """The report of a verification without findings."""
    return json.loads(output_of("verify", *arguments))


@pytest.mark.usefixtures("school")
def test_a_report_says_what_was_verified() -> None:
    report = report_of()

    assert report["is_clean"]
    assert report["findings"] == []
    assert [check["name"] for check in report["checks"]] == [
        "event-log",
        "attempts",
        "ai-sessions",
        "audit-log",
        "course-versions",
        "credential-definitions",
        "issued-credentials",
        "signed-credentials",
        "prompt-templates",
        "grade-proposals",
        "anchors",
    ]
    rows = report["checks"][0]["rows"]
    assert rows == {"progress_progressevent": 4, "progress_courseprogress": 1}


def test_findings_are_reported_and_fail_the_command(school: World) -> None:
    release_triggers()
    change(courses.CourseVersion.objects.all(), title="Changed")

    error, output = error_of("verify", "--only", "course-versions")

    assert error == "The data does not verify: 1 finding."
    (finding,) = json.loads(output)["findings"]
    assert finding["check"] == "course-versions"
    assert (finding["kind"], finding["table"]) == ("changed", "courses_courseversion")
    assert finding["detail"] == "its content does not have its checksum"


@pytest.mark.usefixtures("school")
def test_a_report_is_written_to_a_file_and_progress_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"

    call_command("verify", "--report", str(file))

    output = capsys.readouterr()
    assert json.loads(file.read_text())["is_clean"]
    assert output.out == ""
    assert "event-log: 5 rows" in output.err.splitlines()


def test_several_processes_report_what_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database_with_samples(tmp_path) as url, connected_to(url):
        monkeypatch.setenv("DATABASE_URL", url)  # of the processes
        alone = report_of("--processes", "1")
        together = report_of("--processes", "2")

    assert alone["is_clean"]
    assert sum(sum(check["rows"].values()) for check in alone["checks"]) > 0
    assert together["checks"] == alone["checks"]


def test_a_number_of_processes_is_bounded() -> None:
    error, _ = error_of("verify", "--processes", "0")

    assert error.startswith("Error: argument --processes: invalid choice: 0")


def test_a_killed_process_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object, **__: object) -> Never:
        raise BrokenProcessPool

    monkeypatch.setattr(verify, "in_processes", killed)

    error, _ = error_of("verify", "--processes", "2")

    assert error.startswith("A process was killed before it had verified its part.")


def test_an_unknown_check_is_refused() -> None:
    error, _ = error_of("verify", "--only", "weather")

    assert error.startswith("There is no check weather; choose from event-log, ")


@pytest.mark.usefixtures("school")
def test_a_report_that_cannot_be_written_fails(tmp_path: Path) -> None:
    error, _ = error_of("verify", "--report", str(tmp_path))

    assert error == f"{tmp_path} cannot be written: Is a directory."


@pytest.mark.usefixtures("school")
def test_an_anchor_is_printed_stored_and_exported(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    exporting_to(settings, str(file))

    lines = [output_of("anchor"), output_of("anchor", "--new-key")]

    assert file.read_text() == "".join(lines)
    assert [json.loads(line)["sequence"] for line in lines] == [1, 2]
    assert accounts.Anchor.objects.count() == 2


@pytest.mark.usefixtures("school")
def test_an_export_that_fails_is_reported(settings: Settings, tmp_path: Path) -> None:
    exporting_to(settings, str(tmp_path / "missing" / "anchors.jsonl"))

    error, output = error_of("anchor")

    assert error == "Anchor 1 is stored, but cannot be exported: No such file or directory."
    assert json.loads(output)["sequence"] == 1


def test_exported_anchors_find_a_history_that_was_rebuilt(tmp_path: Path) -> None:
    town: Tampered = a_school()
    services.cache_clear()
    file = tmp_path / "anchors.jsonl"
    file.write_text(output_of("anchor", "--new-key"))
    remove(accounts.Anchor.objects.all())
    town.rewrite(lambda log: log[:-1])
    output_of("anchor")

    error, output = error_of("verify", "--only", "anchors", "--anchor", str(file))

    assert error.startswith("The data does not verify: ")
    findings = json.loads(output)["findings"]
    assert {"anchor-differs", "missing"} <= {finding["kind"] for finding in findings}
    assert "progress_progressevent" in {finding["table"] for finding in findings}


@pytest.mark.parametrize("text", [None, "nothing"])
def test_a_file_without_anchors_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "anchors.jsonl"
    if text:
        file.write_text(text)

    error, _ = error_of("verify", "--anchor", str(file))

    assert error.startswith(f"{file} ")


@pytest.mark.usefixtures("school")
def test_records_are_bound_once() -> None:
    output = output_of("bind_records")

    assert output == "course versions: 0 bound\nattempts: 0 bound\ncredentials: 0 bound\n"
