"""The preview image of a credential as PNG of 1200 by 630 pixels.

Only imported when one is made, because few requests need Pillow.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from credentials.pages.card_words import CardWords
from credentials.pages.fonts import BOLD, REGULAR, can_show, composed, path_of
from credentials.pages.images import ImageForm, default_image

SIZE: Final = (1200, 630)
PAPER, ACCENT, INK, FAINT = "#fbfaf7", "#0b5f6b", "#1d2426", "#566165"
_LEFT: Final = 528
_ROOM: Final = SIZE[0] - _LEFT - 48


@dataclass(frozen=True, slots=True)
class _Style:
    """How a line is written: at which height, and between which sizes."""

    top: int
    font: str
    largest: int
    smallest: int
    color: str


_STYLES: Final = (
    _Style(152, REGULAR, 28, 28, FAINT),
    _Style(204, BOLD, 64, 30, INK),
    _Style(304, REGULAR, 32, 22, INK),
    _Style(372, REGULAR, 28, 18, FAINT),
)
"""Of the state, the name, the holder, and the issuer with the day."""


def card_image(words: CardWords) -> bytes:
    """The card. A text is left out if the typeface lacks a letter of it."""
    card = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 546, *SIZE), fill=ACCENT)
    badge = _badge(words)
    card.paste(badge, (72, 82), badge)
    for text, style in zip(
        (words.state, words.name, words.holder, words.issued), _STYLES, strict=True
    ):
        _write(draw, text, style)
    draw.text((72, 572), f"Verify at {words.address}", fill="#ffffff", font=_font(REGULAR, 28))
    file = BytesIO()
    card.save(file, format="PNG")
    return file.getvalue()


def _badge(words: CardWords) -> Image.Image:
    image = Image.open(BytesIO(default_image(words.type, ImageForm.PNG))).convert("RGBA")
    badge = image.resize((384, 384))
    if not words.is_void:
        return badge
    opacity = badge.getchannel("A").point(lambda value: value * 45 // 100)
    grey = badge.convert("L").convert("RGBA")
    grey.putalpha(opacity)
    return grey


def _write(draw: ImageDraw.ImageDraw, text: str, style: _Style) -> None:
    """Write the text in one line, as large as it fits; one that is too long ends with an ellipsis."""
    line = composed(text)
    if not can_show(line):
        return
    sizes = range(style.largest, style.smallest - 1, -2)
    fitting = (size for size in sizes if _width(line, style.font, size) <= _ROOM)
    size, shown = next(fitting, style.smallest), line
    while line and _width(shown, style.font, size) > _ROOM:
        line = line[:-1]
        shown = f"{line.rstrip()}…"
    draw.text((_LEFT, style.top), shown, fill=style.color, font=_font(style.font, size))


def _width(text: str, name: str, size: int) -> float:
    return _font(name, size).getlength(text)


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    # Basic layout, so that the image does not depend on what else is installed.
    return ImageFont.truetype(path_of(name), size, layout_engine=ImageFont.Layout.BASIC)
