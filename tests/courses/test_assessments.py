"""Assessment entities, and automatic scoring."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from courses.definitions.courses import read_definition
from courses.domain.entities.assessments import (
    Answer,
    AnswerKey,
    Assessment,
    AssessmentId,
    Question,
    QuestionId,
    QuestionKind,
    ScoringModel,
)
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import Outline
from courses.domain.errors import AssessmentNotFound, QuestionNotFound, UnsuitableAnswer
from tests.support.builders import a_course
from tests.support.definitions import whole
from tests.support.exams import EXAMS

KNOTS: Final = a_course()
DEFINITION: Final = read_definition(EXAMS)
OUTLINE: Final[Outline] = DEFINITION.draft_of(KNOTS.id).outline
ASSESSMENTS: Final = [item.assessment for item in OUTLINE.items if item.assessment is not None]
QUIZ, PROJECT, EXAM = ASSESSMENTS
MCQ, SHORT, LENGTH = QUIZ.questions
FILE, PEER = PROJECT.questions
(CODE,) = EXAM.questions


def chosen(*keys: str) -> Answer:
    return Answer(choices=frozenset(keys))


def with_points(*points: int, pass_percent: int) -> Assessment:
    """The quiz with questions that have these points."""
    questions = tuple(replace(MCQ, max_score=score) for score in points)
    return replace(QUIZ, questions=questions, pass_percent=pass_percent)


def test_a_draft_says_what_its_definition_said_of_assessments() -> None:
    draft = DEFINITION.draft_of(KNOTS.id)

    assert CourseDefinition.of(draft, slug=DEFINITION.slug) == DEFINITION


def test_questions_are_numbered_from_one_and_their_ids_are_the_same_each_time() -> None:
    again = DEFINITION.draft_of(KNOTS.id).outline

    assert [question.position for question in QUIZ.questions] == [1, 2, 3]
    assert whole(again) == whole(OUTLINE)
    assert (
        len({question.id for assessment in ASSESSMENTS for question in assessment.questions}) == 6
    )


def test_a_draft_with_another_answer_has_another_checksum() -> None:
    other = read_definition(EXAMS.replace("number: 40", "number: 41"))

    assert other.draft_of(KNOTS.id).checksum != DEFINITION.draft_of(KNOTS.id).checksum


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (MCQ, chosen("noose")),
        (MCQ, chosen("noose", "bowline")),
        (MCQ, chosen()),
        (SHORT, Answer(text="Bowline")),
        (SHORT, Answer(text="")),
        (CODE, Answer(text="print('bowline')")),
        (PEER, Answer(text="Nothing.")),
        (FILE, Answer(url="https://files.example/knot.jpg")),
    ],
)
def test_an_answer_of_the_form_that_is_asked_for_is_taken(
    question: Question, answer: Answer
) -> None:
    assert question.checked(answer) is answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (MCQ, chosen("noose", "granny")),
        (MCQ, Answer(text="noose")),
        (MCQ, Answer(choices=frozenset({"noose"}), text="noose")),
        (MCQ, Answer()),
        (SHORT, chosen("bowline")),
        (SHORT, chosen()),
        (SHORT, Answer()),
        (CODE, Answer(url="https://files.example/knot.py")),
        (PEER, Answer(text="Nothing.", url="https://files.example")),
        (FILE, Answer(text="https://files.example/knot.jpg")),
    ],
)
def test_an_answer_of_another_form_is_refused(question: Question, answer: Answer) -> None:
    with pytest.raises(UnsuitableAnswer) as error:
        question.checked(answer)

    assert error.value.facts == {"question_id": question.id}


@pytest.mark.parametrize(
    ("question", "answer", "score"),
    [
        (MCQ, chosen("noose"), 2),
        (MCQ, chosen("bowline"), 0),
        (MCQ, chosen("noose", "bowline"), 0),
        (MCQ, chosen(), 0),
        (MCQ, Answer(), 0),
        (MCQ, None, 0),
        (SHORT, Answer(text="bowline"), 1),
        (SHORT, Answer(text="noose"), 0),
        (SHORT, Answer(), 0),
        (SHORT, None, 0),
        (replace(SHORT, answer_key=None), Answer(text="bowline"), 0),
        (CODE, Answer(text="bowline"), None),
        (PEER, Answer(text="bowline"), None),
        (FILE, Answer(url="https://files.example"), None),
        (FILE, None, None),
    ],
)
def test_a_program_gives_all_points_or_none_and_leaves_the_rest_to_people(
    question: Question, answer: Answer | None, score: int | None
) -> None:
    assert question.score_of(answer) == score


def test_of_several_right_choices_all_have_to_be_chosen() -> None:
    both = replace(MCQ, choices=tuple(replace(choice, is_right=True) for choice in MCQ.choices))

    assert both.right_choices == {"bowline", "noose"}
    assert both.score_of(chosen("bowline", "noose")) == 2
    assert both.score_of(chosen("noose")) == 0


@pytest.mark.parametrize(
    "text",
    ["bowline hitch", "BOWLINE Hitch", "  bowline \t\n hitch ", "Bowline\u00a0hitch", "strasse"],
)
def test_neither_case_nor_white_space_counts_in_a_text(text: str) -> None:
    assert AnswerKey(texts=("Bowline  Hitch", "Straße")).accepts(text)


@pytest.mark.parametrize(
    "text", ["", " ", "bowlinehitch", "bowline-hitch", "bowline", "x" * 1_000_000, "5"]
)
def test_another_text_is_not_accepted(text: str) -> None:
    assert not AnswerKey(texts=("Bowline hitch",)).accepts(text)


@pytest.mark.parametrize(
    ("number", "tolerance", "text"),
    [
        (5, 0, "5"),
        (5, 0, " 5.0 "),
        (5, 0, "+5"),
        (5, 0, "05"),
        (5, 0, "0.5E1"),
        (-0.0, 0, "0"),
        (5, 1, "4"),
        (5, 1, "6.0"),
        (0.3, 0.1, "0.4"),
        (0.3, 0.1, "0.2"),
        (1.1, 2.2, "3.3"),
        (1e308, 1e300, "1e308"),
        (1e-300, 0, "1e-300"),
    ],
)
def test_a_number_is_accepted_within_its_tolerance(
    number: float, tolerance: float, text: str
) -> None:
    assert AnswerKey(number=number, tolerance=tolerance).accepts(text)


@pytest.mark.parametrize(
    ("number", "tolerance", "text"),
    [
        (5, 0, "5.0000001"),
        (5, 1, "6.0001"),
        (5, 1, "3.9999"),
        (0.3, 0.1, "0.4000001"),
        (5, 0, ""),
        (5, 0, "five"),
        (5, 0, "5 m"),
        (5, 0, "5,0"),
        (5, 1e308, "nan"),
        (5, 1e308, "inf"),
        (5, 1e308, "-Infinity"),
        (5, 1e308, "1e999"),
        (5, 0, "9" * 1_000_000),
        (5, 0, "1" * 5000),
        (5, 0, "\ud800"),
    ],
)
def test_what_is_not_that_number_is_not_accepted(
    number: float, tolerance: float, text: str
) -> None:
    assert not AnswerKey(number=number, tolerance=tolerance).accepts(text)


def test_a_key_may_hold_texts_and_a_number() -> None:
    key = AnswerKey(texts=("forty",), number=40, tolerance=1)

    assert [key.accepts(text) for text in ("Forty", "41", "fifty")] == [True, True, False]


def test_the_points_of_an_assessment_are_those_of_its_questions() -> None:
    assert [assessment.max_score for assessment in ASSESSMENTS] == [4, 6, 1]


@pytest.mark.parametrize(
    ("points", "pass_percent", "needed"),
    [
        ((10,), 60, 6),
        ((1, 1, 1), 60, 2),
        ((1, 1, 1), 34, 2),
        ((1, 1, 1), 33, 1),
        ((1,), 1, 1),
        ((3, 4), 100, 7),
        ((1000,) * 200, 1, 2000),
    ],
)
def test_what_is_needed_to_pass_is_rounded_up(
    points: tuple[int, ...], pass_percent: int, needed: int
) -> None:
    assert with_points(*points, pass_percent=pass_percent).pass_score == needed


def test_the_time_for_an_attempt_is_limited_or_not() -> None:
    assert EXAM.time_limit == timedelta(hours=1)
    assert QUIZ.time_limit is None


@pytest.mark.parametrize(
    ("assessment", "is_at_once"),
    [
        (QUIZ, True),
        (PROJECT, False),
        (EXAM, False),
        (replace(QUIZ, scoring=ScoringModel.MANUAL), False),
        (replace(PROJECT, scoring=ScoringModel.AUTO), False),
    ],
)
def test_only_what_a_program_can_score_is_scored_at_once(
    *, assessment: Assessment, is_at_once: bool
) -> None:
    assert assessment.is_scored_at_once is is_at_once


def test_a_question_is_found_by_its_id() -> None:
    assert [QUIZ.question(question.id) for question in QUIZ.questions] == list(QUIZ.questions)


def test_an_assessment_does_not_have_the_question_of_another() -> None:
    stranger = QuestionId(FILE.id)

    with pytest.raises(QuestionNotFound) as error:
        QUIZ.question(stranger)

    assert error.value.facts == {"question_id": stranger}


def test_the_item_of_an_assessment_is_the_one_behind_which_it_is() -> None:
    assert [OUTLINE.item_of(assessment.id).key for assessment in ASSESSMENTS] == [
        "quiz",
        "project",
        "exam",
    ]


def test_an_outline_has_no_item_of_an_assessment_of_another_course() -> None:
    with pytest.raises(AssessmentNotFound):
        OUTLINE.item_of(AssessmentId(uuid4()))


def test_each_kind_of_question_asks_for_one_thing() -> None:
    assert {kind.value: kind.asks_for for kind in QuestionKind} == {
        "mcq": "choices",
        "short": "text",
        "code": "text",
        "file": "url",
        "peer": "text",
    }
