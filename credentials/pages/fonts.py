"""The typeface of certificates and preview images, and what it can show.

DejaVu Sans has the letters of some hundred languages in Latin, Greek, Cyrillic, Armenian and Georgian script. Others
need more than a letter for each character (Arabic, Devanagari) or letters that it lacks (Chinese): such texts are not
drawn at all, because boxes in the place of letters would be wrong and not be noticed.
"""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

REGULAR: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
_FOLDER: Final = Path(__file__).parent / "fonts"
_SHAPED: Final = frozenset({"Mn", "Mc", "Me", "Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters that change others, or that are invisible."""
_FROM_RIGHT: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})


def path_of(name: str) -> Path:
    return _FOLDER / f"{name}.ttf"


def composed(text: str) -> str:
    """The text in one line, each letter with its marks as one character where there is one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def can_show(text: str) -> bool:
    """Whether the typeface shows every character of a composed text as readers expect it."""
    return all(
        ord(character) in _letters()
        and unicodedata.category(character) not in _SHAPED
        and unicodedata.bidirectional(character) not in _FROM_RIGHT
        for character in text
    )


def capitals_of(text: str) -> str:
    """The text in capitals, unless the typeface lacks one: of Georgian letters, it has no capitals."""
    capitals = composed(text.upper())
    return capitals if can_show(capitals) else text


@cache
def registered() -> None:
    """Make the typeface known to reportlab."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  # few requests need it
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415  # likewise

    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(path_of(name))))


@cache
def _letters() -> frozenset[int]:
    """The code points of which both weights have a letter."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  # few requests need it

    registered()
    regular, bold = (_glyphs(pdfmetrics.getFont(name)) for name in (REGULAR, BOLD))
    return frozenset(regular & bold)


def _glyphs(font: Any) -> set[int]:
    return {code for code, glyph in font.face.charToGlyph.items() if glyph}
