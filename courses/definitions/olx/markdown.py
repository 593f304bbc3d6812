r"""HTML of a course as Markdown (CommonMark 0.31), with its losses.

The Markdown shows what the HTML showed: characters that Markdown would read as markup are escaped, and formulas between
`\(` and `\)` or `\[` and `\]` keep their delimiters.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any, Final

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from markdownify import ATX, MarkdownConverter

from courses.definitions.olx.markup import DEEPEST, LINE, Effort

LONGEST_HTML: Final = 400_000
MOST_LIST_ITEMS: Final = 1000
"""The time that the converter takes grows with the square of this number."""
TAGS_OF_A_PLAIN_TEXT: Final = 2
TAGS_OF_A_TEXT: Final = 18
TAGS_OF_A_LIST_ITEM: Final = 5
CHARACTERS_LIKE_A_TAG: Final = 250
INDENTED_LINES_LIKE_A_TAG: Final = 8
"""A line is indented once for each list item and quotation around it."""
_INDENTING: Final = frozenset({"blockquote", "dd", "li"})
UNMAPPED_TAGS: Final = (
    *("applet", "audio", "button", "canvas", "embed", "form", "input", "link", "math", "meta"),
    *("noscript", "object", "script", "select", "style", "svg", "textarea", "video"),
)
_PRUNED: Final = frozenset({"a", "iframe", "img", *UNMAPPED_TAGS})
_WEB_URL: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_LINK_TARGET: Final = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)
_KEPT: Final = {
    "a": {"href", "title"},
    "img": {"alt", "src", "title"},
    "iframe": {"src"},
    "ol": {"start"},
    "td": {"colspan"},
    "th": {"colspan"},
}
"""Attributes with an equivalent in Markdown."""
_MEANINGFUL: Final = frozenset({"hidden", "rowspan"})
"""Attributes that change what is shown. All others change how it is shown."""
_STRUCTURAL: Final = frozenset({"thead", "tbody", "tfoot"})
_SUPERSCRIPTS: Final = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
_SUBSCRIPTS: Final = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_ORDINAL: Final = re.compile(r"st|nd|rd|th", re.IGNORECASE)
_MATHJAX: Final = re.compile(r"\[(/?)mathjax(inline)?\]")
_BLANKS: Final = re.compile(r"[ \t]+")
_BREAKS: Final = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_ENTITY: Final = re.compile(r"&(?=#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]*;)")
_BACKSLASH: Final = re.compile(r"\\(?=[!-/:-@\[-`{-~]|\s|\Z)")
_LINK: Final = re.compile(r"\](?=[(\[:]|\Z)")
_BLOCK: Final = re.compile(
    r"(?m)^([ \t]*)([-+](?=\s|\Z|-)|>|\||#{1,6}(?=\s|\Z)|=+(?=\s*$)|\d{1,9}(?=[.)](?:\s|\Z)))"
)
"""The beginning of a list, heading, quotation, table or rule."""
_BEFORE_LINK: Final = re.compile(r"!(?=\Z)")

Note = Callable[[int, str, str, bool], None]
"""Gets line, element and attribute of a loss, and whether it concerns the presentation alone."""


class UnreadableHtml(Exception):
    """The HTML cannot be converted to Markdown; the message says why."""


def markdown_of(html: str, *, line: int, note: Note, effort: Effort | None = None) -> str:
    """The HTML as Markdown. *note* is called for what cannot be mapped.

    *line* is the first line of the HTML, for elements without the attribute with their line. Raises UnreadableHtml,
    TooMuch.
    """
    if len(html) > LONGEST_HTML:
        raise UnreadableHtml(f"the HTML is longer than {LONGEST_HTML:,} characters")
    effort = effort or Effort()
    effort.add_tags(len(html) // CHARACTERS_LIKE_A_TAG)
    if "<" not in html:
        effort.add_tags(TAGS_OF_A_PLAIN_TEXT)
        return _plain(html)
    effort.add_tags(TAGS_OF_A_TEXT + html.count("<"))
    losses: list[tuple[int, str, str, bool]] = []
    try:
        soup = _soup_of(html)
        tags = _proportionate_tags(soup, effort)
        losses.extend(_pruned(tags, line=line))
        text: str = _CONVERTER.convert_soup(soup)
    except (ParserRejectedMarkup, ValueError, RecursionError):
        # The converter calls int() on digits of any script, and recurses as deep as the HTML is nested.
        raise UnreadableHtml("the HTML is malformed") from None
    for loss in losses:
        note(*loss)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\0", "")).strip()


def _plain(html: str) -> str:
    """Text without tags as Markdown, which is much cheaper."""
    text = unescape(_MATHJAX.sub(_delimiter, html)).replace("\0", "")
    lines = (" ".join(_BLANKS.split(line)) for line in _BREAKS.split(text.strip(" \t\r\n")))
    return _CONVERTER.escape("\n".join(line.strip(" ") for line in lines), set())


class _Tag(Tag):
    """A tag that finds its parents fast: the converter asks for them at each tag."""

    def find_parent(self, name: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(name, str) or args or kwargs:
            return super().find_parent(name, *args, **kwargs)
        parent = self.parent
        while parent is not None and parent.name != name:
            parent = parent.parent
        return parent


def _soup_of(html: str) -> BeautifulSoup:
    plain = _MATHJAX.sub(_delimiter, html)
    return BeautifulSoup(f"<div>{plain}</div>", "html.parser", element_classes={Tag: _Tag})


def _delimiter(token: re.Match[str]) -> str:
    """The delimiter for one of the tokens of Open edX, which are not HTML."""
    closes, is_inline = token.groups()
    return f"\\{')' if is_inline else ']'}" if closes else f"\\{'(' if is_inline else '['}"


def _proportionate_tags(soup: Any, effort: Effort) -> list[Tag]:
    """All tags, in document order. Raises UnreadableHtml, TooMuch."""
    tags: list[Tag] = []
    places = {id(soup): (0, 0)}  # how deep each tag is, and how often the lines in it are indented
    indented = 0
    for inner in soup.descendants:
        depth, indents = places[id(inner.parent)]
        if not isinstance(inner, Tag):
            indented += indents * inner.count("\n")
            continue
        tags.append(inner)
        indented += indents
        places[id(inner)] = (depth + 1, indents + (inner.name in _INDENTING))
        if depth >= DEEPEST:
            raise UnreadableHtml(f"the HTML is nested too deeply, more than {DEEPEST} times")
    count = sum(tag.name == "li" for tag in tags)
    if count > MOST_LIST_ITEMS:
        raise UnreadableHtml(f"it has more than {MOST_LIST_ITEMS:,} list items")
    effort.add_tags(TAGS_OF_A_LIST_ITEM * count + indented // INDENTED_LINES_LIKE_A_TAG)
    return tags


class _Converter(MarkdownConverter):
    """Escapes text that Markdown would read as markup, and keeps superscripts and subscripts apart."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        text = _BACKSLASH.sub(r"\\\\", text)
        escaped: str = super().escape(text, parent_tags)  # type: ignore[misc]  # its stub names no methods
        if any(char in escaped for char in "`<&]~|"):
            escaped = escaped.replace("`", "\\`").replace("<", "\\<").replace("~", "\\~")
            escaped = _LINK.sub(r"\\]", _ENTITY.sub(r"\\&", escaped))
            if not parent_tags.isdisjoint({"td", "th"}):
                escaped = escaped.replace("|", "\\|")
        return _BEFORE_LINK.sub(r"\\!", _BLOCK.sub(_escaped_block, escaped))

    def converts(self, tag: str) -> bool:
        """Whether Markdown has an equivalent of the tag."""
        return self.get_conv_fn_cached(tag) is not None  # type: ignore[attr-defined]  # its stub names no methods

    def convert_sup(self, tag: Tag, text: str, parent_tags: set[str]) -> str:
        return _raised(text, _SUPERSCRIPTS, "^")

    def convert_sub(self, tag: Tag, text: str, parent_tags: set[str]) -> str:
        return _raised(text, _SUBSCRIPTS, "\\_")


