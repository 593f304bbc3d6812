"""Tagged PDF (ISO 32000-1 §14.7 and §14.8) over reportlab, which marks nothing of what it draws.

Screen readers follow the tags: their order, which text is a heading, and the texts in place of figures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Final

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString, PDFtrue
from reportlab.pdfgen.canvas import Canvas

VERSION: Final = (1, 7)
PRINTED: Final = 4
"""The flag of an annotation that is printed with its page."""
_PAGE: Final = 0
"""The key of the page among what has tags; links have the next ones."""


class Tag(StrEnum):
    """Standard structure types (§14.8.4)."""

    DOCUMENT = "Document"
    HEADING = "H1"
    PARAGRAPH = "P"
    SPAN = "Span"
    LINK = "Link"
    FIGURE = "Figure"


class TaggedCanvas(Canvas):  # type: ignore[misc]  # reportlab ships no types
    """A canvas of one page, on which everything is drawn either as content with a tag or as an artifact.

    Content is read in the order in which it is drawn.
    """

    def __init__(self, file: Any, **options: Any) -> None:
        super().__init__(file, pdfVersion=VERSION, **options)
        self._tree = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        self._groups = [self._tree]
        self._marked: list[Any] = []
        self._links: list[Any] = []
        self._groups.append(self._element(Tag.DOCUMENT))

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Draw decoration, which nobody is read."""
        self.addLiteral("/Artifact BMC")
        yield
        self.addLiteral("EMC")

    @contextmanager
    def tagged(self, tag: Tag, *, alt: str = "") -> Iterator[None]:
        """Draw the content of one element. A figure needs the text that is read in its place."""
        element = self._element(tag, alt=alt)
        self._append(element, len(self._marked))
        self.addLiteral(f"/{tag} <</MCID {len(self._marked)}>> BDC")
        self._marked.append(self._doc.Reference(element))
        self._groups.append(element)
        yield
        self._groups.pop()
        self.addLiteral("EMC")

    @contextmanager
    def group(self, tag: Tag) -> Iterator[None]:
        """Let the elements that are drawn inside be parts of one element."""
        self._groups.append(self._element(tag))
        yield
        self._groups.pop()

    @contextmanager
    def link(self, url: str, area: tuple[float, float, float, float]) -> Iterator[None]:
        """Draw the text of a link that can be followed anywhere in the area."""
        with self.tagged(Tag.LINK):
            yield
            self._links.append(self._doc.Reference(self._groups[-1]))
            key, contents = _PAGE + len(self._links), PDFString(url)
            self.linkURL(url, area, Contents=contents, F=PRINTED, StructParent=key)
            annotation = {"Type": PDFName("OBJR"), "Obj": self._annotationrefs[-1]}
            self._append(self._groups[-1], PDFDictionary(annotation))

    def save(self) -> None:
        """End the page, and write the file with the tree of its tags."""
        self.showPage()
        page, catalog = self._doc.Pages[-1], self._doc.Catalog
        # The only way to add entries that reportlab does not know.
        page.__Defaults__ = {
            **page.__Defaults__,
            "StructParents": _PAGE,
            "Tabs": PDFName("S"),
        }
        parents = [_PAGE, PDFArray(self._marked)]
        for key, link in enumerate(self._links, start=_PAGE + 1):
            parents += [key, link]
        self._tree["ParentTree"] = self._doc.Reference(PDFDictionary({"Nums": PDFArray(parents)}))
        self._tree["ParentTreeNextKey"] = _PAGE + 1 + len(self._links)
        catalog.StructTreeRoot = self._tree
        catalog.MarkInfo = PDFDictionary({"Marked": PDFtrue})
        super().save()

    def _element(self, tag: Tag, *, alt: str = "") -> Any:
        """A new element in the innermost group."""
        group = self._groups[-1]
        members = {
            "Type": PDFName("StructElem"),
            "S": PDFName(tag.value),
            "P": self._doc.Reference(group),
            "Pg": self._doc.thisPageRef(),
        }
        element = PDFDictionary(members | ({"Alt": PDFString(alt)} if alt else {}))
        self._append(group, self._doc.Reference(element))
        return element

    def _append(self, element: Any, child: Any) -> None:
        if "K" not in element:
            element["K"] = PDFArray([])
        element["K"].sequence.append(child)
