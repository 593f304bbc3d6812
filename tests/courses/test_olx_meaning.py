"""Import of Open edX courses: what learners see means the same as before, or the report says what changed."""

from pathlib import Path
from typing import Final

import pytest
from markdown_it import MarkdownIt

from courses.definitions.courses import read_definition, write_definition
from courses.definitions.olx.markdown import markdown_of
from courses.domain.entities.outlines import ItemType, ModuleItem
from tests.support.olx import a_course_in, items_in, mapped, put, questions_in

TEXT: Final = "<html><p>Make a loop.</p></html>"
NUMBER: Final = '<p>How many?</p><numericalresponse answer="9"/>'


def in_course(folder: Path, content: str, attributes: str = "") -> Path:
    """Write a course with this content in its sequential, on line 2."""
    put(
        folder,
        {
            "course.xml": f'<course org="o" course="c"><chapter url_name="c"><sequential {attributes}>\n'
            f"{content}</sequential></chapter></course>"
        },
    )
    return folder


def shown(markdown: str) -> str:
    """The text that a reader of the Markdown sees."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    inline = (child for token in tokens for child in token.children or ())
    texts = (" " if token.type == "softbreak" else token.content for token in inline)
    return " ".join("".join(texts).split())


def markdown(html: str) -> str:
    return markdown_of(html, line=1, note=lambda *_: None)


@pytest.mark.parametrize("level", ["vertical", "sequential", "chapter", "html"])
def test_what_only_staff_may_see_is_left_out_and_named(tmp_path: Path, level: str) -> None:
    secret = f"<html {{html}}>\n<p>The answers.</p></html>{TEXT}"
    unit = f"<vertical {{vertical}}>\n{secret}</vertical>"
    chapter = f"<chapter {{chapter}}><sequential {{sequential}}>\n{unit}</sequential></chapter>"
    flags = dict.fromkeys(("chapter", "sequential", "vertical", "html"), "")
    flags[level] = 'visible_to_staff_only="true"'
    put(
        tmp_path,
        {
            "course.xml": f'<course org="o">{chapter.format(**flags)}<chapter><sequential><vertical>{TEXT}'
            "</vertical></sequential></chapter></course>"
        },
    )

    definition, losses = mapped(tmp_path)

    assert "The answers." not in write_definition(definition)
    assert sum(f"<{level}> cannot be mapped: only staff may see it" in line for line in losses) == 1


def test_what_everybody_may_see_is_no_loss(tmp_path: Path) -> None:
    folder = in_course(tmp_path, f'<vertical visible_to_staff_only="false">{TEXT}</vertical>')

    assert mapped(folder)[1] == []


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("10<sup>6</sup> metres", "10⁶ metres"),
        ("10<sup>-6</sup> and 2<sup>10</sup>", "10⁻⁶ and 2¹⁰"),
        ("x<sup>n-1</sup>", "xⁿ⁻¹"),
        ("x<sup>2y</sup>", "x^(2y)"),
        ("x<sup>y</sup>", "x^y"),
        ("H<sub>2</sub>O", "H₂O"),
        ("v<sub>max</sub>, a<sub>i</sub>", "v_(max), a_i"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ("x<sup><em>a</em>b</sup>", "x^(ab)"),
    ],
)
def test_raised_and_lowered_text_stays_apart(html: str, text: str) -> None:
    assert shown(markdown(html)) == text


@pytest.mark.parametrize(
    "text",
    [
        r"\(S = \{1, 2\}\) and \[x^2 = 4\]",
        r"\frac{1}{2} \\ \, \_ \* C:\dir",
        "\\",
        "a \\",
        "*not emphasis* _nor this_ `nor code` ~~nor struck~~",
        "# no heading",
        "#tag",
        "- no list",
        "+ no list",
        "1. no list",
        "1) no list",
        "1986. A great year",
        "> no quotation",
        "=== no heading",
        "--- no rule",
        "~~~ no code",
        "[no link](https://a.example) [no]: reference",
        "![no image](https://a.example/b.png)",
        "&lt; &amp; &copy; &#65; AT&T",
        "<b>no tag</b> 1 < 2",
        "| no | table |",
        "Wow!",
        "a\\*b",
        "-5 degrees",
        "2 * 3 * 4 = 24",
    ],
)
def test_text_is_shown_as_it_was(text: str) -> None:
    html = text.replace("&", "&amp;").replace("<", "&lt;")

    assert shown(markdown(f"<p>{html}</p>")) == text
    assert shown(markdown(f"<p>See</p><p>{html}</p>")) == f"See{text}"
    assert shown(markdown(f"<ul><li>{html}</li></ul>")) == text
    assert shown(markdown(f"<table><tr><th>{html}</th></tr></table>")) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("[mathjaxinline]x^2[/mathjaxinline]", r"\(x^2\)"),
        ("[mathjax]x_1[/mathjax]", r"\[x_1\]"),
        ('Wow!<a href="https://a.example">x</a>', "Wow!x"),
        ("[x]<span>(y)</span>", "[x](y)"),
    ],
)
def test_markup_of_open_edx_and_neighbours_are_shown_as_they_were(html: str, text: str) -> None:
    assert shown(markdown(html)) == text


def assessment_in(folder: Path) -> ModuleItem:
    (item,) = [item for item in items_in(folder) if item.type is ItemType.ASSESSMENT]
    return item


@pytest.mark.parametrize(
    ("attributes", "limit"),
    [
        (['max_attempts="2"'], 2),
        (['max_attempts="2"', 'max_attempts="2"'], 2),
        (["", ""], None),
        (['max_attempts=""', 'max_attempts="null"'], None),
    ],
)
def test_attempts_that_agree_are_the_limit(
    tmp_path: Path, attributes: list[str], limit: int | None
) -> None:
    problems = "".join(f"<problem {text}>{NUMBER}</problem>" for text in attributes)
    folder = a_course_in(tmp_path, problems)

    assessment = assessment_in(folder).assessment

    assert assessment is not None
    assert assessment.attempt_limit == limit
    assert mapped(folder)[1] == []


@pytest.mark.parametrize("first", ['max_attempts="0"', 'max_attempts="101"', 'max_attempts="x"'])
@pytest.mark.parametrize("second", ["", 'max_attempts="7"'])
def test_attempts_that_no_limit_expresses_are_named(
    tmp_path: Path, first: str, second: str
) -> None:
    problems = "".join(f"<problem {text}>{NUMBER}</problem>" for text in (first, second))
    folder = a_course_in(tmp_path, problems)

    assessment = assessment_in(folder).assessment

    assert assessment is not None
    assert assessment.attempt_limit is None
    assert mapped(folder)[1][0].startswith("course.xml:2: max_attempts of <problem> is left out: ")


def test_attempts_are_inherited(tmp_path: Path) -> None:
    unit = f'<vertical><problem>{NUMBER}</problem><problem max_attempts="3">{NUMBER}</problem></vertical>'
    folder = in_course(tmp_path, unit, 'max_attempts="3"')

    assessment = assessment_in(folder).assessment

    assert assessment is not None
    assert assessment.attempt_limit == 3


def test_a_unit_of_no_weight_is_not_required(tmp_path: Path) -> None:
    folder = a_course_in(tmp_path, f'<problem weight="0.0">{NUMBER}</problem>')

    assert not assessment_in(folder).is_required
    (loss,) = mapped(folder)[1]
    assert loss.startswith("course.xml:2: weight of <problem> is left out: ")
    assert loss.endswith("the assessment is not required instead")


def test_a_problem_of_no_weight_beside_others_counts_now(tmp_path: Path) -> None:
    problems = f'<problem weight="0">{NUMBER}</problem><problem>{NUMBER}</problem>'
    folder = a_course_in(tmp_path, problems)

    assert assessment_in(folder).is_required
    assert mapped(folder)[1] == [
        "course.xml:2: weight of <problem> is left out: a question has at least 1 point; it counts now"
    ]


@pytest.mark.parametrize(
    ("weight", "points", "is_lost"),
    [("4", [2, 2], False), ("3", [1, 1], True), ("0.5", [1, 1], True), ("x", [1, 1], True)],
)
def test_a_weight_is_shared_by_the_responses_of_a_problem(
    tmp_path: Path, weight: str, points: list[int], *, is_lost: bool
) -> None:
    folder = a_course_in(tmp_path, f'<problem weight="{weight}">{NUMBER}{NUMBER}</problem>')

    assert [question.max_score for question in questions_in(folder)] == points
    assert any("weight of <problem>" in line for line in mapped(folder)[1]) == is_lost


def test_blocks_directly_in_a_sequential_are_units(tmp_path: Path) -> None:
    content = (
        '<html url_name="read" display_name="Read this">An anchor.</html>'
        f'<problem url_name="try" display_name="Try this">{NUMBER}</problem>'
        '<video url_name="film" source="https://a.example/film.mp4"/>'
    )
    folder = in_course(tmp_path, content, 'display_name="Anchors"')

    assert [(item.key, item.type.value, item.title) for item in items_in(folder)] == [
        ("read", "lesson", "Read this"),
        ("try", "assessment", "Try this"),
        ("film", "external", "Anchors"),
    ]


@pytest.mark.parametrize(
    ("answer", "number", "tolerance", "losses"),
    [
        ("[5, 7]", 6, 1, 0),
        ("[ -0.5,0.25 ]", -0.125, 0.375, 0),
        ("[1/4, 3/4]", 0.5, 0.25, 0),
        ("(5, 7]", 6, 1, 1),
        ("[5,7)", 6, 1, 1),
        ("1/4", 0.25, 0.0000025, 0),
        ("-1/3", -1 / 3, 3.33333333333e-06, 0),
        ("3*10^8", 3e8, 3000, 0),
        ("2 * 10**-3", 0.002, 0.00000002, 0),
    ],
)
def test_ranges_and_fractions_are_numbers(
    tmp_path: Path, answer: str, number: float, tolerance: float, losses: int
) -> None:
    folder = a_course_in(
        tmp_path, f'<problem><p>?</p><numericalresponse answer="{answer}"/></problem>'
    )

    (question,) = questions_in(folder)

    assert question.answer_key is not None
    assert question.answer_key.number == pytest.approx(number)
    assert question.answer_key.tolerance == pytest.approx(tolerance)
    assert len(mapped(folder)[1]) == losses
    definition, _ = mapped(folder)
    assert read_definition(write_definition(definition)) == definition


def test_case_that_matters_is_named(tmp_path: Path) -> None:
    text = '<problem><p>?</p><stringresponse answer="Bowline" {}/></problem>'

    assert mapped(a_course_in(tmp_path, text.format('type="ci"')))[1] == []
    assert mapped(a_course_in(tmp_path, text.format("")))[1] == [
        "course.xml:2: case of <stringresponse> is left out: upper and lower case count as the same"
    ]


def test_question_keys_are_those_of_their_problems(tmp_path: Path) -> None:
    """Whatever stands before them, or cannot be mapped."""
    with_id = '<p>?</p><numericalresponse id="x" answer="1"/>'
    named = f'<problem url_name="q">{NUMBER}<customresponse/>{NUMBER}{with_id}</problem>'
    nameless = "<problem><p>Who?</p><numericalresponse answer='1'/></problem>"

    alone = [q.key for q in questions_in(a_course_in(tmp_path, named + nameless))]
    later = [
        q.key
        for q in questions_in(
            a_course_in(tmp_path, f"<problem>{NUMBER}</problem>{nameless}{named}")
        )
    ]

    assert alone[:3] == ["q", "q-3", "q-x"]
    assert alone[3].startswith("problem-")
    assert set(alone) <= set(later)


@pytest.mark.parametrize(
    ("label", "prompt", "losses"),
    [("Which?", "Which?", 0), ("How many", "How many?", 0), ("In metres", "How many?", 1)],
)
def test_the_label_of_an_input_is_asked_unless_the_prompt_says_the_same(
    tmp_path: Path, label: str, prompt: str, losses: int
) -> None:
    text = "" if label == "Which?" else "<p>How many?</p>"
    problem = f'<problem>{text}<numericalresponse answer="9"><textline label="{label}"/></numericalresponse></problem>'
    folder = a_course_in(tmp_path, problem)

    assert [question.prompt for question in questions_in(folder)] == [prompt]
    assert len(mapped(folder)[1]) == losses


def test_text_after_questions_is_moved_and_named(tmp_path: Path) -> None:
    folder = a_course_in(tmp_path, f"<problem>{NUMBER}</problem>{TEXT}")

    assert [item.type for item in items_in(folder)] == [ItemType.LESSON, ItemType.ASSESSMENT]
    assert mapped(folder)[1] == [
        "course.xml:2: place of <html> is left out: the texts of a unit stand before its videos and questions"
    ]
