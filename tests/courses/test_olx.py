"""Import of Open edX courses: what is mapped, and what is reported as unmapped."""

from pathlib import Path
from typing import Final

import pytest

from courses.definitions.courses import read_definition, write_definition
from courses.domain.entities.outlines import ItemType
from tests.support.olx import KNOTS, a_course_in, items_in, mapped, put

COURSE, UNMAPPED = mapped(KNOTS)
ITEMS: Final = {item.key: item for module in COURSE.modules for item in module.items}
TEXT: Final = "<html><p>Make a loop.</p></html>"
BENDS: Final = "0f1e2d3c4b5a49788796a5b4c3d2e1f0"


def in_chapters(*chapters: str) -> str:
    return f'<course url_name="2024">{"".join(chapters)}</course>'


def test_a_course_goes_by_its_organization_and_number() -> None:
    assert (COURSE.slug, COURSE.title) == ("sailx-knots101", "Knots for sailors")
    assert COURSE.summary == "Three knots that *hold*."


def test_chapters_are_modules() -> None:
    assert [(module.key, module.title) for module in COURSE.modules] == [
        ("loops", "Loops"),
        (BENDS, "Bends & hitches"),
    ]


def test_verticals_are_items_in_their_order() -> None:
    assert [(item.key, item.type.value, item.title) for item in ITEMS.values()] == [
        ("read", "lesson", "How to tie it"),
        ("film", "external", "A film"),
        ("quiz-text", "lesson", "Do you know it?"),
        ("quiz", "assessment", "Do you know it?"),
        ("read-2", "lesson", "How to tie it"),
        ("film-2", "external", "A film"),
        ("sheet-bend", "lesson", "Bends"),
    ]


def test_html_is_markdown() -> None:
    assert ITEMS["read"].body == (
        "## The king of knots\n\n"
        "A loop that **neither** slips nor jams. Read\n"
        "[more](https://knots.example/bowline) or go on.\n\n"
        "A bowline\n\n"
        "1. Make a loop.\n2. Lead the end up through it.\n\n"
        "```\nif x < 1: pull\n```\n\n"
        "Never write \\<b>."
    )


def test_html_may_stand_in_the_vertical_as_elements_or_escaped() -> None:
    assert ITEMS["sheet-bend"].body == "Two *ropes*.\n\nOne knot."


def test_what_cannot_be_mapped_is_named_with_its_place() -> None:
    assert list(dict.fromkeys(UNMAPPED)) == [
        "policies/2024/grading_policy.json:1: GRADER is left out: a course is completed, not graded",
        "course/2024.xml:1: language of <course> is left out: courses have no language",
        "course/2024.xml:1: start of <course> is left out: policies/2024/policy.json replaces it",
        "policies/2024/policy.json:4: start of <course> is left out: it is open from the beginning",
        "sequential/bowline.xml:1: format of <sequential> is left out: all assessments count alike",
        "sequential/bowline.xml:1: graded of <sequential> is left out: all assessments count alike",
        "html/intro.html:3: <a> cannot be mapped",
        "html/intro.html:4: <img> cannot be mapped",
        "html/intro.html:5: <script> cannot be mapped",
        "video/film.xml:2: <source> cannot be mapped: the first source is used",
        "vertical/read.xml:5: <discussion> cannot be mapped",
        "vertical/read.xml:6: <poll_question> cannot be mapped",
        "problem/one.xml:5: <choicehint> cannot be mapped",
        "problem/mixed.xml:9: case of <stringresponse> is left out: upper and lower case count as the same",
        "problem/mixed.xml:12: <customresponse> cannot be mapped",
        "problem/mixed.xml:14: <drag-and-drop-v2> cannot be mapped",
        "vertical/quiz.xml:9: <problem> cannot be mapped: problem/gone.xml is missing",
        (
            "sequential/bowline.xml:1: display_name of <sequential> is left out: its units stand directly in the "
            "module"
        ),
        f"chapter/{BENDS}.xml:7: <vertical> cannot be mapped: nothing in it can be mapped",
        "course/2024.xml:4: <chapter> cannot be mapped: chapter/lost.xml is missing",
        "course/2024.xml:5: <wiki> cannot be mapped",
        "policies/2024/policy.json:8: vertical/lost is left out: there is no such element",
        "static: what is in it is left out: 1 file is not imported",
    ]


def test_the_course_can_be_written_down_and_read_again() -> None:
    assert read_definition(write_definition(COURSE)) == COURSE


def test_it_reads_as_the_same_each_time() -> None:
    assert mapped(KNOTS) == (COURSE, UNMAPPED)


