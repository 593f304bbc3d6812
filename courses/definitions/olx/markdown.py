"""HTML as Markdown, without what only a browser on Open edX could show."""

import re
from collections.abc import Callable
from typing import Any, Final

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from markdownify import ATX, MarkdownConverter

from courses.definitions.olx.elements import LINE
from courses.definitions.olx.unmapped import Unmapped

LONGEST_HTML: Final = 1_000_000
MOST_LIST_ITEMS: Final = 3000
"""The converter counts each by those before it."""
LEFT_OUT: Final = (
    *("applet", "audio", "button", "canvas", "embed", "form", "input", "math"),
    *("noscript", "object", "script", "select", "style", "svg", "textarea", "video"),
)
_OF_THE_WEB: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_LEADS_SOMEWHERE: Final = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)


class UnreadableHtml(Exception):
    """The text is no HTML that can be turned into Markdown; says why."""


def markdown_of(html: str, *, file: str, line: int, note: Callable[[Unmapped], None]) -> str:
    """The HTML as Markdown; what cannot be mapped in it is noted. Raises UnreadableHtml.

    *line* is where it begins, unless its elements say where they stood.
    """
    if len(html) > LONGEST_HTML:
        raise UnreadableHtml("it is too long")
    noted: list[Unmapped] = []
    try:
        soup = BeautifulSoup(f"<div>{html}</div>", "html.parser")
        if len(soup.find_all("li")) > MOST_LIST_ITEMS:
            raise UnreadableHtml("it has too long lists")
        _prune(soup, file=file, line=line, note=noted.append)
        text: str = _Converter(heading_style=ATX).convert_soup(soup)
    except (ParserRejectedMarkup, ValueError, RecursionError):
        # The converter takes digits of any script for a number, and its own depth for that of the text.
        raise UnreadableHtml("it is no such HTML") from None
    for unmapped in noted:
        note(unmapped)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\0", "")).strip()


class _Converter(MarkdownConverter):
    """Text stays text: what looks like a tag is none."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        escaped: str = super().escape(text, parent_tags)  # type: ignore[misc]  # its stub names no methods
        return escaped.replace("<", "\\<")


def _prune(soup: Any, *, file: str, line: int, note: Callable[[Unmapped], None]) -> None:
    """Take out what Markdown cannot say, or what leads to where nothing is."""
    for tag in soup.find_all(["a", "iframe", "img", *LEFT_OUT]):
        if tag.decomposed or _is_kept(tag):
            continue
        stood = tag.get(LINE) or line + tag.sourceline - 1
        note(Unmapped(file=file, line=int(stood), name=tag.name))
        if tag.name == "a":
            tag.unwrap()
        elif tag.name == "img":
            tag.replace_with(str(tag.get("alt") or ""))
        else:
            tag.decompose()


def _is_kept(tag: Tag) -> bool:
    """Whether it stays; a frame does as the link to what it shows."""
    if tag.name == "a":
        target = tag.get("href")
        return target is None or bool(_LEADS_SOMEWHERE.fullmatch(str(target).strip()))
    source = str(tag.get("src") or "").strip()
    if tag.name == "iframe" and _OF_THE_WEB.fullmatch(source):
        tag.name, tag.attrs = "a", {"href": source}
        tag.string = source
    return tag.name == "a" or (tag.name == "img" and bool(_OF_THE_WEB.fullmatch(source)))
