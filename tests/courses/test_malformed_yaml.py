"""Text that cannot be read as YAML: the error names the line."""

from typing import Final

import pytest

from courses.definitions.courses import read_definition
from courses.definitions.formats import LONGEST_TEXT
from tests.support.definitions import KNOTS_YAML, errors_in, with_change

NO_TOKEN: Final = "while scanning for the next token"
NO_SCALAR: Final = "while scanning a double-quoted scalar"
NO_MAPPING: Final = "while parsing a block mapping"


@pytest.mark.parametrize(
    ("old", "new", "field_error"),
    [
        (
            "title: Knots",
            "title 'Knots'",
            "line 4: while scanning a simple key, could not find expected ':'",
        ),
        (
            "title: Knots",
            "title: 'Knots",
            "line 24: while scanning a quoted scalar, found unexpected end of stream",
        ),
        (
            "title: Knots",
            "title: [Knots",
            "line 4: while parsing a flow sequence, expected ',' or ']', but got ':'",
        ),
        (
            "    title: Loops",
            "\ttitle: Loops",
            "line 7: while scanning for the next token, found character '\\t' that cannot start any token",
        ),
        (
            "    title: Loops",
            "   title: Loops",
            "line 7: while parsing a block collection, expected <block end>, but found '<block mapping start>'",
        ),
        (
            "  - key: links",
            "- key: links",
            "line 17: while parsing a block mapping, expected <block end>, but found '-'",
        ),
        (
            "key: links",
            "key: links\n    key: chains",
            "line 18: the key 'key' is already in this mapping",
        ),
        (
            "body: Make a loop.",
            "body: &loop Make a loop.\n        url: *loop",
            "line 12: aliases are not allowed",
        ),
        ("title: Loops", "title: Loops\n    <<: *defaults", "line 8: aliases are not allowed"),
        (
            "  - key: loops",
            "  - !!python/object:os.Loops\n    key: loops",
            "line 6: tags are not allowed",
        ),
        (
            "body: Make a loop.",
            "body: Make a \x1b[1mloop",
            "line 11: YAML does not allow this character",
        ),
        (
            "format: 1",
            "title: Bends\n---\nformat: 1",
            "line 2: expected a single document in the stream, but found another document",
        ),
        (
            "format: 1",
            "title: Bends\n...\nformat: 1",
            "line 3: expected '<document start>', but found '<block mapping start>'",
        ),
        (
            "format: 1",
            "%YAML 2.0\n---\nformat: 1",
            "line 1: found incompatible YAML document (version 1.* is required)",
        ),
        (
            "format: 1",
            f"%YAML 1.{'1' * 5000}\n---\nformat: 1",
            "line 1: invalid escape or version",
        ),
        (
            "slug: knots",
            f"slug: {'[' * 20}{']' * 20}",
            "line 2: the text is nested too deeply, more than 20 times",
        ),
    ],
)
def test_the_line_that_is_to_blame_is_named(old: str, new: str, field_error: str) -> None:
    assert errors_in(with_change(old, new)) == [("", field_error)]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("Knots: bends", "mapping values are not allowed here"),
        ("@knots", f"{NO_TOKEN}, found character '@' that cannot start any token"),
        (r'"C:\knots"', f"{NO_SCALAR}, found unknown escape character 'k'"),
        ("{a: b}}", f"{NO_MAPPING}, expected <block end>, but found '}}'"),
        ("*knots", "aliases are not allowed"),
        ("!far!knot Knots", "while parsing a node, found undefined tag handle '!far!'"),
        (r'"\UFFFFFFFF"', "invalid escape or version"),
        (r'"\U00110000"', "invalid escape or version"),
        ("Kn\0ts", "YAML does not allow this character"),
        ("Kn\ud800ts", "YAML does not allow this character"),
    ],
)
def test_a_value_that_is_not_yaml_is_an_error_on_its_line(value: str, error: str) -> None:
    assert errors_in(with_change("title: Knots", f"title: {value}")) == [("", f"line 3: {error}")]


@pytest.mark.parametrize(
    "value",
    [
        "!!python/name:os.system Knots",
        "!!python/object/apply:os.system [ls]",
        "!knot Knots",
        "!!int ''",
        "!!bool knots",
        "!!str Knots",
        "!!binary a25vdHM=",
    ],
)
def test_tags_are_not_allowed(value: str) -> None:
    text = with_change("title: Knots", f"title: {value}")

    assert errors_in(text) == [("", "line 3: tags are not allowed")]


@pytest.mark.parametrize("line", ["? [a, b]\n: c", "? {a: b}\n: c", "[a]: b"])
def test_a_key_must_be_text(line: str) -> None:
    text = with_change("title: Knots", f"title: Knots\n{line}")

    assert errors_in(text) == [("", "line 4: a key must be text")]


@pytest.mark.parametrize("key", ["title", "'title'"])
def test_a_key_stands_once_in_a_mapping(key: str) -> None:
    text = with_change("title: Knots", f"title: Knots\n{key}: Bends")

    assert errors_in(text) == [("", "line 4: the key 'title' is already in this mapping")]


@pytest.mark.parametrize("text", ["", "\n\n", "# Knots\n", "   "])
def test_a_text_that_says_nothing_is_no_course(text: str) -> None:
    assert errors_in(text) == [("", "line 1: the text is empty")]


@pytest.mark.parametrize(
    ("text", "line", "value"),
    [
        ("null", 1, "None"),
        ("---", 1, "None"),
        ("knots", 1, "'knots'"),
        ("\n# Knots\n- knots", 3, "['knots']"),
        ("[]", 1, "[]"),
        ("12", 1, "12"),
        (".nan", 1, "nan"),
        ("2026-03-01", 1, "'2026-03-01'"),
        ("2026-02-31", 1, "'2026-02-31'"),
        ("2026-03-01T12:00:00Z", 1, "'2026-03-01T12:00:00Z'"),
        ("=", 1, "'='"),
    ],
)
def test_what_is_no_mapping_is_no_course(text: str, line: int, value: str) -> None:
    assert errors_in(text) == [("", f"line {line}: {value} is not of type 'object'")]


def test_a_text_of_five_megabytes_is_not_read() -> None:
    text = with_change("Make a loop.", "Make a loop. " * 400_000)

    assert len(text) > 5_000_000
    assert errors_in(text) == [("", "The text is longer than 4,000,000 characters.")]


def test_a_text_of_the_maximum_length_is_accepted() -> None:
    longest = KNOTS_YAML.ljust(LONGEST_TEXT)

    assert read_definition(longest) == read_definition(KNOTS_YAML)
    assert errors_in(f"{longest} ") == [("", "The text is longer than 4,000,000 characters.")]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_text_that_is_nested_too_deeply_is_given_up_at_once(opening: str) -> None:
    (field_error,) = errors_in(opening * 5_000)

    assert field_error == ("", "line 1: the text is nested too deeply, more than 20 times")


@pytest.mark.parametrize("number", [f"1{':30' * 20_000}", f"0x{'f' * 20_000}", "1" * 20_000])
def test_a_huge_number_is_not_converted(number: str) -> None:
    ((path, reason),) = errors_in(with_change("title: Knots", f"title: {number}"))

    assert path == "title"
    assert reason == f"line 3: '{number[:199]}… is too long"
