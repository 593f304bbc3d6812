"""Problem types: what docs/problems.md says about each code of a problem."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from authsvc.config.variables import ROOT

_SECTION: Final = re.compile(
    r"^## (?P<code>\S+)\n+\*\*(?P<status>\d+):\*\* (?P<title>[^\n]+)\.\n\n(?P<description>.*?)(?=^## |\Z)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemType:
    """What a code means, and what to do; `description` is Markdown."""

    code: str
    status: int
    title: str
    description: str

    @property
    def path(self) -> str:
        return f"/problems/{self.code}"

    @property
    def page(self) -> SafeString:
        """The description as HTML."""
        # The text is part of the source code. Links lead to other documents, which are not served.
        text = re.sub(r"\[([^\]]+)\]\((?!https:)[^)]*\)", r"\1", self.description)
        html = MarkdownIt("commonmark", {"html": False}).render(text)
        return SafeString(html)

    def members(self) -> dict[str, Any]:
        """The same as members of JSON."""
        return {
            "type": self.path,
            "code": self.code,
            "status": self.status,
            "title": self.title,
            "description": self.description,
        }


@cache
def problem_types() -> dict[str, ProblemType]:
    """Return all problem types by code, in alphabetical order."""
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    return {
        section["code"]: ProblemType(
            code=section["code"],
            status=int(section["status"]),
            title=section["title"],
            description=section["description"].strip(),
        )
        for section in _SECTION.finditer(text)
    }
