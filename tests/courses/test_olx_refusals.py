"""Open edX courses with files that are broken, dangerous or missing."""

import random
import shutil
from pathlib import Path
from typing import Final

import pytest

from courses.definitions.courses import read_definition, write_definition
from courses.domain.errors import InvalidDefinition
from tests.support.olx import KNOTS, a_course_in, error_of, mapped, put
from tests.support.profiles import PROFILE, TIMES_AS_MANY

TEXT: Final = "<html><p>Make a loop.</p></html>"
NAMES: Final = sorted(
    str(path.relative_to(KNOTS)) for path in KNOTS.rglob("*") if path.suffix in (".xml", ".html")
)
CUT_EVERY: Final = 97 // TIMES_AS_MANY[PROFILE]
"""After how many bytes files are cut short."""
BOMB: Final = """<?xml version="1.0"?>
<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<html>&c;</html>"""
DEEP = f"<html>{'<i>' * 200}{'</i>' * 200}</html>"
FOREIGN: Final = """<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<html>&secret;</html>"""


def is_read_or_refused(folder: Path) -> bool:
    """Whether the course can be written as a definition, or is refused with a reason."""
    try:
        definition, _ = mapped(folder)
    except InvalidDefinition as error:
        return bool(error.field_errors)
    return read_definition(write_definition(definition)) == definition


@pytest.mark.parametrize(
    ("files", "place", "reason"),
    [
        ({}, "course.xml:2", "html/x.xml is missing"),
        ({"html/x.xml": '<html filename="y"/>'}, "html/x.xml:1", "html/y.html is missing"),
        ({"html/x.xml": "<html>"}, "html/x.xml:1", "no element found"),
        ({"html/x.xml": b'<?xml version="1.0" encoding="klingon"?><a/>'}, "html/x.xml:1", "unknown encoding"),
        ({"html/x.xml": "<problem/>"}, "course.xml:2", "html/x.xml contains a <problem>"),
        ({"html/x.html": b"\xff"}, "course.xml:2", "html/x.html is not text in UTF-8"),
        ({"html/x.html": "<![nonsense[]]>"}, "course.xml:2", "the HTML is malformed"),
        ({"html/x.html": "<td colspan='²'>x"}, "course.xml:2", "the HTML is malformed"),
        ({"html/x.html": "<div>" * 5000}, "course.xml:2", "the HTML is nested too deeply, more than 40 times"),
        ({"html/x.html": f"<ol>{'<li>x</li>' * 1001}"}, "course.xml:2", "it has more than 1,000 list items"),
        ({"html/x.html": "x" * 400_001}, "course.xml:2", "the HTML is longer than 400,000 characters"),
        ({"html/x.html": "x" * 4_000_001}, "course.xml:2", "html/x.html is longer than 4,000,000 bytes"),
        ({"html/x.html": "x" * 100_001}, "course.xml:2", "the text of a unit is longer than 100,000 characters"),
        ({"html/x.xml": BOMB}, "html/x.xml:2", "a document type is not allowed"),
        ({"html/x.xml": FOREIGN}, "html/x.xml:1", "a document type is not allowed"),
        ({"html/x.xml": DEEP}, "html/x.xml:1", "the XML is nested too deeply, more than 40 times"),
        ({"html/x.xml": '<html filename="../y"/>'}, "html/x.xml:1", "html/../y.html is outside of the course"),
        ({"html/x.xml/y": ""}, "course.xml:2", "html/x.xml is missing"),
    ],
)  # fmt: skip  # a table
def test_a_file_that_cannot_be_read_is_named_and_reading_goes_on(
    tmp_path: Path, files: dict[str, str | bytes], place: str, reason: str
) -> None:
    folder = a_course_in(tmp_path, f'{TEXT}<html url_name="x"/>')
    put(folder, files)

    definition, unmapped = mapped(folder)

    assert [item.body for item in definition.modules[0].items] == ["Make a loop."]
    of_elements = [line for line in unmapped if "<" in line]
    assert of_elements == [f"{place}: <html> cannot be mapped: {reason}"]


