"""Well-formed YAML that is not a valid course definition: each error has its path."""

from math import inf
from typing import Final

import pytest

from tests.support.definitions import KNOTS_YAML, errors_in, with_change

SLUGS: Final = "'^[a-z0-9]+(-[a-z0-9]+)*$'"
ITEM: Final = "modules/0/items/0"
QUIZ: Final = "modules/0/items/1"
VISIT: Final = "modules/1/items/0"
UNSTORABLE: Final = "the text holds a character that cannot be stored"
NOT_A_SLUG: Final = "a slug has no white space and does not look like an id"
TYPES: Final = "['lesson', 'assessment', 'external']"
URL: Final = "https://knots.example/"
HEAD: Final = KNOTS_YAML.partition("modules:")[0]


@pytest.mark.parametrize(
    ("old", "new", "path", "line", "reason"),
    [
        ("format: 1\nslug: knots", "# Knots", "", 2, "'slug' is a required property"),
        ("slug: knots\n", "", "", 1, "'slug' is a required property"),
        ("slug: knots", "slug:", "slug", 2, "None is not of type 'string'"),
        ("slug: knots", "slug: 12", "slug", 2, "12 is not of type 'string'"),
        ("slug: knots", 'slug: "knots\\n"', "slug", 2, NOT_A_SLUG),
        ("slug: knots", "slug: 6ba7b810-9dad-41d1-80b4-00c04fd430c8", "slug", 2, NOT_A_SLUG),
        ("slug: knots", f"slug: {'k' * 81}", "slug", 2, f"'{'k' * 81}' is too long"),
        ("title: Knots\n", "", "", 1, "'title' is a required property"),
        ("title: Knots", "title: ''", "title", 3, "'' should be non-empty"),
        ("title: Knots", f"title: {'K' * 201}", "title", 3, f"'{'K' * 199}… is too long"),
        ("summary: That hold.", "summary:", "summary", 4, "None is not of type 'string'"),
        ("summary: That hold.", "summary: 2026", "summary", 4, "2026 is not of type 'string'"),
        ("That hold.", "s" * 2001, "summary", 4, f"'{'s' * 199}… is too long"),
        ("summary:", "sumary:", "sumary", 4, "there is no such member here"),
        ("key: loops", "key: Loops", "modules/0/key", 6, f"'Loops' does not match {SLUGS}"),
        ("key: loops", 'key: "loops\\n"', "modules/0/key", 6, "a key has no white space"),
        ("title: Loops", 'title: " \\t"', "modules/0/title", 7, "a title must not be blank"),
        ("    title: Loops\n", "", "modules/0", 6, "'title' is a required property"),
        ("title: Loops", "title: ~", "modules/0/title", 7, "None is not of type 'string'"),
        ("title: Loops", "title: ''", "modules/0/title", 7, "'' should be non-empty"),
        (
            "title: Loops",
            "title: Loops\n    order: 1",
            "modules/0/order",
            8,
            "there is no such member here",
        ),
        ("key: links", "key: loops", "modules/1/key", 17, "the key 'loops' is taken"),
        ("key: animated", "key: bowline", f"{VISIT}/key", 20, "the key 'bowline' is taken"),
        ("key: sheet-bend", "key: bowline", f"{QUIZ}/key", 12, "the key 'bowline' is taken"),
        ("key: bowline\n        title", "title", ITEM, 9, "'key' is a required property"),
        ("key: bowline", "key: b!", f"{ITEM}/key", 9, f"'b!' does not match {SLUGS}"),
        ("key: bowline", "key: -1", f"{ITEM}/key", 9, "-1 is not of type 'string'"),
        ("        title: The bowline\n", "", ITEM, 9, "'title' is a required property"),
        ("        body: Make a loop.\n", "", ITEM, 9, "'body' is a required property"),
        ("Make a loop.", "", f"{ITEM}/body", 11, "None is not of type 'string'"),
        ("Make a loop.", "[Make]", f"{ITEM}/body", 11, "['Make'] is not of type 'string'"),
        ("Make a loop.", '"Make a \\0."', f"{ITEM}/body", 11, UNSTORABLE),
        ("Make a loop.", "b" * 100_001, f"{ITEM}/body", 11, f"'{'b' * 199}… is too long"),
        (
            "body: Make a loop.",
            f"body: Make a loop.\n        url: {URL}",
            ITEM,
            9,
            "only an external item has a url",
        ),
        ("type: assessment", f"url: {URL}", QUIZ, 12, "only an external item has a url"),
        ("required: false", "points: 5", f"{QUIZ}/points", 15, "there is no such member here"),
        (f"        url: {URL}\n", "", VISIT, 20, "'url' is a required property"),
    ],
)
def test_a_flaw_is_named_with_its_place(
    old: str, new: str, path: str, line: int, reason: str
) -> None:
    assert errors_in(with_change(old, new)) == [(path, f"line {line}: {reason}")]


