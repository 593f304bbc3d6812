"""Assessments in definitions, in YAML and in JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import yaml

from courses.definitions.courses import (
    definition_of,
    document_of,
    read_definition,
    write_definition,
)
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
from courses.domain.errors import InvalidDefinition
from tests.support.exams import EXAMS, WITH_LEVELS

DEFINITION: Final = read_definition(EXAMS)
QUIZ, PROJECT, EXAM = (item.assessment for item in DEFINITION.modules[0].items)


def in_json(**members: Any) -> dict[str, Any]:
    """A body with one assessment, which has one short question with these members."""
    question = {"key": "length", "kind": "short", "prompt": "How long?"} | members
    item = {
        "key": "quiz",
        "title": "A quiz",
        "type": "assessment",
        "body": "",
        "assessment": {"questions": [question]},
    }
    module = {"key": "loops", "title": "Loops", "items": [item]}
    return {"slug": "knots", "title": "Knots", "modules": [module]}


def assessment_in(value: Any) -> Assessment:
    assessment = definition_of(value).modules[0].items[0].assessment
    assert assessment is not None
    return assessment


def test_a_quiz_says_what_its_author_wrote() -> None:
    slips = Question(
        key="slips",
        kind=QuestionKind.MCQ,
        prompt="Which knot slips?",
        max_score=2,
        choices=(
            Choice(key="bowline", text="The bowline", is_right=False),
            Choice(key="noose", text="The noose", is_right=True),
        ),
    )
    king = Question(
        key="king",
        kind=QuestionKind.SHORT,
        prompt="What is the king of knots?",
        answer_key=AnswerKey(texts=("bowline", "the bowline")),
    )
    length = Question(
        key="length",
        kind=QuestionKind.SHORT,
        prompt="How long must the end be?",
        answer_key=AnswerKey(number=40, tolerance=2.5),
    )

    quiz = Assessment(questions=(slips, king, length), pass_percent=70, attempt_limit=3)
    assert quiz == QUIZ


def test_what_people_score_says_along_what_and_by_when() -> None:
    assert PROJECT is not None
    assert EXAM is not None

    assert (PROJECT.type, PROJECT.scoring) == (AssessmentType.PROJECT, ScoringModel.RUBRIC)
    assert PROJECT.questions[0].rubric == (
        Criterion(key="holds", text="It holds.", max_score=3),
        Criterion(key="looks", text="It looks good.", max_score=2),
    )
    assert (EXAM.type, EXAM.scoring) == (AssessmentType.EXAM, ScoringModel.MANUAL)
    assert (EXAM.time_limit_minutes, EXAM.late) == (60, LatePolicy.MARK)


def test_what_is_written_reads_back_as_the_same() -> None:
    for definition in (DEFINITION, read_definition(WITH_LEVELS)):
        assert read_definition(write_definition(definition)) == definition


def test_a_question_mark_may_stand_in_a_list_on_one_line() -> None:
    text = EXAMS.replace(
        "accepts:\n                - bowline\n", "accepts: [Who?, a ? b, bowline]\n"
    )
    text = text.replace("                - the bowline\n", "")

    quiz = read_definition(text).modules[0].items[0].assessment

    assert quiz is not None
    assert quiz.questions[1].answer_key == AnswerKey(texts=("Who?", "a ? b", "bowline"))


def test_json_says_the_same() -> None:
    assert definition_of(yaml.safe_load(EXAMS)) == DEFINITION
    assert read_definition(json.dumps(yaml.safe_load(EXAMS))) == DEFINITION


def test_an_assessment_is_a_quiz_that_a_program_scores_unless_it_says_otherwise() -> None:
    assessment = assessment_in(in_json(accepts=["40"]))

    assert (assessment.type, assessment.scoring) == (AssessmentType.QUIZ, ScoringModel.AUTO)
    assert (assessment.pass_percent, assessment.late) == (60, LatePolicy.REFUSE)
    assert assessment.attempt_limit is None
    assert assessment.time_limit_minutes is None
    assert assessment.questions[0].max_score == 1


@pytest.mark.parametrize("number", [1e-07, -2.5e300, 1e16, 5e-324, 123456789.125, 0, -0.0])
@pytest.mark.parametrize("encoded", ["{}", "{:e}", "{:E}"])
def test_a_number_is_read_from_json_however_it_is_spelled(number: float, encoded: str) -> None:
    text = json.dumps(in_json(number=-17171)).replace("-17171", encoded.format(number))

    (question,) = read_definition(text).modules[0].items[0].assessment.questions  # type: ignore[union-attr]  # it has one
    assert question.answer_key == AnswerKey(number=json.loads(encoded.format(number)))


def test_a_word_that_looks_like_a_number_stays_a_word_in_json() -> None:
    value = in_json(accepts=["1e-07"]) | {"title": "1e5"}

    assert read_definition(json.dumps(value)) == definition_of(value)


def test_numbers_are_floats_and_counts_are_whole_however_they_are_written() -> None:
    body = in_json(number=40, tolerance=2, max_score=3.0)
    body["modules"][0]["items"][0]["assessment"] |= {
        "pass_percent": 50.0,
        "attempts": 2.0,
        "minutes": 10.0,
    }

    assessment = assessment_in(body)

    (question,) = assessment.questions
    assert question.answer_key is not None
    numbers = (question.answer_key.number, question.answer_key.tolerance)
    counts = (assessment.pass_percent, assessment.attempt_limit, assessment.time_limit_minutes)
    assert {type(number) for number in numbers} == {float}
    assert {type(count) for count in (*counts, question.max_score)} == {int}


@pytest.mark.parametrize("member", ["number", "tolerance"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_a_number_that_nothing_can_be_compared_with_is_refused(member: str, number: float) -> None:
    body = in_json(number=1) | {}
    body["modules"][0]["items"][0]["assessment"]["questions"][0][member] = number

    with pytest.raises(InvalidDefinition) as error:
        definition_of(body)

    (field_error,) = error.value.field_errors
    assert field_error.path == f"modules/0/items/0/assessment/questions/0/{member}"
    assert field_error.detail == "the number is not finite, or too large"


def test_a_short_question_says_how_its_answers_are_compared() -> None:
    body = in_json(
        accepts=["Co"],
        case_sensitive=True,
        ignore_spaces=True,
        minimum=0,
        maximum=1.5,
        decimal_comma=True,
    )

    (question,) = assessment_in(body).questions

    assert question.answer_key == AnswerKey(
        texts=("Co",),
        keeps_case=True,
        ignores_space=True,
        minimum=0,
        maximum=1.5,
        allows_comma=True,
    )


@pytest.mark.parametrize("members", [{"minimum": 1}, {"maximum": 0}, {"minimum": 0, "maximum": 0}])
def test_a_range_needs_neither_texts_nor_a_number(members: dict[str, Any]) -> None:
    (question,) = assessment_in(in_json(**members)).questions

    assert question.answer_key == AnswerKey(**members)


@pytest.mark.parametrize(
    ("members", "path", "detail"),
    [
        ({"minimum": 2, "maximum": 1}, "/maximum", "the maximum is less than the minimum"),
        ({"minimum": float("inf")}, "/minimum", "the number is not finite, or too large"),
        ({"maximum": float("nan")}, "/maximum", "the number is not finite, or too large"),
        (
            {"accepts": ["a"], "decimal_comma": True},
            "/decimal_comma",
            "decimal_comma is only for questions with a number",
        ),
        ({"number": 1, "case_sensitive": True}, "", "'accepts' is a required property"),
        ({"number": 1, "ignore_spaces": False}, "", "'accepts' is a required property"),
        ({}, "", "'accepts' is a required property"),
    ],
)
def test_members_of_an_answer_key_that_do_not_belong_together_are_refused(
    members: dict[str, Any], path: str, detail: str
) -> None:
    with pytest.raises(InvalidDefinition) as error:
        definition_of(in_json(**members))

    (field_error,) = error.value.field_errors
    assert field_error.path == f"modules/0/items/0/assessment/questions/0{path}"
    assert field_error.detail == detail


@pytest.mark.parametrize("name", ["minimum", "maximum", "decimal_comma"])
def test_only_a_short_question_has_numbers(name: str) -> None:
    body = in_json(kind="code", **{name: name == "decimal_comma" or 1})
    body["modules"][0]["items"][0]["assessment"]["scoring"] = "manual"

    with pytest.raises(InvalidDefinition) as error:
        definition_of(body)

    assert f"only short has a {name}" in str(error.value.field_errors)


def test_a_rubric_adds_up_to_the_points_of_its_question() -> None:
    assert PROJECT is not None
    first, second = PROJECT.questions[0].rubric
    text = EXAMS.replace("max_score: 3", "max_score: 3.0")

    assert (first.max_score, second.max_score) == (3, 2)
    assert read_definition(text) == DEFINITION


def test_a_criterion_may_say_how_well_it_can_be_met() -> None:
    assert PROJECT is not None
    project = read_definition(WITH_LEVELS).modules[0].items[1].assessment
    assert project is not None

    first, second = project.questions[0].rubric
    assert first.levels == (
        Level(score=3, text="All of it holds."),
        Level(score=1, text="Some of it holds."),
        Level(score=0, text="Nothing holds."),
    )
    assert [score for score in range(-1, 5) if first.allows(score)] == [0, 1, 3]
    assert [score for score in range(-1, 5) if second.allows(score)] == [0, 1, 2]
    assert (project.questions[0].has_levels, project.questions[1].has_levels) == (True, False)


def test_levels_are_in_the_order_of_their_points_however_they_were_written() -> None:
    value = yaml.safe_load(WITH_LEVELS)
    criterion = value["modules"][0]["items"][1]["assessment"]["questions"][0]["rubric"][0]
    criterion["levels"].reverse()

    assert definition_of(value) == read_definition(WITH_LEVELS)


@pytest.mark.parametrize(
    ("due", "expected", "again"),
    [
        ("2026-12-01T18:00:00Z", datetime(2026, 12, 1, 18, tzinfo=UTC), "2026-12-01T18:00:00Z"),
        ("2026-12-01T18:30-05:30", datetime(2026, 12, 2, 0, 0, tzinfo=UTC), "2026-12-02T00:00:00Z"),
    ],
)
def test_an_assessment_may_be_due_at_a_time(due: str, expected: datetime, again: str) -> None:
    definition = read_definition(EXAMS.replace("attempts: 3", f"due: {due}"))

    quiz = definition.modules[0].items[0].assessment
    assert quiz is not None
    assert quiz.due_at == expected
    assert not quiz.is_past_due(at=expected)
    assert quiz.is_past_due(at=expected + timedelta(seconds=1))
    assert document_of(definition)["modules"][0]["items"][0]["assessment"]["due"] == again
    assert read_definition(write_definition(definition)) == definition


def test_what_goes_without_saying_is_not_written() -> None:
    written = yaml.safe_load(write_definition(DEFINITION))

    quiz, _, exam = (item["assessment"] for item in written["modules"][0]["items"])
    assert set(quiz) == {"type", "scoring", "pass_percent", "attempts", "questions"}
    assert set(exam) == {"type", "scoring", "pass_percent", "minutes", "late", "questions"}
    assert set(quiz["questions"][1]) == {"key", "kind", "prompt", "max_score", "accepts"}
    assert quiz["questions"][0]["choices"][0] == {"key": "bowline", "text": "The bowline"}


def test_an_assessment_that_is_passed_with_other_points_is_another() -> None:
    assert QUIZ is not None
    text = EXAMS.replace("pass_percent: 70", "pass_percent: 71")

    assert read_definition(text).modules[0].items[0].assessment == replace(QUIZ, pass_percent=71)
