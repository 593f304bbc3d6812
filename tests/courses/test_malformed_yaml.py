"""Text that cannot be read as YAML: the error names the line."""

import pytest

from courses.definitions.formats import LONGEST_TEXT
from tests.support.definitions import errors_in, with_change


@pytest.mark.parametrize(
    ("old", "new", "field_error"),
    [
        ("title: Knots", "title: Knots: bends", "line 3: mapping values are not allowed here"),
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
            "title: @knots",
            "line 3: while scanning for the next token, found character '@' that cannot start any token",
        ),
        (
            "title: Knots",
            r'title: "C:\knots"',
            "line 3: while scanning a double-quoted scalar, found unknown escape character 'k'",
        ),
        (
            "title: Knots",
            "title: [Knots",
            "line 4: while parsing a flow sequence, expected ',' or ']', but got ':'",
        ),
        (
            "title: Knots",
            "title: {a: b}}",
            "line 3: while parsing a block mapping, expected <block end>, but found '}'",
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
            "title: Knots",
            "title: Knots\ntitle: Bends",
            "line 4: the key 'title' is already in this mapping",
        ),
        (
            "title: Knots",
            "title: Knots\n'title': Bends",
            "line 4: the key 'title' is already in this mapping",
        ),
        (
            "key: links",
            "key: links\n    key: chains",
            "line 18: the key 'key' is already in this mapping",
        ),
        ("title: Knots", "title: Knots\n? [a, b]\n: c", "line 4: a key must be text"),
        ("title: Knots", "title: Knots\n? {a: b}\n: c", "line 4: a key must be text"),
        ("title: Knots", "title: Knots\n[a]: b", "line 4: a key must be text"),
        (
            "body: Make a loop.",
            "body: &loop Make a loop.\n        url: *loop",
            "line 12: aliases are not allowed",
        ),
        ("title: Knots", "title: *knots", "line 3: aliases are not allowed"),
        ("title: Loops", "title: Loops\n    <<: *defaults", "line 8: aliases are not allowed"),
        ("title: Knots", "title: !!python/name:os.system Knots", "line 3: tags are not allowed"),
        (
            "title: Knots",
            "title: !!python/object/apply:os.system [ls]",
            "line 3: tags are not allowed",
        ),
        (
            "  - key: loops",
            "  - !!python/object:os.Loops\n    key: loops",
            "line 6: tags are not allowed",
        ),
        ("title: Knots", "title: !knot Knots", "line 3: tags are not allowed"),
        ("title: Knots", "title: !!int ''", "line 3: tags are not allowed"),
        ("title: Knots", "title: !!bool knots", "line 3: tags are not allowed"),
        ("title: Knots", "title: !!str Knots", "line 3: tags are not allowed"),
        ("title: Knots", "title: !!binary a25vdHM=", "line 3: tags are not allowed"),
        (
            "title: Knots",
            "title: !far!knot Knots",
            "line 3: while parsing a node, found undefined tag handle '!far!'",
        ),
        ("title: Knots", r'title: "\UFFFFFFFF"', "line 3: invalid escape or version"),
        ("title: Knots", r'title: "\U00110000"', "line 3: invalid escape or version"),
        ("title: Knots", "title: Kn\0ts", "line 3: YAML does not allow this character"),
        ("title: Knots", "title: Kn\ud800ts", "line 3: YAML does not allow this character"),
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
        ("slug: knots", f"slug: {'[' * 20}{']' * 20}", "line 2: the text is nested too deeply"),
    ],
)
def test_the_line_that_is_to_blame_is_named(old: str, new: str, field_error: str) -> None:
    assert errors_in(with_change(old, new)) == [("", field_error)]


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
    assert errors_in(text) == [("", "The text is too long.")]


def test_a_text_of_the_maximum_length_is_accepted() -> None:
    # With a flaw at its start, because reading all of it would take long.
    longest = "\0".ljust(LONGEST_TEXT)

    assert errors_in(longest) == [("", "line 1: YAML does not allow this character")]
    assert errors_in(f"{longest} ") == [("", "The text is too long.")]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_text_that_is_nested_too_deeply_is_given_up_at_once(opening: str) -> None:
    (field_error,) = errors_in(opening * 5_000)

    assert field_error == ("", "line 1: the text is nested too deeply")


@pytest.mark.parametrize("number", [f"1{':30' * 20_000}", f"0x{'f' * 20_000}", "1" * 20_000])
def test_a_huge_number_is_not_converted(number: str) -> None:
    ((path, reason),) = errors_in(with_change("title: Knots", f"title: {number}"))

    assert path == "title"
    assert reason == f"line 3: '{number[:199]}… is too long"
