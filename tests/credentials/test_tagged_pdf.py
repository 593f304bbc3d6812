"""Tagged PDF: what is drawn has tags or is an artifact, and certificates are read in their order."""

from dataclasses import replace
from io import BytesIO
from typing import Final

from credentials.pages.certificate_pdf import certificate_pdf
from credentials.pages.tagged_pdf import Tag, TaggedCanvas
from tests.credentials.pdf_files import PdfFile
from tests.credentials.test_certificates import WORDS

PAINTING: Final = frozenset(
    ["Tj", "TJ", "'", "Do", "sh", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*"]
)


def test_what_is_drawn_is_marked_and_has_its_element_in_the_tree() -> None:
    file = BytesIO()
    canvas = TaggedCanvas(file, invariant=1, pageCompression=0, lang="en")
    with canvas.artifact():
        canvas.rect(0, 0, 9, 9)
    with canvas.tagged(Tag.HEADING):
        canvas.drawString(1, 5, "Knots")
    with canvas.group(Tag.PARAGRAPH):
        with canvas.tagged(Tag.SPAN):
            canvas.drawString(1, 3, "Learn more at")
        with canvas.link("https://school.example", (1, 2, 9, 3)):
            canvas.drawString(1, 2, "school.example")
    with canvas.tagged(Tag.FIGURE, alt="A bowline"):
        canvas.rect(1, 0, 1, 1)
    canvas.save()

    pdf = PdfFile.of(file.getvalue())

    assert pdf.outline() == [
        "Document",
        ".H1 #0",
        ".P",
        "..Span #1",
        "..Link #2 <https://school.example>",
        ".Figure “A bowline” #3",
    ]
    for text in (
        "/Artifact BMC\nn 0 0 9 9 re S\nEMC",
        "/H1 <</MCID 0>> BDC\nBT 1 0 0 1 1 5 Tm (Knots) Tj T* ET\nEMC",
        "/Figure <</MCID 3>> BDC\nn 1 0 1 1 re S\nEMC",
    ):
        assert text in pdf.drawn
    catalog, page = pdf.only("Catalog"), pdf.only("Page")
    assert pdf.value(catalog, "Lang") == "en"
    assert pdf.value(pdf.value(catalog, "MarkInfo"), "Marked") == "true"
    assert pdf.value(catalog, "StructTreeRoot") == pdf.only("StructTreeRoot")
    assert (pdf.value(page, "StructParents"), pdf.value(page, "Tabs")) == ("0", "S")


def test_a_certificate_is_read_in_its_order_with_a_heading_and_texts_in_place_of_figures() -> None:
    pdf = PdfFile.of(certificate_pdf(replace(WORDS, description="")))

    assert pdf.outline() == [
        "Document",
        ".P #0",
        ".Figure “Badge of Knot Tying” #1",
        *(f".P #{mark}" for mark in (2, 3, 4)),
        ".H1 #5",
        *(f".P #{mark}" for mark in (6, 7, 8, 9)),
        ".P",
        "..Span #10",
        f"..Link #11 <{WORDS.url}>",
        ".Figure “QR code that leads to the page of the credential” #12",
    ]
    assert not PAINTING & set(pdf.drawn_unmarked.split())
