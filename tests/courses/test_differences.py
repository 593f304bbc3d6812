"""Differences between two definitions of a course."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given

from courses.domain.entities.assessments import (
    AnswerKey,
    Assessment,
    Choice,
    Criterion,
    Level,
    Question,
    QuestionKind,
)
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.differences import ChangeKind, CourseDifference, difference
from courses.domain.entities.editing import (
    Part,
    added,
    changed,
    item_place,
    module_place,
    moved,
    part_at,
    removed,
    replaced,
    transferred,
)
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from tests.courses.test_definitions_round_trip import definitions
from tests.support.profiles import examples

SLIPS: Final = Question(
    key="slips",
    kind=QuestionKind.MCQ,
    prompt="Which slips?",
    choices=(Choice(key="a", text="A bowline"), Choice(key="b", text="A granny", is_right=True)),
)
NAME: Final = Question(
    key="name", kind=QuestionKind.SHORT, prompt="Name it.", answer_key=AnswerKey(texts=("bowline",))
)
KNOTS: Final = CourseDefinition(
    slug="knots",
    title="Knots",
    modules=(
        CourseModule(
            key="loops",
            title="Loops",
            items=(
                ModuleItem(key="bowline", title="The bowline", body="Make a loop."),
                ModuleItem(key="hitch", title="The hitch"),
                ModuleItem(
                    key="quiz",
                    title="Quiz",
                    type=ItemType.ASSESSMENT,
                    assessment=Assessment(questions=(SLIPS, NAME)),
                ),
            ),
        ),
        CourseModule(
            key="links", title="Links", items=(ModuleItem(key="animated", title="Animated"),)
        ),
    ),
)
QUIZ: Final = item_place(KNOTS, "quiz")


def shown(diff: CourseDifference) -> dict[str, list[str]]:
    """The items that differ and how."""
    return {change.key: [kind.value for kind in change.kinds] for change in diff.items}


def members(diff: CourseDifference, key: str) -> dict[str, tuple[Any, Any]]:
    (change,) = (change for change in diff.items if change.key == key)
    return {member.path: (member.before, member.after) for member in change.members}


@examples(10)
@given(definitions())
def test_equal_definitions_have_no_difference(definition: CourseDefinition) -> None:
    assert difference(definition, definition).is_empty


@examples(10)
@given(definitions(), definitions())
def test_different_definitions_have_one_and_the_way_back_is_its_mirror(
    before: CourseDefinition, after: CourseDefinition
) -> None:
    after = replace(after, slug=before.slug)
    there, back = difference(before, after), difference(after, before)

    assert there.is_empty == (before == after)
    swapped = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    for changes, other in ((there.items, back.items), (there.modules, back.modules)):
        assert {
            (change.key, kind) for change in changes for kind in change.kinds if kind in swapped
        } == {
            (change.key, swapped[kind])
            for change in other
            for kind in change.kinds
            if kind in swapped
        }


def test_members_of_the_course_and_of_items_are_shown_before_and_after() -> None:
    after = replace(KNOTS, title="Bends", summary="Good ones.")
    after = changed(after, item_place(after, "bowline"), body="Make two.", is_required=False)

    diff = difference(KNOTS, after)

    assert [(change.path, change.before, change.after) for change in diff.course] == [
        ("title", "Knots", "Bends"),
        ("summary", "", "Good ones."),
    ]
    assert shown(diff) == {"bowline": ["changed"]}
    assert members(diff, "bowline") == {
        "is_required": (True, False),
        "body": ("Make a loop.", "Make two."),
    }
    assert [member.label for member in diff.items[0].members] == ["required", "body"]
    assert diff.count == 3
    assert diff.summary == ("title changed", "summary changed", "1 item changed")


def test_items_are_added_and_removed() -> None:
    after = removed(KNOTS, item_place(KNOTS, "hitch"))
    after = added(after, module_place("links"), Part.ITEM, ModuleItem(key="film", title="Film"))

    diff = difference(KNOTS, after)

    assert [(change.title, change.module) for change in diff.items] == [
        ("Film", "Links"),
        ("The hitch", "Loops"),
    ]
    assert shown(diff) == {"film": ["added"], "hitch": ["removed"]}
    assert diff.summary == ("1 item added", "1 item removed")


def test_one_move_is_one_change() -> None:
    last_first = moved(KNOTS, QUIZ, by=-2)

    assert shown(difference(KNOTS, last_first)) == {"quiz": ["moved"]}
    assert shown(difference(KNOTS, transferred(KNOTS, "hitch", to="links"))) == {"hitch": ["moved"]}
    modules = difference(KNOTS, moved(KNOTS, module_place("loops"), by=1))
    assert [(change.key, change.kinds) for change in modules.modules] == [
        ("loops", (ChangeKind.MOVED,))
    ]


def test_a_module_that_moves_takes_its_items_along() -> None:
    diff = difference(KNOTS, moved(KNOTS, module_place("links"), by=-1))

    assert diff.items == ()


def test_an_item_that_moved_can_have_changed_too() -> None:
    after = transferred(changed(KNOTS, QUIZ, title="Test"), "quiz", to="links")

    diff = difference(KNOTS, after)

    assert shown(diff) == {"quiz": ["changed", "moved"]}
    assert diff.summary == ("1 item changed", "1 item moved")


def test_questions_choices_and_terms_of_assessments_are_compared() -> None:
    question = (*QUIZ, (Part.QUESTION, "slips"))
    after = changed(KNOTS, (*question, (Part.CHOICE, "a")), text="A loop")
    after = added(after, question, Part.CHOICE, Choice(key="c", text="None"))
    after = removed(after, (*QUIZ, (Part.QUESTION, "name")))
    after = added(after, QUIZ, Part.QUESTION, replace(NAME, key="again", prompt="Again?"))
    assessment = Assessment(questions=(), pass_percent=80)
    items = after.modules[0].items
    quiz = items[2]
    assert quiz.assessment is not None
    questions = quiz.assessment.questions
    after = changed(after, QUIZ, assessment=replace(assessment, questions=questions))

    diff = difference(KNOTS, after)

    assert members(diff, "quiz") == {
        "pass_percent": (60, 80),
        "questions/slips/choices/a/text": ("A bowline", "A loop"),
        "questions/slips/choices/c": (None, "None"),
        "questions/again": (None, "Again?"),
        "questions/name": ("Name it.", None),
    }
    assert diff.summary == ("1 item changed", "1 question added", "1 question removed")


def test_answer_keys_rubrics_and_the_order_of_questions_are_compared() -> None:
    levels = Level(score=2, text="Neat"), Level(score=0, text="Loose")
    essay = Question(
        key="essay",
        kind=QuestionKind.CODE,
        prompt="Tie it.",
        max_score=2,
        rubric=(Criterion(key="form", text="Form", max_score=2, levels=levels),),
    )
    before = added(KNOTS, QUIZ, Part.QUESTION, essay)
    after = changed(
        before,
        (*QUIZ, (Part.QUESTION, "essay"), (Part.CRITERION, "form")),
        max_score=1,
        levels=(Level(score=1, text="Neat"), Level(score=0, text="Loose or wet")),
    )
    after = changed(
        after, (*QUIZ, (Part.QUESTION, "name")), answer_key=AnswerKey(texts=("bowline", "knot"))
    )
    after = changed(after, (*QUIZ, (Part.QUESTION, "essay")), feedback="Tie it twice.")
    after = moved(after, (*QUIZ, (Part.QUESTION, "name")), by=-1)
    item = part_at(after, QUIZ).due(datetime(2026, 12, 1, 18, tzinfo=UTC))
    after = replaced(after, QUIZ, item)

    assert members(difference(before, after), "quiz") == {
        "due_at": (None, "2026-12-01T18:00:00Z"),
        "questions/name/texts": (("bowline",), ("bowline", "knot")),
        "questions/essay/feedback": ("", "Tie it twice."),
        "questions/essay/rubric/form/max_score": (2, 1),
        "questions/essay/rubric/form/levels/1": (None, "Neat"),
        "questions/essay/rubric/form/levels/0/text": ("Loose", "Loose or wet"),
        "questions/essay/rubric/form/levels/2": ("Neat", None),
        "questions/order": ("slips, name, essay", "name, slips, essay"),
    }


@pytest.mark.parametrize("is_back", [False, True])
def test_the_first_questions_of_an_item_are_added_to_it(*, is_back: bool) -> None:
    without = changed(KNOTS, QUIZ, assessment=None)
    before, after = (KNOTS, without) if is_back else (without, KNOTS)

    diff = members(difference(before, after), "quiz")

    assert set(diff) == {"questions/slips", "questions/name"}