def _escaped_block(match: re.Match[str]) -> str:
    """The beginning of a line, so that it begins no list, heading, quotation or rule."""
    blank, mark = match.groups()
    return f"{blank}{mark}\\" if mark.isdigit() else f"{blank}\\{mark}"


def _raised(text: str, characters: dict[str, str], mark: str) -> str:
    """The text in characters of Unicode that stand higher or lower, or behind a mark, as in plain text."""
    plain = text.strip()
    if not plain or (mark == "^" and _ORDINAL.fullmatch(plain)):
        return text
    digits = plain.replace("\N{MINUS SIGN}", "-").replace("\\", "")
    if all(char in characters for char in digits):
        return "".join(characters[char] for char in digits)
    return f"{mark}{plain}" if len(plain) == 1 else f"{mark}({plain})"


_CONVERTER: Final = _Converter(heading_style=ATX)


def _pruned(tags: list[Tag], *, line: int) -> Iterator[tuple[int, str, str, bool]]:
    """Remove what Markdown cannot express, and links that work on Open edX only. Yields each loss."""
    removed: set[int] = set()
    for tag in tags:
        if id(tag) in removed:  # asking the tag would search it
            continue
        place = int(str(tag.attrs.pop(LINE, 0)) or 0) or line + (tag.sourceline or 1) - 1
        name, attributes = tag.name, list(tag.attrs)
        if name in _PRUNED and not _is_kept(tag):
            yield place, name, "", False
            if name == "a":
                tag.unwrap()
            elif name == "img":
                tag.replace_with(str(tag.get("alt") or ""))
            else:
                removed.update(id(inner) for inner in tag.descendants)
                tag.decompose()
            continue
        if name not in _STRUCTURAL and not _CONVERTER.converts(tag.name):
            yield place, name, "", True
        for attribute in attributes:
            if attribute not in _KEPT.get(name, ()):
                yield place, name, attribute, attribute not in _MEANINGFUL


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
