"""Malformed assessments in definitions: each error has its line, and nothing changes."""

from pathlib import Path
from typing import Final

import pytest

from accounts.domain.access import OPERATOR
from courses.definitions.courses import read_definition
from tests.support.application import Application
from tests.support.commands import error_of
from tests.support.definitions import errors_in
from tests.support.exams import EXAMS, WITH_LEVELS, Mutant, mutants

MUTANTS: Final = list(mutants())
QUIZ: Final = "modules/0/items/0/assessment"
QUESTION: Final = f"{QUIZ}/questions/0"
KING: Final = f"{QUIZ}/questions/1"
LENGTH: Final = f"{QUIZ}/questions/2"
PICTURE: Final = "modules/0/items/1/assessment/questions/0"
EXAM: Final = "modules/0/items/2/assessment"
UNCOMPARABLE: Final = "the number is not finite, or too large"
TAKEN: Final = "the key {!r} is taken"
KINDS: Final = "['mcq', 'short', 'code', 'file', 'peer']"
UNSCORED: Final = "this kind needs a grader: set `scoring` to rubric or manual"


def with_slip(old: str, new: str) -> str:
    """The text with the first *old* replaced."""
    assert old in EXAMS
    return EXAMS.replace(old, new, 1)


def test_the_definition_itself_is_valid_and_has_a_question_of_every_kind() -> None:
    items = read_definition(EXAMS).modules[0].items
    kinds = {
        question.kind for item in items if item.assessment for question in item.assessment.questions
    }

    assert len(kinds) == 5


def test_there_are_more_than_two_hundred_ways_to_get_it_wrong() -> None:
    assert len({mutant.text for mutant in MUTANTS}) == len(MUTANTS)
    assert len(MUTANTS) > 200


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_line_that_went_wrong_is_named(mutant: Mutant) -> None:
    details = [detail for _, detail in errors_in(mutant.text)]

    assert [
        detail
        for detail in details
        if detail.startswith(f"line {mutant.line}: ") and mutant.says in detail
    ]


@pytest.mark.database
@pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.nightly)])
def test_what_went_wrong_changes_nothing(
    application: Application, tmp_path: Path, every: int
) -> None:
    application.services.authoring.create(read_definition(EXAMS), by=OPERATOR)
    before = application.services.authoring.export("knots", by=OPERATOR)
    file = tmp_path / "knots.yaml"

    for mutant in MUTANTS[::every]:
        file.write_text(mutant.text, encoding="utf-8")
        error, output = error_of("import_course", str(file))

        assert f"line {mutant.line}: " in error, mutant.name
        assert output == "", mutant.name
    assert application.services.authoring.export("knots", by=OPERATOR) == before


@pytest.mark.parametrize(
    ("old", "new", "path", "line", "reason"),
    [
        (
            "scoring: auto",
            "late: mark",
            f"{QUIZ}/late",
            15,
            "late is only for assessments with minutes",
        ),
        ("kind: mcq", "kind: essay", f"{QUESTION}/kind", 20, f"'essay' is not one of {KINDS}"),
        ("scoring: rubric", "scoring: auto", f"{PICTURE}/kind", 50, UNSCORED),
        ("scoring: manual\n", "scoring: auto\n", f"{EXAM}/questions/0/kind", 74, UNSCORED),
        ("key: king", "key: slips", f"{KING}/key", 30, TAKEN.format("slips")),
        ("key: noose", "key: bowline", f"{QUESTION}/choices/1/key", 27, TAKEN.format("bowline")),
        ("key: looks", "key: holds", f"{PICTURE}/rubric/1/key", 57, TAKEN.format("holds")),
        ("right: true", "right: false", f"{QUESTION}/choices", 23, "no choice is right"),
        (
            "max_score: 5",
            "max_score: 6",
            f"{PICTURE}/rubric",
            53,
            "the points add up to 5, but the question has 6",
        ),
        (
            "              number: 40\n",
            "",
            LENGTH,
            36,
            "'accepts' is a required property",
        ),
        ("- bowline\n", "- '  '\n", f"{KING}/accepts/0", 34, "an answer must not be blank"),
        ("- bowline\n", "- ''\n", f"{KING}/accepts/0", 34, "'' should be non-empty"),
        (
            "prompt: Which knot slips?",
            "prompt: ''",
            f"{QUESTION}/prompt",
            21,
            "'' should be non-empty",
        ),
        (
            "right: true",
            "right: 'yes'",
            f"{QUESTION}/choices/1/right",
            29,
            "'yes' is not of type 'boolean'",
        ),
        (
            "type: assessment",
            "type: lesson",
            "modules/0/items/0",
            8,
            "only an item of type assessment has an assessment",
        ),
        (
            "kind: code",
            "kind: code\n              number: 1",
            f"{EXAM}/questions/0",
            73,
            "only short has a number",
        ),
        (
            "kind: code",
            "kind: code\n              accepts: [a]",
            f"{EXAM}/questions/0",
            73,
            "only short accepts texts",
        ),
        (
            "kind: code",
            "kind: code\n              choices: [{key: a, text: A}, {key: b, text: B}]",
            f"{EXAM}/questions/0",
            73,
            "only mcq has choices",
        ),
        (
            "accepts:",
            "rubric: [{key: a, text: A, max_score: 1}]\n              accepts:",
            KING,
            30,
            "a question that is scored automatically has no rubric",
        ),
    ],
)
def test_a_flaw_is_named_with_its_place(
    old: str, new: str, path: str, line: int, reason: str
) -> None:
    assert (path, f"line {line}: {reason}") in errors_in(with_slip(old, new))


