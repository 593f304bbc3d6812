"""Problems of Open edX as questions."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from courses.definitions.olx.elements import Element, html_of
from courses.definitions.olx.folders import Folder
from courses.definitions.olx.names import Keys
from courses.definitions.olx.responses import (
    INPUTS,
    PARTS,
    READERS,
    Asked,
    UnmappableResponse,
    asked_by,
)
from courses.domain.entities import QuestionDefinition

LONGEST_PROMPT: Final = 20_000
MOST_POINTS: Final = 1000
SHOWN: Final = frozenset(
    (
        *("a", "abbr", "acronym", "address", "article", "aside", "b", "big", "blockquote", "br"),
        *("caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div"),
        *("dl", "dt", "em", "fieldset", "figcaption", "figure", "font", "footer", "h1", "h2"),
        *("h3", "h4", "h5", "h6", "header", "hr", "i", "iframe", "img", "ins"),
        *("kbd", "legend", "li", "main", "mark", "nav", "ol", "p", "pre", "q"),
        *("s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"),
    )
)
"""HTML in a problem; iframes and images are seen to later."""
AS_PARAGRAPH: Final = frozenset({"description", "label", "legend"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """What is said, as HTML, and what is asked after that."""

    html: list[str]
    response: Element
    asked: Asked


@dataclass(slots=True)
class _Said:
    """A problem as far as it was read: what was asked, and what was said since."""

    asking: list[_Asking] = field(default_factory=list)
    html: list[str] = field(default_factory=list)


def questions_of(problem: Element, folder: Folder, keys: Keys) -> Iterator[QuestionDefinition]:
    """One question for each thing that the problem asks for; what cannot be mapped is noted."""
    scripts = list(problem.all("script"))
    if scripts:
        folder.leave_out(scripts[0])
        folder.leave_out(problem, "it is made by a program")
        return
    said = _Said()
    _read(problem, said, folder)
    if said.asking:
        said.asking[-1].html.extend(said.html)
    else:
        folder.leave_out(problem, "it asks for nothing that can be mapped")
    for asking in said.asking:
        yield from _question(asking, problem, folder, keys)


def _read(element: Element, said: _Said, folder: Folder) -> None:
    """Add what is in the element to what is said."""
    for inner in element.content:
        if isinstance(inner, str):
            said.html.append(html_of(inner))
        elif inner.tag in READERS:
            _read_response(inner, said, folder)
        elif inner.tag in SHOWN | AS_PARAGRAPH:
            _read_shown(inner, said, folder)
        elif inner.tag not in INPUTS | PARTS:
            folder.leave_out(inner)


def _read_response(response: Element, said: _Said, folder: Folder) -> None:
    """What is said within a response belongs to its question."""
    _read(response, said, folder)
    try:
        asked = asked_by(response, folder)
    except UnmappableResponse as error:
        folder.leave_out(response, str(error))
    else:
        said.asking.append(_Asking(html=said.html, response=response, asked=asked))
        said.html = []


def _read_shown(shown: Element, said: _Said, folder: Folder) -> None:
    """With its tag, unless something is asked within it: then it would be torn apart."""
    if any(shown.all(*READERS)):
        _read(shown, said, folder)
        return
    within = _Said()
    _read(shown, within, folder)
    tag = "p" if shown.tag in AS_PARAGRAPH else shown.tag
    said.html.append(html_of(replace(shown, tag=tag, content=[]), inner="".join(within.html)))


def _question(
    asking: _Asking, problem: Element, folder: Folder, keys: Keys
) -> Iterator[QuestionDefinition]:
    title = " ".join(problem.attributes.get("display_name", "").split())
    prompt = folder.markdown_in(problem, "".join(asking.html)) or title
    if not 0 < len(prompt) <= LONGEST_PROMPT:
        folder.leave_out(asking.response, "it has no prompt, or too long a one")
        return
    yield QuestionDefinition(
        key=keys.key_for(problem.attributes.get("url_name", ""), otherwise="problem"),
        kind=asking.asked.kind,
        prompt=prompt,
        max_score=_points(problem),
        choices=asking.asked.choices,
        answer_key=asking.asked.answer_key,
    )


def _points(problem: Element) -> int:
    """The weight of the problem, if points can be that."""
    try:
        weight = float(problem.attributes.get("weight", "1"))
    except ValueError:
        return 1
    return int(weight) if weight.is_integer() and 1 <= weight <= MOST_POINTS else 1
