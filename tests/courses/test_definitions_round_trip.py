"""Round trip of definitions: what is written reads back equal, in YAML and in JSON."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from authsvc.kernel.text import name_error
from courses.definitions.courses import read_definition, write_definition
from courses.domain.entities.assessments import (
    AnswerKey,
    Assessment,
    AssessmentType,
    Choice,
    Criterion,
    LatePolicy,
    Level,
    Question,
    QuestionKind,
    ScoringModel,
)
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from tests.support.builders import a_definition, a_module_definition, an_item_definition
from tests.support.definitions import errors_in
from tests.support.profiles import examples

OTHER_THAN_WORDS: Final = (
    *(
        "1",
        "-1",
        "1_000",
        "0x1f",
        "0o17",
        "017",
        "1e3",
        ".5",
        "12:30:45",
        ".inf",
        ".NaN",
        "1" * 101,
    ),
    *("true", "False", "yes", "No", "on", "OFF", "y", "null", "Null", "~", "=", "<<"),
    *("2026-03-01", "2026-03-01 12:00:00", "2026-02-31"),
)
MARKS: Final = (
    *(
        "- dash",
        "? question",
        ": colon",
        "key: value",
        "a # comment",
        "#hash",
        "|",
        "|2-",
        ">",
        "%",
    ),
    *("---", "...", "[list]", "{map: 1}", "'one'", '"two"', "`tick`", "@at", ", comma"),
    *("!tag", "&anchor", "*alias", "%YAML 1.2", "\\n", "\\u00e9", "\\", "a\tb", "\ttab"),
    *(" space", "space ", "  ", "\u00a0", "\ufeff", "\x7f", "\x1b", "\x9f", "\uffff", "🪢", "नमस्ते"),
)
BREAKS: Final = (
    *("\n", "\n\n", "\n \n", "\n    ", "\n\t", " \n", "\r", "\r\n", "\x85", "\u2028", "\u2029"),
)
LETTERS: Final = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
PIECES: Final = st.sampled_from((*OTHER_THAN_WORDS, *MARKS, *BREAKS, "word " * 30, "w" * 150))
TEXTS: Final = st.lists(PIECES | st.text(LETTERS, max_size=9), max_size=8).map("".join)


def title_of(text: str) -> str:
    """The text without the characters that no title has; a question mark if nothing is visible."""
    allowed = "".join(char for char in text if name_error(f"a{char}a") is None)
    title = unicodedata.normalize("NFC", allowed).strip()[:200].strip()
    return title if title and name_error(title) is None else "?"


TITLES: Final = TEXTS.map(title_of)
KEYS: Final = st.sampled_from(
    ["1", "017", "0x1f", "1e3", "true", "no", "null", "2026-03-01"]
) | st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}", fullmatch=True)
URLS: Final = st.text(LETTERS, min_size=1, max_size=30).map(
    lambda text: f"https://{''.join(text.split()) or 'knots.example'}"
)
WITHIN: Final = st.builds(
    ModuleItem,
    key=KEYS,
    title=TITLES,
    type=st.sampled_from([ItemType.LESSON, ItemType.ASSESSMENT]),
    is_required=st.booleans(),
    body=TEXTS,
)
SENTENCES: Final = TEXTS.map(lambda text: text[:1000] if text[:1000].strip() else "?")
NUMBERS: Final = st.floats(allow_nan=False, allow_infinity=False)


def questions(*kinds: QuestionKind, **parts: Any) -> st.SearchStrategy[Question]:
    """Questions of these kinds, with other parts as given."""
    parts = {"max_score": st.integers(1, 1000), "feedback": st.just("") | TEXTS} | parts
    return st.builds(Question, key=KEYS, kind=st.sampled_from(kinds), prompt=SENTENCES, **parts)


SHORT: Final = questions(
    QuestionKind.SHORT,
    answer_key=st.builds(
        AnswerKey,
        texts=st.lists(SENTENCES, min_size=1, max_size=2).map(tuple),
        number=st.none(),
        keeps_case=st.booleans(),
        ignores_space=st.booleans(),
    )
    | st.builds(
        AnswerKey,
        texts=st.lists(SENTENCES, max_size=2).map(tuple),
        number=NUMBERS,
        tolerance=NUMBERS.map(abs),
        allows_comma=st.booleans(),
    )
    | st.builds(AnswerKey, minimum=NUMBERS.map(lambda number: -abs(number)))
    | st.builds(
        AnswerKey,
        minimum=NUMBERS.map(lambda number: -abs(number)),
        maximum=NUMBERS.map(abs),
        allows_comma=st.booleans(),
    ),
)
MCQ: Final = questions(
    QuestionKind.MCQ,
    choices=st.lists(
        st.builds(Choice, key=KEYS, text=SENTENCES, is_right=st.booleans()),
        min_size=2,
        max_size=3,
        unique_by=lambda choice: choice.key,
    ).map(lambda choices: (replace(choices[0], is_right=True), *choices[1:])),
)
SCORED_BY_PEOPLE: Final = questions(
    QuestionKind.CODE,
    QuestionKind.FILE,
    QuestionKind.PEER,
    max_score=st.just(1),
    rubric=st.lists(
        st.builds(
            Criterion,
            key=KEYS,
            text=SENTENCES,
            max_score=st.just(1),
            levels=st.just(())
            | st.tuples(
                st.builds(Level, score=st.just(1), text=SENTENCES),
                st.builds(Level, score=st.just(0), text=SENTENCES),
            ),
        ),
        max_size=1,
    ).map(tuple),
)
ASSESSMENTS: Final = st.builds(
    Assessment,
    questions=st.lists(
        SHORT | MCQ | SCORED_BY_PEOPLE,
        min_size=1,
        max_size=3,
        unique_by=lambda question: question.key,
    ).map(tuple),
    type=st.sampled_from(AssessmentType),
    scoring=st.sampled_from([ScoringModel.RUBRIC, ScoringModel.MANUAL]),
    pass_percent=st.integers(1, 100),
    attempt_limit=st.none() | st.integers(1, 100),
    time_limit_minutes=st.integers(1, 100_000),
    late=st.sampled_from(LatePolicy),
    due_at=st.none()
    | st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(microsecond=0)),
)
TESTS: Final = st.builds(
    ModuleItem,
    key=KEYS,
    title=TITLES,
    type=st.just(ItemType.ASSESSMENT),
    body=TEXTS,
    assessment=ASSESSMENTS,
)
OUTSIDE: Final = st.builds(
    ModuleItem,
    key=KEYS,
    title=TITLES,
    type=st.just(ItemType.EXTERNAL),
    is_required=st.booleans(),
    body=TEXTS,
    url=URLS,
)


@st.composite
def definitions(draw: st.DrawFn) -> CourseDefinition:
    """Definitions of every kind that the schema allows, with text that YAML could read as something else."""
    keys = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
    items = draw(
        st.lists(
            WITHIN | OUTSIDE | TESTS,
            min_size=len(keys),
            max_size=5,
            unique_by=lambda item: item.key,
        )
    )
    modules = tuple(
        CourseModule(key=key, title=draw(TITLES), items=tuple(items[number :: len(keys)]))
        for number, key in enumerate(keys)
    )
    return CourseDefinition(
        slug=draw(KEYS), title=draw(TITLES), summary=draw(TEXTS), modules=modules
    )


def with_body(body: str) -> CourseDefinition:
    """A course with one lesson, which has this body."""
    lesson = an_item_definition(body=body)
    return a_definition(modules=(a_module_definition(items=(lesson,)),))


def value_of(definition: CourseDefinition) -> Any:
    """The definition as a JSON value."""
    return yaml.safe_load(write_definition(definition))


@examples(10)
@given(definitions())
def test_what_is_written_reads_back_as_the_same(definition: CourseDefinition) -> None:
    assert read_definition(write_definition(definition)) == definition


@examples(10)
@given(
    definition=definitions(),
    is_ascii=st.booleans(),
    indent=st.sampled_from([None, 0, 2, "\t"]),
)
def test_json_says_the_same_however_it_is_written(
    *, definition: CourseDefinition, is_ascii: bool, indent: int | str | None
) -> None:
    text = json.dumps(value_of(definition), ensure_ascii=is_ascii, indent=indent)

    assert read_definition(text) == definition


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "    indented code\n\nand then none\n",
        "a space at the end \nof a line",
        "\n\nafter two blank lines\n\n\n",
        "a\ttab\nand a line",
        "a line\u2028and\x85others\n",
        "from Windows\r\n",
        "---\n- a: dash\n...\n",
    ],
)
def test_text_keeps_its_blanks_and_its_lines(body: str) -> None:
    definition = with_body(body)

    assert read_definition(write_definition(definition)) == definition


def test_text_of_several_lines_is_written_as_people_write_it() -> None:
    written = write_definition(with_body("Make a loop.\n\nThen *pull* 🪢.\n"))

    assert "    body: |\n      Make a loop.\n\n      Then *pull* 🪢.\n" in written


def test_what_goes_without_saying_is_not_written() -> None:
    written = value_of(with_body("Make a loop."))

    (lesson,) = written["modules"][0]["items"]
    assert set(lesson) == {"key", "title", "type", "body"}


def test_json_with_a_fault_is_refused_with_the_line_of_the_fault() -> None:
    text = json.dumps(value_of(with_body("Pull 🪢.")) | {"title": 5}, indent="\t")

    assert errors_in(text) == [("title", "line 4: 5 is not of type 'string'")]