def test_a_summary_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = a_course_in(tmp_path, TEXT)
    put(folder, {"about/short_description.html": b"\xff"})

    definition, unmapped = mapped(folder)

    assert definition.summary == ""
    assert unmapped == [
        "course.xml:1: <course> cannot be mapped: about/short_description.html is not text in UTF-8"
    ]


def test_a_link_out_of_the_course_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    folder = a_course_in(tmp_path / "course", f'{TEXT}<html url_name="x"/>')
    (folder / "html").mkdir()
    (folder / "html/x.html").symlink_to(tmp_path / "secret.html")
    (folder / "html/x.xml").symlink_to(folder / "html/x.xml")

    definition, unmapped = mapped(folder)

    assert "secret" not in write_definition(definition)
    assert len(unmapped) == 1


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({}, "course.xml: course.xml is missing"),
        ({"course.xml": ""}, "course.xml: line 1: no element found"),
        ({"course.xml": "<course>"}, "course.xml: line 1: no element found"),
        ({"course.xml": "\n<chapter/>"}, "course.xml: line 2: <chapter> is not a course"),
        ({"course.xml": BOMB}, "course.xml: line 2: a document type is not allowed"),
        ({"course.xml": FOREIGN}, "course.xml: line 1: a document type is not allowed"),
        ({"course.xml": '<course url_name="x"/>'}, "course.xml: course/x.xml is missing"),
        ({"course.xml": '<course url_name="../x"/>'}, "course.xml: course/../x.xml is outside of the course"),
        ({"course.xml": '<course url_name="x"/>', "course/x.xml": "<course"}, "course/x.xml: line 1: unclosed token"),
        ({"course.xml": "<course/>"}, "course.xml: nothing in the course can be mapped"),
        ({"course.xml": "<course><wiki/></course>"}, "course.xml: nothing in the course can be mapped"),
    ],
)  # fmt: skip  # a table
def test_what_is_no_course_is_refused(
    tmp_path: Path, files: dict[str, str | bytes], detail: str
) -> None:
    put(tmp_path, files)

    assert error_of(tmp_path)[0] == detail


def test_of_a_course_of_which_nothing_is_left_everything_is_named(tmp_path: Path) -> None:
    folder = a_course_in(tmp_path, "<lti/>")

    assert error_of(folder)[1:] == [
        ": course.xml:2: <lti> cannot be mapped",
        ": course.xml:2: <vertical> cannot be mapped: nothing in it can be mapped",
        ": course.xml:1: <chapter> cannot be mapped: nothing in it can be mapped",
    ]


def test_a_course_that_reads_the_same_files_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.definitions.olx.folder.MOST_FILES", 5)
    folder = a_course_in(tmp_path, '<html url_name="x"/>' * 6)
    put(folder, {"html/x.xml": TEXT})

    assert error_of(folder) == ["course.xml: more than 5 files of the course would be read"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_cut_short_or_is_missing_never_ends_in_a_crash(
    tmp_path: Path, name: str
) -> None:
    folder = shutil.copytree(KNOTS, tmp_path / "knots")
    whole = (folder / name).read_bytes()

    for length in (*range(0, len(whole), CUT_EVERY), None):
        if length is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(whole[:length])
        assert is_read_or_refused(folder)


@pytest.mark.parametrize("seed", range(20 * TIMES_AS_MANY[PROFILE]))
def test_files_in_which_bytes_were_changed_never_end_in_a_crash(tmp_path: Path, seed: int) -> None:
    folder = shutil.copytree(KNOTS, tmp_path / "knots")
    chance = random.Random(seed)
    for name in NAMES:
        content = bytearray((folder / name).read_bytes())
        for _ in range(chance.randrange(3)):
            content[chance.randrange(len(content))] = chance.choice(b"<>&\"'/=! ax0\x00\xff[]")
        (folder / name).write_bytes(content)

    assert is_read_or_refused(folder)
