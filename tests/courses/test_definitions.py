"""Course definitions in YAML and in JSON."""

import json
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from courses.definitions.courses import SCHEMA, definition_of, read_definition
from courses.definitions.formats import MOST_ERRORS
from courses.domain.entities.courses import CourseDefinition
from courses.domain.entities.outlines import CourseModule, ItemType, ModuleItem
from courses.domain.errors import InvalidDefinition
from tests.support.definitions import KNOTS_YAML, errors_in, raised_errors, with_change

KNOTS: Final = CourseDefinition(
    slug="knots",
    title="Knots",
    summary="That hold.",
    modules=(
        CourseModule(
            key="loops",
            title="Loops",
            items=(
                ModuleItem(
                    key="bowline",
                    title="The bowline",
                    type=ItemType.LESSON,
                    body="Make a loop.",
                ),
                ModuleItem(
                    key="sheet-bend",
                    title="The sheet bend",
                    type=ItemType.ASSESSMENT,
                    is_required=False,
                    body="Which knot slips?",
                ),
            ),
        ),
        CourseModule(
            key="links",
            title="Links",
            items=(
                ModuleItem(
                    key="animated",
                    title="Animated knots",
                    type=ItemType.EXTERNAL,
                    url="https://knots.example/",
                ),
            ),
        ),
    ),
)


def in_json() -> dict[str, Any]:
    """The course definition as a JSON body."""
    item = {"key": "bowline", "title": "The bowline", "body": "Make a loop."}
    module = {"key": "loops", "title": "Loops", "items": [item]}
    return {"slug": "knots", "title": "Knots", "modules": [module]}


def errors_in_body(value: Any) -> list[tuple[str, str]]:
    return raised_errors(InvalidDefinition, lambda: definition_of(value))


def test_a_definition_says_what_its_author_wrote() -> None:
    assert read_definition(KNOTS_YAML) == KNOTS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format: 1\n", ""),
        ("format: 1", "# A comment\nformat: 1"),
        ("format: 1", "---\nformat: 1"),
        ("format: 1", "%YAML 1.2\n---\nformat: 1"),
        ("format: 1", "\ufeffformat: 1"),
        ("title: Links", "title: Links # as you like it"),
        ("title: Knots", "'title': \"Knots\""),
        ("title: Knots", 'title: "\\x4bnots"'),
        ("required: false", "required: False"),
        ("Make a loop.", ">-\n          Make\n          a loop."),
        ("title: Knots", "title: &title Knots"),
        ("body: Make", "type: lesson\n        required: true\n        body: Make"),
    ],
)
def test_the_same_course_can_be_written_in_many_ways(old: str, new: str) -> None:
    assert read_definition(with_change(old, new)) == KNOTS


def test_windows_ends_its_lines_in_its_own_way() -> None:
    assert read_definition(KNOTS_YAML.replace("\n", "\r\n")) == KNOTS


def test_json_is_yaml_too() -> None:
    text = json.dumps(in_json(), indent=2)

    assert read_definition(text) == definition_of(in_json())


def test_an_item_is_a_required_lesson_unless_it_says_otherwise() -> None:
    ((item,),) = (module.items for module in definition_of(in_json()).modules)

    assert item == KNOTS.modules[0].items[0]


def test_a_course_needs_no_summary() -> None:
    assert definition_of(in_json()).summary == ""


@pytest.mark.parametrize(
    "title",
    [
        *("2026-03-01", "2026-02-31", "2026-03-01 12:00", "12:30", "12:60", "12:30:45", "1:30"),
        *("070", "0123", "-07", "09.5", "0x", "0x1F", "0o17", "0b1", "1_000", "1_000.5", "1_000.x"),
        *("no", "No", "yes", "on", "off", "y", "n", "=", "<<", "Ränder 🪢", "nö", "No.", "1e", "."),
    ],
)
def test_text_that_could_be_something_else_stays_text(title: str) -> None:
    assert read_definition(with_change("title: Knots", f"title: {title}")).title == title


def test_a_module_and_an_item_may_have_the_same_key() -> None:
    definition = read_definition(with_change("key: bowline", "key: loops"))

    assert definition.modules[0].items[0].key == definition.modules[0].key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("slug: knots", f"slug: {'k' * 80}"),
        ("slug: knots", "slug: '1'"),
        ("slug: knots", "slug: 6ba7b810-9dad-41d1-80b4-00c04fd430c8-too"),
        ("key: loops", f"key: {'k' * 80}"),
        ("title: Knots", f"title: {'K' * 200}"),
        ("That hold.", "s" * 2000),
        ("Make a loop.", "b" * 100_000),
        ("Make a loop.", "''"),
        ("https://knots.example/", f"http://{'a' * 1993}"),
        ("https://knots.example/", "https://knots.example/?q=a&b=%20#c"),
    ],
)
def test_what_just_fits_is_taken(old: str, new: str) -> None:
    assert read_definition(with_change(old, new)) != KNOTS


def test_all_errors_are_reported_at_once() -> None:
    text = with_change("key: loops", "key: Loops").replace("https:", "gopher:")

    assert [path for path, _ in errors_in(text)] == [
        "modules/0/key",
        "modules/1/items/0/url",
    ]


def test_errors_follow_the_order_of_modules() -> None:
    modules = [in_json()["modules"][0] | {"title": at} for at in range(11)]

    assert errors_in_body(in_json() | {"modules": modules}) == [
        (f"modules/{at}/title", f"{at} is not of type 'string'") for at in range(11)
    ]


def test_errors_in_a_body_have_no_lines() -> None:
    body = in_json() | {"title": 5, "colour": "red"}

    assert errors_in_body(body) == [
        ("colour", "there is no such member here"),
        ("title", "5 is not of type 'string'"),
    ]


@pytest.mark.parametrize("body", [None, [], "knots", 5, True, float("nan"), {}])
def test_a_body_that_is_no_definition_is_refused(body: Any) -> None:
    assert errors_in_body(body)


@pytest.mark.parametrize("title", ["Kn\0ts", "Kn\ud800ts", "\udfff"])
def test_a_body_with_text_that_no_store_takes_is_refused(title: str) -> None:
    assert errors_in_body(in_json() | {"title": title}) == [
        ("title", "the text holds a character that cannot be stored")
    ]


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    assert errors_in_body({"title": deep}) == [
        ("", "The body is nested too deeply, more than 20 times.")
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"modules": [0] * 10_000},
        {"modules": [{"items": [0] * 10_000}]},
        dict.fromkeys(map(str, range(10_000))),
    ],
)
def test_of_a_body_that_is_wrong_everywhere_the_first_flaws_are_named(body: Any) -> None:
    assert len(errors_in_body(body)) == MOST_ERRORS


def test_a_long_value_is_cut_short_but_not_what_is_wrong_with_it() -> None:
    ((_, reason),) = errors_in_body(in_json() | {"summary": "a word " * 1000})

    assert reason.endswith("… is too long")
    assert len(reason) < 250


def test_the_schema_is_a_valid_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
