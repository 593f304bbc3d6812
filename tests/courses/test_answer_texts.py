"""Short answers as keyboards write them, and the grammar of numbers."""

import unicodedata
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.domain.entities.answer_texts import folded_text, number_in
from courses.domain.entities.assessments import AnswerKey

LETTERS: Final = st.characters(exclude_categories=["Cs"])
TEXTS: Final = st.text(LETTERS, max_size=20)
VISIBLE: Final = TEXTS.filter(folded_text)


def accepts(expected: str, answer: str, **how: Any) -> bool:
    return AnswerKey(texts=(expected,), **how).accepts(answer)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("Café", "cafe\u0301"),
        ("cafe\u0301", "CAFÉ"),
        ("don't", "don\u2019t"),
        ("don\u2019t", "don't"),
        ("don't", "don\u02bct"),
        ("don't", "don`t"),
        ("don't", "don\u00b4t"),
        ('a "knot"', "a \u201cknot\u201d"),
        ('a "knot"', "a \u201eknot\u201c"),
        ('a "knot"', "a «knot»"),
        ("half-hitch", "half\u2011hitch"),
        ("1914\u20131918", "1914-1918"),
        ("-5 °C", "\u22125 °C"),
        ("bowline hitch", "bowline\u00a0hitch"),
        ("bowline hitch", "bowline\u3000hitch"),
        ("bowline hitch", "\ufeffbowline hitch\u200b"),
        ("bowline", "bow\u00adline"),
        ("ABC 12", "\uff21\uff22\uff23\u3000\uff11\uff12"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("office", "oﬃce"),
        ("wait...", "wait…"),
        ("1/2 cup", "½ cup"),
        ("1 1/2 cups", "1½ cups"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ᾳ", "\u0391\u0399"),
        ("한글", unicodedata.normalize("NFD", "한글")),
    ],
)
def test_an_answer_is_right_however_a_keyboard_writes_it(expected: str, answer: str) -> None:
    assert accepts(expected, answer)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ("2⁵", "25"),
        ("25", "2⁵"),
        ("x²", "x2"),
        ("m²", "㎡2"),
        ("1½", "11/2"),
        ("résumé", "resume"),
        ("its", "it's"),
        ("half-hitch", "half hitch"),
        ("half-hitch", "halfhitch"),
        ("bow line", "bowline"),
        ("\u200b", ""),
        ("\u200b", " "),
    ],
)
def test_what_means_something_else_is_not_accepted(expected: str, answer: str) -> None:
    assert not accepts(expected, answer)


@given(VISIBLE, st.sampled_from(["NFC", "NFD"]), st.sampled_from(["NFC", "NFD"]))
def test_the_normal_form_of_a_text_does_not_count(text: str, expected: Any, answered: Any) -> None:
    assert accepts(unicodedata.normalize(expected, text), unicodedata.normalize(answered, text))


@given(VISIBLE)
def test_the_case_of_a_text_does_not_count(text: str) -> None:
    assert accepts(text, text.casefold())
    assert accepts(text.casefold(), text)


@given(VISIBLE, st.sampled_from([" ", "\n", "\u00a0", "\u3000\t", "\ufeff"]))
def test_space_around_a_text_does_not_count(text: str, space: str) -> None:
    assert accepts(text, space + text + space)


@given(TEXTS)
def test_folding_a_text_twice_changes_nothing(text: str) -> None:
    folded = folded_text(text)

    assert folded_text(folded) == folded


@given(TEXTS, TEXTS)
def test_acceptance_is_symmetric(text: str, other: str) -> None:
    assert accepts(text, other) is accepts(other, text)


@given(st.text(st.characters(codec="ascii", exclude_characters="`"), max_size=20))
def test_ascii_is_compared_as_it_always_was(text: str) -> None:
    assert folded_text(text) == " ".join(text.split()).casefold()


def test_a_question_can_tell_upper_from_lower_case() -> None:
    assert accepts("Co", " Co ", keeps_case=True)
    assert accepts("Café", "Cafe\u0301", keeps_case=True)
    assert not accepts("Co", "CO", keeps_case=True)


