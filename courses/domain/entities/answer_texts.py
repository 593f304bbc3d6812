"""Comparison of short answers: texts as keyboards write them, and a strict grammar of numbers."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Final

_QUOTES: Final = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02b9\u02bc\uff07`\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"), '"'),
}
_DASHES: Final = dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-"
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
_WITH_MEANING: Final = ("<super>", "<sub>", "<square>", "<circle>")
"""Compatibility characters that stand for something else than what they decompose to: x² is not x2."""

_LONGEST_NUMBER: Final = 100
_SIGN: Final = r"(?P<sign>[+-]?)[ ]*"
_DECIMAL: Final = re.compile(
    _SIGN + r"(?P<digits>(?:\d+(?:[.]\d*)?|[.]\d+))(?:[eE](?P<exponent>[+-]?\d{1,3}))?"
)
_FRACTION: Final = re.compile(
    _SIGN + r"(?:(?P<whole>\d+)[ ]+)?(?P<numerator>\d+)[ ]*/[ ]*(?P<denominator>\d+)"
)


def plain_text(text: str) -> str:
    """Return the text with the characters that keyboards have for the same thing written in one way.

    The text is composed (NFC). Quotes, apostrophes, hyphens and dashes are straight, widths, ligatures and vulgar
    fractions are those of ASCII (as in NFKC), and invisible characters are left out. Superscripts and subscripts stay.
    """
    if text.isascii():
        return text.replace("`", "'")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_PLAIN))


def folded_text(text: str, *, keeps_case: bool = False, ignores_space: bool = False) -> str:
    """Return the plain text in the form in which it is compared.

    White space is trimmed and each run of it is one space, or none if the comparison *ignores_space*. Case is folded
    (canonical caseless matching, Unicode section 3.13) unless the comparison *keeps_case*.
    """
    spaced = ("" if ignores_space else " ").join(plain_text(text).split())
    if keeps_case:
        return spaced
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", spaced).casefold())


def number_in(text: str, *, allows_comma: bool = False) -> float | None:
    """Return the number that is all of the text, or None.

    A number is a decimal (`5`, `-0.5`, `.5`, `1.5e-3`) or a fraction (`1/2`, `1 1/2`, `½`), with an optional sign and
    white space around it. With *allows_comma* a comma is a decimal point. There are no separators of thousands, no
    underscores and no infinities, and an exponent has at most three digits.
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    plain = " ".join(plain_text(text).split()).replace("\u066b", ".")
    if allows_comma and "." not in plain:
        plain = plain.replace(",", ".")
    if match := _DECIMAL.fullmatch(plain):
        number = Fraction(Decimal(f"{match['digits']}e{match['exponent'] or 0}"))
    elif (match := _FRACTION.fullmatch(plain)) and int(match["denominator"]):
        part = Fraction(int(match["numerator"]), int(match["denominator"]))
        number = int(match["whole"] or 0) + part
    else:
        return None
    try:
        return float(-number if match["sign"] == "-" else number)
    except OverflowError:
        return None


class _Plain(dict[int, str | None]):
    """A table for `str.translate` that looks up in Unicode what it does not hold."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        decomposition = unicodedata.decomposition(character)
        if not decomposition.startswith("<") or decomposition.startswith(_WITH_MEANING):
            return character
        # A vulgar fraction is set apart from a digit before it: 1½ is not 11/2.
        apart = " " if decomposition.startswith("<fraction>") else ""
        return apart + unicodedata.normalize("NFKC", character).replace("\u2044", "/")


_PLAIN: Final = _Plain({**_QUOTES, **_DASHES, **_INVISIBLE, 0x2044: "/"})