@pytest.mark.parametrize("value", ["2", "yes", "'1'", ".nan"])
def test_the_format_is_1(value: str) -> None:
    text = with_change("format: 1", f"format: {value}")

    assert errors_in(text) == [("format", "line 1: 1 was expected")]


@pytest.mark.parametrize(
    "slug", ["", "Knots", "knots-", "-knots", "kn--ots", "kn_ots", "nœuds", "../knots"]
)
def test_a_slug_has_lower_case_words_and_single_hyphens(slug: str) -> None:
    text = with_change("slug: knots", f"slug: {slug or repr(slug)}")

    assert errors_in(text) == [("slug", f"line 2: {slug!r} does not match {SLUGS}")]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", None),
        ("true", True),
        ("70", 70),
        ("+70", 70),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", inf),
        ("[Knots]", ["Knots"]),
        ("\n  en: K", {"en": "K"}),
    ],
)
def test_a_title_is_a_text(value: str, read: object) -> None:
    text = with_change("title: Knots", f"title: {value}")

    assert errors_in(text) == [("title", f"line 3: {read!r} is not of type 'string'")]


@pytest.mark.parametrize("value", [r'"Kn\0ts"', r'"Kn\ud800ts"', r'"Kn\uDFFFts"'])
def test_a_title_has_only_characters_that_can_be_stored(value: str) -> None:
    text = with_change("title: Knots", f"title: {value}")

    assert errors_in(text) == [("title", f"line 3: {UNSTORABLE}")]


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ("1: 1", "1"),
        ("null: 1", "null"),
        ("a/b~c: 1", "a~1b~0c"),
        (r'"\ud800": 1', r"\ud800"),
        ("<<: {a: 1}", "<<"),
    ],
)
def test_an_unknown_member_is_named_by_its_path(member: str, path: str) -> None:
    assert errors_in(with_change("format: 1", member)) == [
        (path, "line 1: there is no such member here")
    ]


@pytest.mark.parametrize(("value", "read"), [("'no'", "no"), ("0", 0), ("", None)])
def test_whether_an_item_is_required_is_a_boolean(value: str, read: object) -> None:
    text = with_change("required: false", f"required: {value}")

    assert errors_in(text) == [(f"{QUIZ}/required", f"line 15: {read!r} is not of type 'boolean'")]


@pytest.mark.parametrize(("value", "read"), [("quiz", "quiz"), ("Lesson", "Lesson"), ("", None)])
def test_an_item_has_a_known_type(value: str, read: object) -> None:
    text = with_change("type: assessment", f"type: {value}")

    assert errors_in(text) == [(f"{QUIZ}/type", f"line 14: {read!r} is not one of {TYPES}")]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,hello",
        "//knots.example",
        "/etc/passwd",
        "ftp://knots.example",
        "https://",
        "file:///etc/passwd",
    ],
)
def test_an_external_item_leads_to_the_web(url: str) -> None:
    reason = f"line 23: {url!r} does not match '^https?://.+$'"

    assert errors_in(with_change(URL, url)) == [(f"{VISIT}/url", reason)]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://knots.example/a b", "a URL has no white space"),
        ('"https://knots.example/\\n"', "a URL has no white space"),
        ('"https://knots.example/\\u2003"', "a URL has no white space"),
        ('"https://knots.example/\\0"', UNSTORABLE),
        (f"{URL}{'a' * 2000}", f"'{URL}{'a' * 177}… is too long"),
        ("5", "5 is not of type 'string'"),
    ],
)
def test_an_address_is_one_that_can_be_visited(url: str, reason: str) -> None:
    assert errors_in(with_change(URL, url)) == [(f"{VISIT}/url", f"line 23: {reason}")]


@pytest.mark.parametrize(
    ("modules", "path", "line", "reason"),
    [
        ("", "", 1, "'modules' is a required property"),
        ("modules:\n", "modules", 5, "None is not of type 'array'"),
        ("modules: []\n", "modules", 5, "[] should be non-empty"),
        ("modules: {loops: 1}\n", "modules", 5, "{'loops': 1} is not of type 'array'"),
        ("modules:\n- loops\n", "modules/0", 6, "'loops' is not of type 'object'"),
        ("modules:\n- key: a\n  title: A\n", "modules/0", 6, "'items' is a required property"),
        (
            "modules:\n- key: a\n  title: A\n  items: []\n",
            "modules/0/items",
            8,
            "[] should be non-empty",
        ),
        (
            "modules:\n- key: a\n  title: A\n  items:\n  - bowline\n",
            ITEM,
            9,
            "'bowline' is not of type 'object'",
        ),
    ],
)
def test_a_course_has_modules_and_a_module_has_items(
    modules: str, path: str, line: int, reason: str
) -> None:
    assert errors_in(f"{HEAD}{modules}") == [(path, f"line {line}: {reason}")]
