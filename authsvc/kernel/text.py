"""Text that people read and compare: files, visible characters, names on one line, and scripts."""

import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

# Letters and marks that are shown as nothing (UAX #44, Default_Ignorable_Code_Point; U+2800 is an empty symbol).
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
# Controls, formats, surrogates and separators. Unassigned characters may be letters of a later Unicode.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
# Embeddings, overrides and isolates (UAX #9): they change the order of what follows them.
_REORDERING: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# Words of one language may be written in all of these (UTS #39 §5.2, "Highly Restrictive").
_WRITTEN_TOGETHER: Final = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})


class InvalidName(ValueError):
    """A text cannot be a name. The message is a sentence that says why."""


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark, as spreadsheets and Windows save it.

    Raises UnicodeDecodeError.
    """
    is_utf16 = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf16 else "utf-8-sig")


def is_invisible(character: str) -> bool:
    """Whether the character is shown as nothing or as a blank, or controls how others are shown."""
    return unicodedata.category(character) in _INVISIBLE or character in _BLANK


def name_of(text: str) -> str:
    """The text as a name: one line, in NFC, without outer blanks. Raises InvalidName.

    An empty text is the name of whoever has none; whether there must be one is for others to say.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if any(_is_forbidden(character) for character in name):
        msg = "A name must be one line, without control characters and marks that reorder text."
        raise InvalidName(msg)
    if text and all(is_invisible(character) for character in name):
        msg = "A name must have visible characters."
        raise InvalidName(msg)
    return name


def name_error(text: str) -> str | None:
    """Why the text cannot be a name; None if it can."""
    try:
        name_of(text)
    except InvalidName as error:
        return str(error)
    return None


def counted(number: int, noun: str) -> str:
    """The number with the noun in singular or plural: 1 module, 2 modules."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def folded(text: str) -> str:
    """The text as it is compared without regard to case and encoding of accents (Unicode §3.13, D145), in NFC.

    Databases differ in what they fold beyond ASCII, so searches compare text that was folded here.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def mixes_scripts(text: str) -> bool:
    """Whether letters of different alphabets stand next to each other, such as Cyrillic and Latin ones."""
    scripts = {_script_of(character) for character in text if character.isalpha()}
    return len(scripts) > 1 and not scripts <= _WRITTEN_TOGETHER


def _is_forbidden(character: str) -> bool:
    is_control = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    return is_control or unicodedata.bidirectional(character) in _REORDERING


def _script_of(letter: str) -> str:
    """The first word of the letter's name, which is its script for all letters that look alike."""
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0].partition("-")[0]
