"""The definitions in docs/course-definitions.md are valid, and its lists are complete."""

import re
from typing import Final

import yaml

from accounts.domain.access import Role
from courses.definitions.courses import SCHEMA, read_definition
from courses.definitions.olx.files import MOST_BYTES, MOST_BYTES_KEPT, MOST_MEMBERS
from courses.definitions.olx.losses import Loss, lines_of, loss_of_attribute
from courses.definitions.olx.markup import MOST_PARTS, MOST_TAGS
from courses.definitions.olx.responses import RESPONSES
from tests.support.application import Application
from tests.support.definitions import errors_in
from tests.support.documents import fences, members_of, page, table_under, words_in

PAGE: Final = page("docs/course-definitions.md")
EXAMPLE, EDITOR_HINT, WRONG = [fence.text for fence in fences(PAGE) if fence.language == "yaml"]

TEXTS: Final = [fence.text for fence in fences(PAGE) if fence.language == "text"]


def test_the_example_can_be_read() -> None:
    definition = read_definition(EXAMPLE)

    assert definition.slug == "knots-for-beginners"
    assert [len(module.items) for module in definition.modules] == [2, 2]


def test_the_example_shows_every_member() -> None:
    assert members_of(SCHEMA) - words_in(EXAMPLE) == set()


def test_the_example_asks_questions_that_programs_and_people_score() -> None:
    *_, item = read_definition(EXAMPLE).modules[1].items

    assert item.assessment is not None
    kinds = [question.kind.value for question in item.assessment.questions]
    assert kinds == ["mcq", "short", "short", "short", "short", "file"]


def test_what_cannot_be_mapped_is_said_as_the_page_shows() -> None:
    shown, _ = TEXTS

    losses = [
        Loss(file="problem/knots.xml", line=12, element="drag-and-drop-v2"),
        *(
            Loss(file="html/bowline.html", line=7, element="p", attribute="class", is_minor=True)
            for _ in range(4)
        ),
        loss_of_attribute("sequential/loops.xml", 1, "sequential", "graceperiod", "1 day"),
    ]
    assert list(lines_of(filter(None, losses))) == shown.splitlines()


def test_what_is_mapped_of_open_edx_is_listed() -> None:
    listed = re.findall(r"^\| (`.+?) \|", PAGE.partition("## Open edX courses")[2], re.MULTILINE)

    responses = {tag for cell in listed for tag in re.findall(r"`(\w+response)`", cell)}
    assert responses == set(RESPONSES)


def test_how_much_an_export_may_hold_is_said() -> None:
    text = " ".join(PAGE.split())
    assert f"more than {MOST_MEMBERS:,} files, more than {MOST_BYTES // 1_000_000} MB" in text
    assert f"more than {MOST_BYTES_KEPT // 1_000_000} MB of XML, HTML and JSON" in text
    assert f"{MOST_PARTS:,} XML elements and attributes and {MOST_TAGS:,} HTML tags" in text


def test_every_member_is_described() -> None:
    described = [row[0].strip("`") for row in table_under("## Members", PAGE)]

    assert sorted(described) == sorted(members_of(SCHEMA))


def test_the_errors_shown_are_those_that_are_reported() -> None:
    _, shown = TEXTS

    lines = [": ".join(error) for error in errors_in(WRONG)]
    assert lines == shown.splitlines()


def test_the_hint_for_editors_names_the_schema() -> None:
    address = "/v1/schemas/course-definition.json"

    assert f"`{address}`, without a token" in PAGE
    assert EDITOR_HINT.endswith(f"{address}\n")


def test_the_example_is_taken_over_http_too(application: Application) -> None:
    author = application.signed_in(Role.INSTRUCTOR, name="Bo")
    body = yaml.safe_load(EXAMPLE)

    created = author.caller.post("/v1/courses", body)
    published = author.caller.post("/v1/courses/knots-for-beginners/publish")

    assert created.status == 201
    assert published.json["version"] == 1
