"""XML and HTML of a course: XML as a tree with lines, and HTML as Markdown.

XML is read without anything that could reach outside of the text or make it grow.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from markdownify import ATX, MarkdownConverter

DEEPEST: Final = 40
MOST_PARTS: Final = 100_000
"""Elements and attributes in all files of a course; a file that is read again counts again."""
LINE: Final = "data-olx-line"
"""The attribute that holds the line of an element when XML becomes HTML."""
LONGEST_HTML: Final = 400_000
MOST_LIST_ITEMS: Final = 1000
"""The time that the converter takes grows with the square of this number."""
MOST_TAGS: Final = 30_000
"""Tags in all HTML of a course that is converted. What it costs to convert a text at all counts like a few tags."""
TAGS_OF_A_TEXT: Final = 5
TAGS_OF_A_LIST_ITEM: Final = 5
UNMAPPED_TAGS: Final = (
    *("applet", "audio", "button", "canvas", "embed", "form", "input", "math"),
    *("noscript", "object", "script", "select", "style", "svg", "textarea", "video"),
)
_PRUNED: Final = frozenset({"a", "iframe", "img", *UNMAPPED_TAGS})
_WEB_URL: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_LINK_TARGET: Final = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)


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
        waiting: list[Element | str] = self.content[::-1]
        while waiting:
            inner = waiting.pop()
            if isinstance(inner, Element):
                if inner.tag in tags:
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
    if content.tag in ("br", "hr", "img"):
        return f"<{start}>"
    return f"<{start}>{content.inner_html if inner is None else inner}</{content.tag}>"


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


class UnreadableHtml(Exception):
    """The HTML cannot be converted to Markdown; the message says why."""


def markdown_of(
    html: str, *, line: int, note: Callable[[int, str], None], effort: Effort | None = None
) -> str:
    """The HTML as Markdown. *note* gets line and tag of each element that cannot be mapped.

    *line* is the first line of the HTML, for elements without the attribute with their line. Raises UnreadableHtml,
    TooMuch.
    """
    if len(html) > LONGEST_HTML:
        raise UnreadableHtml(f"the HTML is longer than {LONGEST_HTML:,} characters")
    effort = effort or Effort()
    effort.add_tags(TAGS_OF_A_TEXT + html.count("<"))
    unmapped: list[tuple[int, str]] = []
    try:
        soup = BeautifulSoup(f"<div>{html}</div>", "html.parser")
        tags = _proportionate_tags(soup, effort)
        unmapped.extend(_pruned(tags, line=line))
        text: str = _CONVERTER.convert_soup(soup)
    except (ParserRejectedMarkup, ValueError, RecursionError):
        # The converter calls int() on digits of any script, and recurses as deep as the HTML is nested.
        raise UnreadableHtml("the HTML is malformed") from None
    for place in unmapped:
        note(*place)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\0", "")).strip()


def _proportionate_tags(soup: Any, effort: Effort) -> list[Tag]:
    """All tags, in document order. Raises UnreadableHtml, TooMuch."""
    tags: list[Tag] = []
    depths = {id(soup): 0}
    for inner in soup.descendants:
        if isinstance(inner, Tag):
            tags.append(inner)
            depths[id(inner)] = depth = depths[id(inner.parent)] + 1
            if depth > DEEPEST:
                raise UnreadableHtml(f"the HTML is nested too deeply, more than {DEEPEST} times")
    count = sum(tag.name == "li" for tag in tags)
    if count > MOST_LIST_ITEMS:
        raise UnreadableHtml(f"it has more than {MOST_LIST_ITEMS:,} list items")
    effort.add_tags(TAGS_OF_A_LIST_ITEM * count)
    return tags


class _Converter(MarkdownConverter):
    """Escapes text that looks like a tag."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        escaped: str = super().escape(text, parent_tags)  # type: ignore[misc]  # its stub names no methods
        return escaped.replace("<", "\\<")


_CONVERTER: Final = _Converter(heading_style=ATX)


def _pruned(tags: list[Tag], *, line: int) -> Iterator[tuple[int, str]]:
    """Remove what Markdown cannot express, and links that work on Open edX only. Yields line and tag of each."""
    for tag in tags:
        if tag.name not in _PRUNED or tag.decomposed or _is_kept(tag):
            continue
        yield int(str(tag.get(LINE) or line + (tag.sourceline or 1) - 1)), tag.name
        if tag.name == "a":
            tag.unwrap()
        elif tag.name == "img":
            tag.replace_with(str(tag.get("alt") or ""))
        else:
            tag.decompose()


def _is_kept(tag: Tag) -> bool:
    """Whether the element stays. A frame becomes a link to what it shows."""
    if tag.name == "a":
        target = tag.get("href")
        return target is None or bool(_LINK_TARGET.fullmatch(str(target).strip()))
    source = str(tag.get("src") or "").strip()
    if tag.name == "iframe" and _WEB_URL.fullmatch(source):
        tag.name, tag.attrs = "a", {"href": source}
        tag.string = source
    return tag.name == "a" or (tag.name == "img" and bool(_WEB_URL.fullmatch(source)))
