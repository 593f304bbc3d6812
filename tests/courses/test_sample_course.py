"""The sample course: style, structure and Markdown."""

import re
from collections import Counter
from typing import Final

import pytest

from authsvc.demo import samples
from courses.definitions.courses import read_definition
from courses.domain.entities.outlines import ItemType, ModuleItem

COURSE: Final = read_definition(samples.COURSE.read_text(encoding="utf-8"))
ITEMS: Final = [item for module in COURSE.modules for item in module.items]
OF_TYPE: Final = {type_: [item for item in ITEMS if item.type is type_] for type_ in ItemType}
FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)


def keys_of(items: list[ModuleItem]) -> list[str]:
    return [item.key for item in items]


def prose_of(item: ModuleItem) -> str:
    """The text without fenced code."""
    return "".join(FENCE.split(item.body)[::6])


def test_it_is_a_whole_course() -> None:
    assert COURSE.slug == "intro-to-claude"
    assert len(COURSE.modules) >= 4
    assert len(ITEMS) >= 15
    assert len(COURSE.summary.split()) >= 30


def test_modules_and_items_have_keys_and_titles_of_their_own() -> None:
    for names in (
        [module.key for module in COURSE.modules],
        [module.title for module in COURSE.modules],
        keys_of(ITEMS),
        [item.title for item in ITEMS],
    ):
        assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("lesson", OF_TYPE[ItemType.LESSON], ids=keys_of(OF_TYPE[ItemType.LESSON]))
def test_a_lesson_has_enough_to_read_and_something_to_try(lesson: ModuleItem) -> None:
    assert len(prose_of(lesson).split()) >= 150
    assert lesson.body.count("\n## Try it\n") == 1


def test_it_has_one_short_quiz_with_four_answers_to_each_question() -> None:
    (quiz,) = OF_TYPE[ItemType.ASSESSMENT]

    _, *questions = re.split(r"^## Question (?=\d)", quiz.body, flags=re.MULTILINE)

    assert quiz.is_required
    assert 3 <= len(questions) <= 10
    for number, question in enumerate(questions, start=1):
        assert question.startswith(f"{number}\n")
        assert re.findall(r"^- ([A-Z])\. \S", question, re.MULTILINE) == ["A", "B", "C", "D"]


def test_the_quiz_sends_its_readers_to_a_lesson_for_each_question() -> None:
    (quiz,) = OF_TYPE[ItemType.ASSESSMENT]
    questions, _, answers = quiz.body.partition("## Check your answers\n")

    lessons = re.findall(r'^\d\. "(.+)"$', answers, re.MULTILINE)

    assert len(lessons) == questions.count("## Question ")
    assert set(lessons) <= {lesson.title for lesson in OF_TYPE[ItemType.LESSON]}


def test_what_lies_outside_is_optional_and_reached_over_https() -> None:
    for visit in OF_TYPE[ItemType.EXTERNAL]:
        assert visit.url.startswith("https://")
        assert not visit.is_required
        assert visit.body


def test_lessons_that_are_named_are_there() -> None:
    titles = {item.title for item in ITEMS}

    named = [
        name
        for item in ITEMS
        for name in re.findall(r'[Ll]essons? "([^"]+)"', " ".join(item.body.split()))
    ]

    assert named
    assert set(named) <= titles


@pytest.mark.parametrize("item", ITEMS, ids=keys_of(ITEMS))
def test_every_fence_is_closed(item: ModuleItem) -> None:
    marks = FENCE.findall(item.body)

    assert len(marks) % 2 == 0
    assert all(
        opening == closing and not info.strip()
        for (opening, _), (closing, info) in zip(marks[::2], marks[1::2], strict=True)
    )


@pytest.mark.parametrize("item", ITEMS, ids=keys_of(ITEMS))
def test_markdown_shows_as_it_is_meant(item: ModuleItem) -> None:
    text = prose_of(item)

    assert text.count("**") % 2 == 0
    assert text.count("`") % 2 == 0
    assert set(re.findall(r"^(#+) ", text, re.MULTILINE)) <= {"##"}
    assert not re.search(r"^#+[^#\s]|<\w|\]\(|[ \t]$", text, re.MULTILINE)


def test_nobody_has_to_scroll_sideways() -> None:
    assert max(len(line) for item in ITEMS for line in item.body.splitlines()) <= 100