def test_a_question_can_ignore_spaces() -> None:
    assert accepts("3 x + 1", "3x+1", ignores_space=True)
    assert accepts("3x+1", "3 X +\u00a01", ignores_space=True)
    assert not accepts("3x+1", "3 X + 1", ignores_space=True, keeps_case=True)
    assert not accepts("3x+1", " ", ignores_space=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("05", 5),
        ("+5", 5),
        ("-5", -5),
        ("\u22125", -5),
        ("\uff0d\uff15", -5),
        ("- 5", -5),
        (" 5.0\n", 5),
        ("5.", 5),
        (".5", 0.5),
        ("-.5", -0.5),
        (" 1e5 ", 100000),
        ("1E-3", 0.001),
        ("1e\u22123", 0.001),
        ("1/2", 0.5),
        ("-1/2", -0.5),
        ("1 / 2", 0.5),
        ("1\u20442", 0.5),
        ("½", 0.5),
        ("-½", -0.5),
        ("1½", 1.5),
        ("1 1/2", 1.5),
        ("\u22121 ½", -1.5),
        ("10/5", 2),
        ("٣", 3),
        ("٣\u066b\u0665", 3.5),
        ("१२", 12),
        ("1e-999", 0),
        ("9" * 100, float("9" * 100)),
    ],
)
def test_a_number_is_read_in_each_of_its_spellings(text: str, number: float) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "5 5", "1 .5", "1. 5", "1 e5", "1e 5", "5 m", "1 2 1/2", "5\x00", "\ud800"),
        *[
            "-",
            "+",
            ".",
            "e5",
            "1e",
            "1e+",
            "--5",
            "+-5",
            "5-",
            "1_0",
            "1__0",
            "_1",
            "0x10",
            "0b1",
            "1e5_0",
            "1e1.5",
            "1e1000",
            "1e999",
        ],
        *[
            "nan",
            "NaN",
            "inf",
            "-Infinity",
            "infinity",
            "1,5",
            "1,000",
            "1'000",
            "1.000.000",
            "5%",
            "€5",
            "five",
            "Ⅳ",
        ],
        *["1/0", "1/", "/2", "1/2/3", "1/-2", "1.5/2", "1/2.5", "5²", "²", "①", "1e²"],
        *("9" * 101, "9" * 1_000_000),
    ],
)
def test_what_is_not_a_number_is_not_read_as_one(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("1,5", 1.5), ("1.5", 1.5), (",5", 0.5), ("-1,5e3", -1500), ("5,", 5)]
)
def test_a_decimal_comma_is_read_where_the_question_allows_it(text: str, number: float) -> None:
    assert number_in(text, allows_comma=True) == number


@pytest.mark.parametrize("text", ["1,000.5", "1.000,5", "1,0,0", ",", "1,5/2", "1 ,5"])
def test_a_comma_is_nothing_but_a_decimal_point(text: str) -> None:
    assert number_in(text, allows_comma=True) is None


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["{!r}", "{:e}", " {!r} "])
)
def test_a_number_written_out_is_read_as_it_is(number: float, spelling: str) -> None:
    text = spelling.format(number)

    assert number_in(text) == float(text)
    assert number_in(text.replace("-", "\u2212")) == float(text)
    assert number_in(text.replace(".", ","), allows_comma=True) == float(text)


@given(st.text(st.sampled_from("0123456789+-.,/eE_ ½²٣\u2212"), max_size=8))
def test_nothing_is_read_as_a_number_that_does_not_match_the_grammar(text: str) -> None:
    number = number_in(text)
    is_plain = not set(text) & set("/½\u2212, ") and "_" not in text

    if "_" in text or "²" in text or "," in text:
        assert number is None
    elif number is not None and is_plain:
        assert number == float(text)


@given(st.integers(-999, 999), st.integers(1, 999))
def test_a_fraction_is_its_quotient(numerator: int, denominator: int) -> None:
    assert number_in(f"{numerator}/{denominator}") == numerator / denominator


@pytest.mark.parametrize(
    ("answer_key", "right", "wrong"),
    [
        ({"minimum": 1, "maximum": 2}, ["1", "1.5", "2", "3/2"], ["0.999", "2.001", "x", ""]),
        ({"minimum": 0}, ["0", "1e300", "-0"], ["-0.1", "\u22121", "1e999"]),
        ({"maximum": 0}, ["0", "-1e300"], ["0.1"]),
        ({"number": 9, "minimum": 1, "maximum": 2}, ["9", "1"], ["5"]),
        ({"number": 0.5, "allows_comma": True}, ["0,5", "½"], ["5"]),
        ({"number": 1, "minimum": -2, "maximum": -1}, ["-1.5"], ["1.5"]),
    ],
)
def test_a_number_in_a_range_is_right(
    answer_key: dict[str, Any], right: list[str], wrong: list[str]
) -> None:
    key = AnswerKey(**answer_key)

    assert [text for text in right if not key.accepts(text)] == []
    assert [text for text in wrong if key.accepts(text)] == []


@pytest.mark.parametrize(
    ("number", "answer"),
    [(3.141592653589793, "3.14159265358979323846"), (0.3333333333333333, "1/3")],
)
def test_a_number_is_compared_as_precisely_as_it_is_stored(number: float, answer: str) -> None:
    assert AnswerKey(number=number).accepts(answer)
