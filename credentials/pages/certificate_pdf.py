"""The certificate as tagged PDF: one sheet of A4, landscape. The same texts make the same bytes.

Only imported when one is made: reportlab takes half a second to load.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth

from credentials.pages.certificate_words import CertificateWords
from credentials.pages.fonts import BOLD, REGULAR, can_show, capitals_of, composed, registered
from credentials.pages.images import ImageForm, default_image
from credentials.pages.qr_codes import QrCode
from credentials.pages.tagged_pdf import Tag, TaggedCanvas

ACCENT: Final = HexColor("#0b5f6b")
INK: Final = HexColor("#1d2426")
FAINT: Final = HexColor("#566165")
LINE: Final = HexColor("#d5d9d6")
WIDTH, HEIGHT = landscape(A4)
MIDDLE: Final = WIDTH / 2
QR_SIDE: Final = 31 * mm
"""With its quiet zone; 25 mm of it are dark or light squares."""
_ELLIPSIS: Final = "…"


class NotDrawable(Exception):
    """The typeface lacks a letter of a text, so that a browser has to print the certificate."""


def certificate_pdf(words: CertificateWords) -> bytes:
    """The certificate of these words. Raises NotDrawable."""
    texts = [words.issuer, words.holder, words.name, words.description]
    if not all(can_show(composed(text)) for text in texts):
        raise NotDrawable
    registered()
    file = BytesIO()
    canvas = TaggedCanvas(file, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, lang="en")
    canvas.setTitle(words.title)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.setAuthor(words.issuer)
    canvas.setCreator("authsvc")
    canvas.setSubject(f"{words.name}, issued on {words.issued_on}. Verify at {words.url}")
    _draw_frame(canvas)
    _draw_body(canvas, words)
    _draw_foot(canvas, words)
    canvas.save()
    return file.getvalue()


def _draw_frame(canvas: TaggedCanvas) -> None:
    canvas.setStrokeColor(ACCENT)
    for inset, width in ((9 * mm, 2.4), (12 * mm, 0.7)):
        canvas.setLineWidth(width)
        with canvas.artifact():
            canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)


def _draw_body(canvas: TaggedCanvas, words: CertificateWords) -> None:
    issuer = capitals_of(composed(words.issuer))
    _draw_lines(canvas, issuer, BOLD, sizes=(13, 9), top=HEIGHT - 24 * mm, color=ACCENT)
    seal = ImageReader(BytesIO(default_image(words.type, ImageForm.PNG)))
    side = 32 * mm
    with canvas.tagged(Tag.FIGURE, alt=f"Badge of {words.name}"):
        canvas.drawImage(seal, MIDDLE - side / 2, HEIGHT - 66 * mm, side, side, mask="auto")
    _draw_lines(canvas, "This certifies that", REGULAR, sizes=(12, 12), top=HEIGHT - 76 * mm)
    end = _draw_lines(
        canvas,
        composed(words.holder),
        REGULAR,
        sizes=(31, 17),
        top=HEIGHT - 90 * mm,
        color=INK,
    )
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.7)
    with canvas.artifact():
        canvas.line(MIDDLE - 45 * mm, end + 5 * mm, MIDDLE + 45 * mm, end + 5 * mm)
    sentence = f"has met all criteria of the {words.kind}"
    end = _draw_lines(canvas, sentence, REGULAR, sizes=(12, 12), top=end - 3 * mm)
    end = _draw_lines(
        canvas,
        composed(words.name),
        BOLD,
        sizes=(24, 14),
        top=end - 7 * mm,
        color=ACCENT,
        tag=Tag.HEADING,
    )
    if words.description:
        description = composed(words.description)
        _draw_lines(canvas, description, REGULAR, sizes=(11, 11), top=end, most=3)


def _draw_foot(canvas: TaggedCanvas, words: CertificateWords) -> None:
    base = 24 * mm
    issuer = composed(words.issuer)
    until = f"Valid until {words.valid_until}" if words.valid_until else "No expiry date"
    for left, title, label in (
        (24 * mm, words.issued_on, f"Date of issue · {until}"),
        (97 * mm, issuer, "Issuer"),
    ):
        canvas.setStrokeColor(INK)
        with canvas.artifact():
            canvas.line(left, base + 9 * mm, left + 64 * mm, base + 9 * mm)
        _draw_at(canvas, (left, base + 4 * mm), title, BOLD, room=64 * mm)
        _draw_at(canvas, (left, base - 1 * mm), label, REGULAR, room=64 * mm)
    right = WIDTH - 24 * mm - QR_SIDE
    _draw_address(canvas, words, right, base)
    with canvas.tagged(Tag.FIGURE, alt="QR code that leads to the page of the credential"):
        _draw_code(canvas, words.url, right, base - 4 * mm)


def _draw_address(canvas: TaggedCanvas, words: CertificateWords, right: float, base: float) -> None:
    """Draw where to verify it, left of the QR code; both are a link."""
    end = right - 1 * mm
    host, _, rest = words.address.partition("/credentials/")
    canvas.setFillColor(INK)
    with canvas.group(Tag.PARAGRAPH):
        with canvas.tagged(Tag.SPAN):
            canvas.setFont(BOLD, 8.5)
            canvas.drawRightString(end, base + 9 * mm, "Signed digitally. Verify at")
        area = (right - 70 * mm, base - 3 * mm, WIDTH - 24 * mm, base + QR_SIDE)
        with canvas.link(words.url, area):
            canvas.setFont(REGULAR, 7.5)
            canvas.drawRightString(end, base + 4 * mm, f"{host}/credentials/")
            canvas.drawRightString(end, base - 1 * mm, rest)


def _draw_code(canvas: TaggedCanvas, text: str, left: float, bottom: float) -> None:
    code = QrCode.of(text)
    side = QR_SIDE / code.size
    path = canvas.beginPath()
    for bar in code.bars:
        top = bottom + QR_SIDE - bar.row * side
        path.rect(left + bar.column * side, top - side, bar.length * side, side)
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_lines(
    canvas: TaggedCanvas,
    text: str,
    font: str,
    *,
    sizes: tuple[float, float],
    top: float,
    color: HexColor = FAINT,
    most: int = 2,
    tag: Tag = Tag.PARAGRAPH,
) -> float:
    """Draw the text centred, as large as it fits into one line, else in up to *most*; return where the next begins."""
    room = WIDTH - 70 * mm
    largest, smallest = sizes
    size = largest
    while size > smallest and stringWidth(text, font, size) > room:
        size -= 1
    canvas.setFillColor(color)
    canvas.setFont(font, size)
    with canvas.tagged(tag):
        for line in lines_of(text, lambda part: stringWidth(part, font, size) <= room, most=most):
            # The space keeps the words apart for those who are read the lines.
            canvas.drawString(MIDDLE - stringWidth(line, font, size) / 2, top, f"{line} ")
            top -= size * 1.35
    return top


def _draw_at(
    canvas: TaggedCanvas, place: tuple[float, float], text: str, font: str, *, room: float
) -> None:
    """Draw the text in one line of this width."""
    size, color = (10, INK) if font == BOLD else (9, FAINT)
    (line,) = lines_of(text, lambda part: stringWidth(part, font, size) <= room, most=1)
    canvas.setFillColor(color)
    canvas.setFont(font, size)
    with canvas.tagged(Tag.PARAGRAPH):
        canvas.drawString(*place, line)


def lines_of(text: str, fits: Callable[[str], bool], *, most: int) -> list[str]:
    """The text in lines that fit, at most so many; what is left over is replaced by an ellipsis."""
    words, lines = text.split(" "), [""]
    while words:
        word = words.pop(0)
        longer = f"{lines[-1]} {word}".strip()
        if fits(longer):
            lines[-1] = longer
        elif lines[-1] and len(lines) < most:
            lines.append("")
            words.insert(0, word)
        elif not lines[-1] and len(lines) < most:
            part = _longest_part(word, fits)
            lines[-1] = part
            lines.append("")
            words.insert(0, word[len(part) :])
        else:
            lines[-1] = _with_ellipsis(longer, fits)
            break
    return lines


def _longest_part(word: str, fits: Callable[[str], bool]) -> str:
    """At least one letter, so that the work ends."""
    length = len(word)
    while length > 1 and not fits(word[:length]):
        length -= 1
    return word[:length]


def _with_ellipsis(text: str, fits: Callable[[str], bool]) -> str:
    while text and not fits(f"{text}{_ELLIPSIS}"):
        text = text[:-1]
    return f"{text.rstrip()}{_ELLIPSIS}"
