"""XML of a course: a tree with lines, read without anything that could reach outside of the text or make it grow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

DEEPEST: Final = 40
MOST_PARTS: Final = 60_000
"""Elements and attributes in all files of a course; a file that is read again counts again."""
VOID: Final = frozenset({"br", "hr", "img", "wbr"})
"""Elements of HTML without an end tag (HTML Living Standard §13.1.2), as far as they are mapped."""
LINE: Final = "data-olx-line"
"""The attribute that holds the line of an element when XML becomes HTML."""
MOST_TAGS: Final = 30_000
"""Start and end tags in all HTML of a course that is converted. What else costs time counts like some tags."""


class TooMuch(Exception):
    """The course needs more work than is done for one. The message says what there is too much of."""


@dataclass(slots=True)
class Effort:
    """The work that may still be done for a course."""

    parts: int = MOST_PARTS
    tags: int = MOST_TAGS

    def add_parts(self, count: int) -> None:
        """Raises TooMuch."""
        self.parts -= count
        if self.parts < 0:
            raise TooMuch(f"the course has more than {MOST_PARTS:,} XML elements and attributes")

    def add_tags(self, count: int) -> None:
        """Raises TooMuch."""
        self.tags -= count
        if self.tags < 0:
            raise TooMuch(f"the course has more than {MOST_TAGS:,} HTML tags")


class UnreadableXml(Exception):
    """The XML cannot be read; the message says why, `line` where."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An XML element. Its content is text and elements, in order."""

    tag: str
    attributes: dict[str, str]
    file: str
    line: int
    content: "list[Element | str]" = field(default_factory=list)

    @property
    def children(self) -> "list[Element]":
        return [inner for inner in self.content if isinstance(inner, Element)]

    @property
    def is_empty(self) -> bool:
        """Whether it contains only white space."""
        return not any(isinstance(inner, Element) or inner.strip() for inner in self.content)

    @property
    def text(self) -> str:
        """The text in it, without markup."""
        return "".join(inner if isinstance(inner, str) else inner.text for inner in self.content)

    @property
    def inner_html(self) -> str:
        return "".join(html_of(inner) for inner in self.content)

    def all(self, *tags: str) -> "Iterator[Element]":
        """The elements with these names in it, at any depth, in document order."""
        return (inner for inner in self.descendants() if inner.tag in tags)

    def descendants(self) -> "Iterator[Element]":
        """The elements in it, at any depth, in document order."""
        waiting: list[Element | str] = self.content[::-1]
        while waiting:
            inner = waiting.pop()
            if isinstance(inner, Element):
                yield inner
                waiting += inner.content[::-1]


def html_of(content: Element | str, *, inner: str | None = None) -> str:
    """The content as HTML, or with *inner* in its place. Elements have the attribute with their line."""
    if isinstance(content, str):
        return escape(content, quote=False)
    attributes = content.attributes | {LINE: str(content.line)}
    start = content.tag + "".join(
        f' {name}="{escape(value)}"' for name, value in attributes.items()
    )
    inner = content.inner_html if inner is None else inner
    return f"<{start}>{inner}" + ("" if content.tag in VOID else f"</{content.tag}>")


def parse(text: bytes, file: str, effort: Effort | None = None) -> Element:
    """The root of the text.

    Raises TooMuch; and UnreadableXml, also for a document type, because its entities can be huge or external, and for
    elements that are nested more than 40 deep.
    """
    builder = _Builder(file, effort or Effort())
    try:
        builder.parser.Parse(text, True)  # noqa: FBT003  # expat takes no keyword
    except ExpatError as error:
        reason = str(error).partition(":")[0]
        raise UnreadableXml(reason, line=max(error.lineno, 1)) from None
    except (LookupError, ValueError):
        # Python, not expat, decodes uncommon encodings.
        raise UnreadableXml("unknown encoding", line=1) from None
    return builder.root.children[0]


class _Builder:
    """The handlers that expat calls."""

    def __init__(self, file: str, effort: Effort) -> None:
        self.file = file
        self.effort = effort
        self.root = Element(tag="", attributes={}, file=file, line=0)
        self.open = [self.root]
        self.parser: XMLParserType = ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) > DEEPEST:
            reason = f"the XML is nested too deeply, more than {DEEPEST} times"
            raise UnreadableXml(reason, line=line)
        self.effort.add_parts(1 + len(attributes))
        element = Element(tag=tag, attributes=attributes, file=self.file, line=line)
        self.open[-1].content.append(element)
        self.open.append(element)

    def _end(self, tag: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].content.append(text)

    def _refuse_doctype(self, *declared: Any) -> NoReturn:
        raise UnreadableXml("a document type is not allowed", line=self.parser.CurrentLineNumber)
