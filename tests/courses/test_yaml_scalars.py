"""Plain scalars of YAML: numbers as in JSON, and everything else as text."""

import re
from decimal import Decimal
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from courses.definitions import marked_yaml

NUMBER_OF_JSON: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
LOOKALIKES: Final = st.text("0123456789+-._:eExXobBaAfF", min_size=1, max_size=8)
WORDS: Final = st.sampled_from(["no", "No", "yes", "on", "OFF", "y", "N", "true", "False", "null"])


def value_of(text: str) -> Any:
    return marked_yaml.load(f"a: {text}\n").value["a"]


@given(LOOKALIKES)
def test_a_number_is_the_one_that_is_written(text: str) -> None:
    try:
        value = value_of(text)
    except marked_yaml.UnreadableYaml:
        return
    if isinstance(value, int | float):
        assert float(Decimal(text.replace("+.", "+0.").replace("-.", "-0."))) == value
    elif value is not None and not isinstance(value, list):
        assert value == text
        assert not NUMBER_OF_JSON.fullmatch(text)


@given(st.from_regex(NUMBER_OF_JSON, fullmatch=True).filter(lambda text: len(text) <= 20))
def test_a_number_of_json_is_a_number(text: str) -> None:
    assert float(value_of(text)) == float(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("070", "070"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("0b11", "0b11"),
        ("2026-03-01", "2026-03-01"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("+70", 70),
        ("5.", 5.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("'070'", "070"),
        ('"70"', "70"),
    ],
)
def test_a_scalar_has_the_type_of_the_core_schema(text: str, value: Any) -> None:
    read = value_of(text)

    assert (type(read), read) == (type(value), value)


@given(LOOKALIKES | WORDS)
def test_written_text_is_text_for_readers_of_any_version(text: str) -> None:
    written = marked_yaml.dump({"a": text})

    assert marked_yaml.load(written).value == {"a": text}
    assert yaml.safe_load(written) == {"a": text}


@pytest.mark.parametrize("length", [10, 30_000])
def test_long_texts_follow_the_same_schema(length: int) -> None:
    text = "a: 070\nb: 12:30\nc: no\nd: 70\n" + "#" * length

    assert marked_yaml.load(text).value == {"a": "070", "b": "12:30", "c": "no", "d": 70}
