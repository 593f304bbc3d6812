"""XML as a tree that knows its lines, read without anything that could reach out of the text or blow it up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

DEEPEST: Final = 100
LINE: Final = "data-olx-line"
"""The attribute in which HTML made of XML says where an element stood."""


class UnreadableXml(Exception):
    """The text is not such XML; says why, and on which line."""

    def __init__(self, reason: str, *, line: int) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element; its content is text and elements, in their order."""

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
        """Whether there is nothing in it but white space."""
        return not any(isinstance(inner, Element) or inner.strip() for inner in self.content)

    @property
    def text(self) -> str:
        """All text in it, without the elements around it."""
        return "".join(inner if isinstance(inner, str) else inner.text for inner in self.content)

    @property
    def inner_html(self) -> str:
        return "".join(html_of(inner) for inner in self.content)

    def all(self, *tags: str) -> "Iterator[Element]":
        """The elements of these names in it, at whatever depth."""
        for inner in self.children:
            if inner.tag in tags:
                yield inner
            yield from inner.all(*tags)


def html_of(content: Element | str, *, inner: str | None = None) -> str:
    """The same as HTML, or with *inner* as what is in it; each element says where it stood."""
    if isinstance(content, str):
        return escape(content, quote=False)
    attributes = content.attributes | {LINE: str(content.line)}
    said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    if content.tag in ("br", "hr", "img"):
        return f"<{content.tag}{said}>"
    return f"<{content.tag}{said}>{content.inner_html if inner is None else inner}</{content.tag}>"


def parse(text: bytes, file: str) -> Element:
    """The root of the text.

    Raises UnreadableXml; also for a document type, because with it come entities, which can be huge or lie elsewhere,
    and for more depth than a course has.
    """
    builder = _Builder(file)
    try:
        builder.parser.Parse(text, True)  # noqa: FBT003  # expat takes it so alone
    except ExpatError as error:
        reason = str(error).partition(":")[0]
        raise UnreadableXml(reason, line=max(error.lineno, 1)) from None
    except (LookupError, ValueError):
        # Python, not expat, looks after encodings that are out of the ordinary.
        raise UnreadableXml("unknown encoding", line=1) from None
    return builder.root.children[0]


class _Builder:
    """What expat calls while it reads."""

    def __init__(self, file: str) -> None:
        self.file = file
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
            raise UnreadableXml("it is nested too deeply", line=line)
        element = Element(tag=tag, attributes=attributes, file=self.file, line=line)
        self.open[-1].content.append(element)
        self.open.append(element)

    def _end(self, tag: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].content.append(text)

    def _refuse_doctype(self, *declared: Any) -> NoReturn:
        raise UnreadableXml("a document type is not allowed", line=self.parser.CurrentLineNumber)
