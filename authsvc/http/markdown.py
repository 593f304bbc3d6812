"""Markdown of authors and models as HTML: no HTML of theirs, no images, and no headings above the third level."""

from typing import Final

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

# An image would tell another server who reads this, and what its address says.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).disable("image")


def html_of(text: str) -> SafeString:
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    return SafeString(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