@pytest.mark.parametrize(
    "due",
    [
        *("2026-12-01", "2026-12-01T18:00:00", "tomorrow", "''", "2026-13-01T18:00:00Z"),
        *("2026-12-01T18:00:00.5Z", "0001-01-01T00:00:00+14:00", "2026-12-01T24:60:00Z"),
    ],
)
def test_what_is_no_time_with_its_zone_is_named_with_its_place(due: str) -> None:
    reason = "it is not a date and a time with its zone, as in 2026-12-01T18:00:00Z"

    assert errors_in(with_slip("attempts: 3", f"due: {due}")) == [
        (f"{QUIZ}/due", f"line 17: {reason}")
    ]


@pytest.mark.parametrize(
    ("old", "new", "path", "line", "reason"),
    [
        ("- score: 3", "- score: 4", "0/score", 58, "the criterion has 3 points at most"),
        ("score: 0", "score: 1", "2/score", 62, "another level of the criterion has 1 point"),
        ("score: 0", "score: -1", "2/score", 62, "-1 is less than the minimum of 0"),
        ("Some of it holds.", "''", "1/text", 61, "'' should be non-empty"),
        ("text: Nothing holds.", "points: 0", "2/points", 63, "there is no such member here"),
    ],
)
def test_a_flaw_of_a_level_is_named_with_its_place(
    old: str, new: str, path: str, line: int, reason: str
) -> None:
    assert old in WITH_LEVELS
    errors = errors_in(WITH_LEVELS.replace(old, new))

    assert (f"{PICTURE}/rubric/0/levels/{path}", f"line {line}: {reason}") in errors


NUMBERS: Final = {
    "number": (f"{LENGTH}/number", "number: 40", 39),
    "tolerance": (f"{LENGTH}/tolerance", "tolerance: 2.5", 40),
    "pass_percent": (f"{QUIZ}/pass_percent", "pass_percent: 70", 16),
    "attempts": (f"{QUIZ}/attempts", "attempts: 3", 17),
    "minutes": (f"{EXAM}/minutes", "minutes: 60", 70),
}
"""The path, the text and the line of each number, by its name."""


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("number", ".nan", UNCOMPARABLE),
        ("number", "-.inf", UNCOMPARABLE),
        ("tolerance", ".inf", UNCOMPARABLE),
        ("tolerance", ".nan", UNCOMPARABLE),
        ("number", "0123", "'0123' is not of type 'number'"),
        ("number", "0x1F", "'0x1F' is not of type 'number'"),
        ("number", "12:30", "'12:30' is not of type 'number'"),
        ("number", "2026-03-01", "'2026-03-01' is not of type 'number'"),
        ("tolerance", "1_000", "'1_000' is not of type 'number'"),
        ("pass_percent", "070", "'070' is not of type 'integer'"),
        ("attempts", "no", "'no' is not of type 'integer'"),
        ("minutes", "1:30", "'1:30' is not of type 'integer'"),
        ("tolerance", "-1", "-1 is less than the minimum of 0"),
        ("pass_percent", "0", "0 is less than the minimum of 1"),
        ("pass_percent", "101", "101 is greater than the maximum of 100"),
        ("attempts", "2.5", "2.5 is not of type 'integer'"),
        ("attempts", "true", "True is not of type 'integer'"),
        ("minutes", "0", "0 is less than the minimum of 1"),
    ],
)
def test_a_number_out_of_range_is_named_with_its_place(name: str, value: str, reason: str) -> None:
    path, text, line = NUMBERS[name]

    assert (path, f"line {line}: {reason}") in errors_in(with_slip(text, f"{name}: {value}"))
