"""Import of Open edX problems as questions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from courses.domain.entities.assessments import AnswerKey, QuestionKind
from tests.support.olx import KNOTS, a_course_in, items_in, mapped, questions_in

QUESTIONS: Final = {question.key: question for question in questions_in(KNOTS)}
TEXT: Final = "<html><p>Make a loop.</p></html>"
TWO: Final = '<choice correct="true">A</choice><choice correct="false">B</choice>'
SILENT: Final = "a choice has no text, or one that is too long"
UNANSWERED: Final = "it has no answer, too many, or one that is too long"
FIFTY: Final = TWO + "<choice>C</choice>" * 49


def one_of(choices: str) -> str:
    return f"<multiplechoiceresponse><choicegroup>{choices}</choicegroup></multiplechoiceresponse>"


def number(answer: str, tolerance: str = "") -> str:
    parameter = f'<responseparam type="tolerance" default="{tolerance}"/>' if tolerance else ""
    return f'<numericalresponse answer="{answer}">{parameter}<textline/></numericalresponse>'


def word(attributes: str, inner: str = "") -> str:
    return f"<stringresponse {attributes}>{inner}<textline/></stringresponse>"


def problem(content: str, attributes: str = 'display_name="P"') -> str:
    return f"<problem {attributes}>{content}</problem>"


def test_each_thing_that_is_asked_for_is_a_question() -> None:
    kinds = [(key, question.kind.value) for key, question in QUESTIONS.items()]

    assert kinds[:3] == [("one", "mcq"), ("several", "mcq"), ("menu", "mcq")]
    assert kinds[3:5] == [("word", "short"), ("length", "short")]
    assert kinds[5:] == [("mixed", "short"), ("mixed-2", "short")]


def test_a_choice_is_right_or_wrong() -> None:
    question = QUESTIONS["one"]

    assert question.prompt == "Which of these **slips**?"
    assert [(choice.key, choice.text, choice.is_right) for choice in question.choices] == [
        ("choice-1", "The bowline", False),
        ("choice-2", "The *noose*", True),
    ]


def test_a_solution_is_the_feedback_of_its_question() -> None:
    assert QUESTIONS["one"].feedback == "A noose is made to slip."
    assert QUESTIONS["several"].feedback == ""


@pytest.mark.parametrize(
    ("showanswer", "expected", "losses"),
    [
        ("past_due", ["First.\n\nOf A.\n\nAfter *A*.", "Of B."], 0),
        ("never", ["", ""], 4),
    ],
)
def test_solutions_belong_to_the_response_before_them(
    tmp_path: Path, showanswer: str, expected: list[str], losses: int
) -> None:
    def solution(text: str) -> str:
        return f"<solution><p>{text}</p></solution>"

    content = (
        solution("First.")
        + word('answer="a"', solution("Of A."))
        + f"<div>{solution('After <em>A</em>.')}</div>"
        + word('answer="b"', solution("Of B."))
    )
    folder = a_course_in(tmp_path, problem(content, f'display_name="P" showanswer="{showanswer}"'))

    left_out = [loss for loss in mapped(folder)[1] if "<solution>" in loss]
    assert [question.feedback for question in questions_in(folder)] == expected
    assert len(left_out) == losses


@pytest.mark.parametrize(
    ("due", "expected", "loss"),
    [
        ("2027-03-01T10:00:00-05:00", datetime(2027, 3, 1, 15, tzinfo=UTC), ""),
        ("2027-03-01T10:00", datetime(2027, 3, 1, 10, tzinfo=UTC), ""),
        ("2027-03-01", datetime(2027, 3, 1, tzinfo=UTC), ""),
        ("soon", None, "it is not a date with or without a time"),
    ],
)
def test_the_assessments_of_a_sequential_are_due_when_it_is(
    tmp_path: Path, due: str, expected: datetime | None, loss: str
) -> None:
    folder = a_course_in(tmp_path, TEXT + problem(one_of(TWO)))
    course = (folder / "course.xml").read_text()
    (folder / "course.xml").write_text(course.replace("<sequential", f'<sequential due="{due}"'))

    lesson, quiz = items_in(folder)

    assert (lesson.due_at, quiz.due_at) == (None, expected)
    losses = [line for line in mapped(folder)[1] if "due of <sequential>" in line]
    assert losses == ([f"course.xml:1: due of <sequential> is left out: {loss}"] if loss else [])


def test_the_weight_of_a_problem_is_its_points() -> None:
    assert QUESTIONS["one"].max_score == 2
    assert QUESTIONS["several"].max_score == 1


def test_several_choices_may_be_right_together() -> None:
    right = {choice.key: choice.is_right for choice in QUESTIONS["several"].choices}

    assert right == {"a": True, "b": True, "c": False}


def test_a_menu_is_a_choice() -> None:
    question = QUESTIONS["menu"]

    assert question.kind is QuestionKind.MCQ
    assert [(choice.key, choice.text, choice.is_right) for choice in question.choices] == [
        ("yes", "Yes", True),
        ("no-it-doesn-t", "No, it doesn't", False),
    ]


def test_a_word_may_be_said_in_several_ways() -> None:
    question = QUESTIONS["word"]

    assert question.answer_key == AnswerKey(texts=("Bowline", "the bowline"))
    assert question.prompt == "What is the king of knots?\n\nOne word."


def test_a_problem_that_asks_for_two_things_is_two_questions() -> None:
    first, second = QUESTIONS["mixed"], QUESTIONS["mixed-2"]

    assert first.prompt == "First:"
    assert first.answer_key == AnswerKey(number=0.3, tolerance=0.1)
    assert second.prompt == "Then:\n\nTake your time."
    assert second.answer_key == AnswerKey(texts=("rope",))


@pytest.mark.parametrize(
    ("answer", "tolerance", "expected"),
    [
        ("40", "", 0.0004),
        ("40", "0", 0),
        ("40", "2", 2),
        ("40", "0.5", 0.5),
        ("40", "5%", 2),
        ("0.3", "10%", 0.03),
        ("-40", "5%", 2),
        ("-40", "-2", 2),
        ("0", "5%", 0),
        ("1e300", "1%", 1e298),
        ("40", " 5 %", 2),
    ],
)
def test_a_number_may_be_off_by_its_tolerance(
    tmp_path: Path, answer: str, tolerance: str, expected: float
) -> None:
    (question,) = questions_in(a_course_in(tmp_path, problem(number(answer, tolerance))))

    assert question.answer_key == AnswerKey(number=float(answer), tolerance=expected)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (word('answer="a" type="ci"'), ("a",)),
        (word('answer="a"', "<additional_answer>b</additional_answer>"), ("a", "b")),
        (word('answer=" "', '<additional_answer answer="b"/>'), ("b",)),
        ('<stringresponse answer="a"/>', ("a",)),
    ],
)
def test_a_text_is_what_is_accepted(tmp_path: Path, content: str, texts: tuple[str, ...]) -> None:
    (question,) = questions_in(a_course_in(tmp_path, problem(content)))

    assert question.answer_key == AnswerKey(texts=texts)


def test_another_parameter_is_no_tolerance(tmp_path: Path) -> None:
    text = number("5").replace("<textline/>", '<responseparam type="hidden" default="9"/>')
    (question,) = questions_in(a_course_in(tmp_path, problem(text)))

    assert question.answer_key == AnswerKey(number=5, tolerance=0.00005)


def test_options_may_be_elements(tmp_path: Path) -> None:
    options = '<option correct="True">A<optionhint>x</optionhint></option><option>B</option>'
    menu = f"<optionresponse><optioninput>{options}</optioninput></optionresponse>"
    folder = a_course_in(tmp_path, problem(menu))

    (question,) = questions_in(folder)

    assert [(choice.text, choice.is_right) for choice in question.choices] == [
        ("A", True),
        ("B", False),
    ]
    assert mapped(folder)[1] == ["course.xml:2: <optionhint> cannot be mapped"]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (one_of(""), "multiplechoiceresponse", "it has 0 choices"),
        (one_of("<choice correct='true'>A</choice>"), "multiplechoiceresponse", "it has 1 choices"),
        (one_of(FIFTY), "multiplechoiceresponse", "it has 51 choices"),
        (one_of("<choice>A</choice>" * 2), "multiplechoiceresponse", "no choice is right"),
        (one_of(TWO * 2), "multiplechoiceresponse", "it accepts one of several right choices"),
        (one_of(f"{TWO}<choice/>"), "multiplechoiceresponse", SILENT),
        (one_of(f"{TWO}<choice>{'x' * 2001}</choice>"), "multiplechoiceresponse", SILENT),
        (
            "<multiplechoiceresponse/>",
            "multiplechoiceresponse",
            "it does not have exactly one <choicegroup>",
        ),
        (
            f"<choiceresponse>{f'<checkboxgroup>{TWO}</checkboxgroup>' * 2}</choiceresponse>",
            "choiceresponse",
            "it does not have exactly one <checkboxgroup>",
        ),
        (
            "<optionresponse><optioninput options=\"('A','B')\"/></optionresponse>",
            "optionresponse",
            "no choice is right",
        ),
        ("<optionresponse><optioninput/></optionresponse>", "optionresponse", "it has 0 choices"),
        (
            word('answer="a.*" type="ci regexp"'),
            "stringresponse",
            "its answer is a regular expression",
        ),
        (word(""), "stringresponse", UNANSWERED),
        (
            word(f'answer="{"x" * 1001}"'),
            "stringresponse",
            UNANSWERED,
        ),
        (
            word('answer="a"', '<additional_answer answer="b"/>' * 100),
            "stringresponse",
            UNANSWERED,
        ),
        (number(""), "numericalresponse", "its answer is not a number"),
        (number("[5, 1]"), "numericalresponse", "its answer is not a range of numbers"),
        (number("[1, x]"), "numericalresponse", "its answer is not a range of numbers"),
        (number("1/0"), "numericalresponse", "its answer is not a number"),
        (number("sqrt(2)"), "numericalresponse", "its answer is not a number"),
        (number("1_0"), "numericalresponse", "its answer is not a number"),
        (number("nan"), "numericalresponse", "its answer is not a number"),
        (number("1e999"), "numericalresponse", "its answer is not a number"),
        (number("5", "much"), "numericalresponse", "its tolerance is not a number"),
        (number("5", "inf"), "numericalresponse", "its tolerance is not a number"),
        (number("1e308", "1e308%"), "numericalresponse", "its tolerance is not a number"),
    ],
)
def test_what_no_question_can_ask_for_is_named(
    tmp_path: Path, content: str, name: str, reason: str
) -> None:
    folder = a_course_in(tmp_path, TEXT + problem(content))

    _, unmapped = mapped(folder)

    assert questions_in(folder) == []
    assert unmapped == [
        f"course.xml:2: <{name}> cannot be mapped: {reason}",
        "course.xml:2: <problem> cannot be mapped: it has no response that can be mapped",
    ]


@pytest.mark.parametrize("content", ["", "<p>Think.</p>", "<openassessment/>"])
def test_a_problem_that_asks_for_nothing_is_named(tmp_path: Path, content: str) -> None:
    _, unmapped = mapped(a_course_in(tmp_path, TEXT + problem(content)))

    assert unmapped[-1] == (
        "course.xml:2: <problem> cannot be mapped: it has no response that can be mapped"
    )


def test_a_problem_that_is_made_by_a_program_is_not_half_mapped(tmp_path: Path) -> None:
    content = f"<script>x = 1</script><p>How much is $x?</p>{number('1')}"
    folder = a_course_in(tmp_path, TEXT + problem(content))

    assert questions_in(folder) == []
    assert mapped(folder)[1] == [
        "course.xml:2: <script> cannot be mapped",
        "course.xml:2: <problem> cannot be mapped: a script generates it",
    ]


def test_a_second_correct_number_is_reported_and_the_first_one_used(tmp_path: Path) -> None:
    content = number("5").replace("<textline/>", '<additional_answer answer="6"/><textline/>')
    folder = a_course_in(tmp_path, problem(content))

    (question,) = questions_in(folder)

    assert question.answer_key == AnswerKey(number=5, tolerance=0.00005)
    assert mapped(folder)[1] == ["course.xml:2: <additional_answer> cannot be mapped"]


def test_a_problem_without_words_is_asked_with_its_title(tmp_path: Path) -> None:
    (question,) = questions_in(a_course_in(tmp_path, problem(one_of(TWO))))

    assert question.prompt == "P"


@pytest.mark.parametrize("content", ["", f"<p>{'x' * 20_001}</p>"])
def test_a_problem_that_does_not_say_what_it_asks_is_named(tmp_path: Path, content: str) -> None:
    folder = a_course_in(tmp_path, TEXT + problem(content + number("5"), ""))

    assert mapped(folder)[1] == [
        "course.xml:2: <numericalresponse> cannot be mapped: it has no prompt, or one that is too long"
    ]


@pytest.mark.parametrize(
    ("weight", "points"),
    [("3", 3), ("1000", 1000), ("1001", 1), ("0", 1), ("1.5", 1), ("x", 1), ("inf", 1), ("", 1)],
)
def test_a_weight_that_points_cannot_be_counts_as_one(
    tmp_path: Path, weight: str, points: int
) -> None:
    (question,) = questions_in(
        a_course_in(tmp_path, problem(number("5"), f'display_name="P" weight="{weight}"'))
    )

    assert question.max_score == points


def test_what_is_shown_in_a_problem_stays_and_an_image_is_named_with_its_line(
    tmp_path: Path,
) -> None:
    content = (
        f'<p>Look:<br/>\n<img src="/static/a.png" alt="A knot"/> &lt;b&gt;</p><hr/>{number("5")}'
    )
    folder = a_course_in(tmp_path, problem(content))

    (question,) = questions_in(folder)

    assert question.prompt == "Look:  \nA knot \\<b>\n\n---"
    assert mapped(folder)[1] == ["course.xml:3: <img> cannot be mapped"]


def test_no_assessment_has_more_questions_than_it_may(tmp_path: Path) -> None:
    folder = a_course_in(tmp_path, problem(number("5")) * 201)

    assert len(questions_in(folder)) == 200
    assert mapped(folder)[1] == [
        "course.xml:2: <problem> cannot be mapped: a unit has at most 200 questions"
    ]


def test_what_is_read_comes_before_what_is_asked(tmp_path: Path) -> None:
    folder = a_course_in(
        tmp_path, f"{problem(number('5'))}{TEXT}<video source='https://a.example'/>"
    )

    assert [(item.key, item.type.value) for item in items_in(folder)] == [
        ("v-text", "lesson"),
        ("video", "external"),
        ("v", "assessment"),
    ]
