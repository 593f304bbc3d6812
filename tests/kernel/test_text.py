"""Names on one visible line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authsvc.kernel.text import InvalidName, mixes_scripts, name_error, name_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna", "Anna"),
        ("", ""),
        (" \t Anna Ek\n", "Anna Ek"),
        ("A\u030asa", "\u00c5sa"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\u5c71\u7530 \u592a\u90ce", "\u5c71\u7530 \u592a\u90ce"),
        ("Knots \U0001f468\u200d\U0001f469", "Knots \U0001f468\u200d\U0001f469"),
    ],
)
def test_a_name_is_normalized_and_trimmed(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    "character", [*"\x00\x07\x1b\x7f\x85\n\r\u2028\u2029\u202a\u202e\u2066\u2069\ud800"]
)
def test_a_name_has_no_control_characters_and_does_not_reorder_text(character: str) -> None:
    with pytest.raises(InvalidName, match="one line"):
        name_of(f"An{character}na")


@pytest.mark.parametrize("text", ["\u200b", "\u200b \u2060", "\u3164", "\u2800\ufe0f", "\u034f"])
def test_a_name_is_visible(text: str) -> None:
    assert name_error(text) == "A name must have visible characters."


@given(st.text())
def test_a_name_stays_as_it_is(text: str) -> None:
    if name_error(text) is None:
        assert name_of(name_of(text)) == name_of(text)


@pytest.mark.parametrize(
    "text", ["Anna", "anna.ek-7", "\u0430\u043d\u043d\u0430", "\u5c71\u7530taro", "\u00e5se"]
)
def test_one_script_is_not_mixed(text: str) -> None:
    assert not mixes_scripts(text)


@pytest.mark.parametrize("text", ["\u0430nna", "ann\u03b1", "\u0430\u03b1"])
def test_letters_of_different_alphabets_are_mixed(text: str) -> None:
    assert mixes_scripts(text)