@pytest.mark.parametrize(
    ("video", "url"),
    [
        ('youtube_id_1_0="abc_-1"', "https://www.youtube.com/watch?v=abc_-1"),
        ('youtube="0.75:x,1.00:abc"', "https://www.youtube.com/watch?v=abc"),
        ('youtube_id_1_0="a&amp;b c"', "https://www.youtube.com/watch?v=a%26b%20c"),
        ('source="https://films.example/a.mp4"', "https://films.example/a.mp4"),
        (
            'html5_sources="[&quot;https://films.example/b.mp4&quot;]"',
            "https://films.example/b.mp4",
        ),
    ],
)
def test_a_video_is_visited_outside(tmp_path: Path, video: str, url: str) -> None:
    (item,) = items_in(a_course_in(tmp_path, f'<video url_name="film" {video}/>'))

    assert (item.type, item.key, item.title, item.url) == (
        ItemType.EXTERNAL,
        "film",
        "Knots",
        url,
    )


@pytest.mark.parametrize(
    "video",
    [
        "<video/>",
        '<video youtube="1.00"/>',
        '<video source="/static/a.mp4"/>',
        '<video source="javascript:alert(1)"/>',
        '<video><source src="https://a b"/></video>',
        f'<video source="https://{"a" * 2000}"/>',
    ],
)
def test_a_video_without_an_address_is_named(tmp_path: Path, video: str) -> None:
    definition, unmapped = mapped(a_course_in(tmp_path, f"{TEXT}{video}"))

    assert len(definition.modules[0].items) == 1
    assert unmapped == ["course.xml:2: <video> cannot be mapped: it has no URL"]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("https://knots.example", "https://knots.example"),
        ("a &lt;script&gt; tag", "a \\<script> tag"),
        ("<p>a\0b</p>", "ab"),
        ('<a href="javascript:alert(1)">x</a>y', "xy"),
        ('<a name="here">x</a>', "x"),
        ('<a href="mailto:bo@school.example">Bo</a>', "[Bo](mailto:bo@school.example)"),
        ('<img src="https://a.example/b.png" alt="B">', "![B](https://a.example/b.png)"),
        ('x<iframe src="https://a.example/"></iframe>', "x<https://a.example/>"),
        ('x<iframe src="/local"></iframe>', "x"),
        ("x<video><script>y</script></video>", "x"),
        ("<svg><a href='https://a.example'>y</a></svg>x", "x"),
        ("<p>1 &lt; 2 &amp;&amp; <b>3</b></p>", "1 \\< 2 && **3**"),
    ],
)  # fmt: skip  # a table
def test_markdown_holds_no_more_than_the_html_showed(
    tmp_path: Path, html: str, markdown: str
) -> None:
    folder = a_course_in(tmp_path, f'{TEXT}<html url_name="x"/>')
    put(folder, {"html/x.html": html})

    (item,) = items_in(folder)

    assert item.body.removeprefix("Make a loop.").strip() == markdown


def test_names_become_distinct_keys(tmp_path: Path) -> None:
    names = [
        "Read",
        "read",
        "READ!",
        "",
        "Straße",
        "узлы",
        "k" * 100,
        "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    ]
    verticals = "".join(f'<vertical url_name="{name}">{TEXT}</vertical>' for name in names)
    put(
        tmp_path,
        {"course.xml": in_chapters(f"<chapter><sequential>{verticals}</sequential></chapter>")},
    )

    keys = [item.key for item in items_in(tmp_path)]

    assert keys[:5] == ["read", "read-2", "read-3", "lesson", "strae"]
    assert keys[5].startswith("lesson-")
    assert (len(keys[6]), keys[6][:70]) == (80, "k" * 70)
    assert keys[7].startswith("lesson-")
    assert len(set(keys)) == len(names)


def test_titles_are_one_line_of_what_there_is_room_for(tmp_path: Path) -> None:
    titles = ["A&#10;  B", "x" * 300, " "]
    chapters = [
        f'<chapter url_name="c" display_name="{title}"><sequential><vertical>{TEXT}</vertical></sequential></chapter>'
        for title in titles
    ]
    put(tmp_path, {"course.xml": in_chapters(*chapters)})

    definition, _ = mapped(tmp_path)

    assert [module.title for module in definition.modules] == ["A B", f"{'x' * 199}…", "c"]
    assert (definition.slug, definition.title) == ("2024", "2024")
    assert definition.modules[0].items[0].title == "Untitled"


def test_a_course_is_as_long_as_a_definition_may_be(tmp_path: Path) -> None:
    chapter = f"<chapter><sequential>{f'<vertical>{TEXT}</vertical>' * 201}</sequential></chapter>"
    short = f"<chapter><sequential><vertical>{TEXT}</vertical></sequential></chapter>"
    put(tmp_path, {"course.xml": in_chapters(chapter, *[short] * 201)})

    definition, unmapped = mapped(tmp_path)

    assert len(definition.modules) == 200
    assert len(definition.modules[0].items) == 200
    assert unmapped == [
        "course.xml:1: <chapter> cannot be mapped: it has more than 200 items",
        "course.xml:1: <chapter> cannot be mapped: the course has too many chapters",
    ]
