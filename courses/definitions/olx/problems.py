"""Problems of Open edX as questions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import escape
from typing import Final

from courses.definitions.olx.folder import Folder
from courses.definitions.olx.markup import Element, html_of
from courses.definitions.olx.names import Keys
from courses.definitions.olx.responses import (
    INPUTS,
    RESPONSE_PARTS,
    RESPONSES,
    Response,
    UnmappableResponse,
    note_parts,
)
from courses.domain.entities.assessments import Question

LONGEST_PROMPT: Final = 20_000
LONGEST_FEEDBACK: Final = 20_000
MOST_POINTS: Final = 1000
DIGEST: Final = 8
PROMPT_TAGS: Final = frozenset(
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
"""HTML that a prompt may have. Iframes and images are converted later."""
PARAGRAPH_TAGS: Final = frozenset({"description", "label", "legend"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A response, its number among all responses of the problem, the HTML before it, and what explains its answer."""

    html: list[str]
    solutions: list[Element]
    element: Element
    number: int
    response: Response


@dataclass(slots=True)
class _Reader:
    """A problem as far as it has been read: its parts, and the HTML and the solutions since the last one.

    `holders` are the ids of the elements that contain responses; looking for them at each depth again takes long.
    """

    folder: Folder
    holders: set[int]
    numbers: dict[int, int]
    """The number of each response by the id of its element; those that cannot be mapped count, too."""
    parts: list[_Part] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    solutions: list[Element] = field(default_factory=list)

    def read(self, element: Element) -> None:
        for inner in element.content:
            if isinstance(inner, str):
                self.html.append(html_of(inner))
            elif inner.tag in RESPONSES:
                self._read_response(inner)
            elif inner.tag in PROMPT_TAGS | PARAGRAPH_TAGS:
                self._read_prompt(inner)
            elif inner.tag == "solution":
                self.solutions.append(inner)
            elif inner.tag not in INPUTS | RESPONSE_PARTS:
                self.folder.leave_out(inner)

    def _read_response(self, element: Element) -> None:
        """The HTML within a response belongs to its prompt."""
        if id(element) in self.holders:
            self.folder.leave_out(element, "it contains another response")
            return
        self.give_solutions()
        before, self.solutions = self.solutions, []
        self.read(element)
        inside, self.solutions = self.solutions, before
        try:
            response = RESPONSES[element.tag](element, self.folder)
        except UnmappableResponse as error:
            self.folder.leave_out(element, str(error))
        else:
            note_parts(element, self.folder)
            part = _Part(
                html=self.html,
                solutions=[*before, *inside],
                element=element,
                number=self.numbers[id(element)],
                response=response,
            )
            self.parts.append(part)
            self.html, self.solutions = [], []

    def give_solutions(self) -> None:
        """Solutions outside of a response explain the one before them; those before all responses, the first."""
        if self.parts:
            self.parts[-1].solutions.extend(self.solutions)
            self.solutions = []

    def _read_prompt(self, element: Element) -> None:
        """The element with its tag, unless it contains a response, which would tear it apart."""
        if id(element) in self.holders:
            self.folder.note_presentation(element)
            self.read(element)
            return
        inner = _Reader(self.folder, self.holders, self.numbers)
        inner.read(element)
        self.solutions += inner.solutions
        tag = "p" if element.tag in PARAGRAPH_TAGS else element.tag
        self.html.append(html_of(replace(element, tag=tag, content=[]), inner="".join(inner.html)))


def _holders(element: Element) -> set[int]:
    """The ids of the elements in it that contain responses."""
    holders: set[int] = set()
    for inner in element.children:
        inside = _holders(inner)
        holders |= inside
        if inside or any(part.tag in RESPONSES for part in inner.children):
            holders.add(id(inner))
    return holders


def questions_of(problem: Element, folder: Folder, keys: Keys) -> list[Question]:
    """A question for each response of the problem. What cannot be mapped is noted."""
    scripts = list(problem.all("script"))
    if scripts:
        folder.leave_out(scripts[0])
        folder.leave_out(problem, "a script generates it")
        return []
    numbers = {id(part): number for number, part in enumerate(_responses(problem), start=1)}
    reader = _Reader(folder, _holders(problem), numbers)
    reader.read(problem)
    if reader.parts:
        reader.parts[-1].html.extend(reader.html)
        reader.give_solutions()
    else:
        folder.leave_out(problem, "it has no response that can be mapped")
    points = _points(problem, len(numbers), folder) if reader.parts else 1
    questions = (_question(part, problem, points, folder, keys) for part in reader.parts)
    return [question for question in questions if question is not None]


def is_worth_nothing(problem: Element) -> bool:
    return _weight(problem) == 0


def _responses(problem: Element) -> Iterator[Element]:
    """All responses, whether or not they can be mapped, in document order."""
    tags = {part.tag for part in problem.descendants() if part.tag.endswith("response")}
    return problem.all(*tags)


def _question(
    part: _Part, problem: Element, points: int, folder: Folder, keys: Keys
) -> Question | None:
    prompt = _prompt(part, problem, folder)
    if not 0 < len(prompt) <= LONGEST_PROMPT:
        folder.leave_out(part.element, "it has no prompt, or one that is too long")
        return None
    digest = sha256(prompt.encode(errors="backslashreplace")).hexdigest()[:DIGEST]
    return Question(
        key=keys.key_for(_name(part, problem), otherwise=f"problem-{digest}"),
        kind=part.response.kind,
        prompt=prompt,
        max_score=points,
        choices=part.response.choices,
        answer_key=part.response.answer_key,
        feedback=_feedback(part, problem, folder),
    )


def _feedback(part: _Part, problem: Element, folder: Folder) -> str:
    """The solutions, unless they are never shown or too long."""
    is_never_shown = problem.attributes.get("showanswer", "").strip().lower() == "never"
    feedback = ""
    for solution in part.solutions:
        if is_never_shown:
            folder.leave_out(solution, "showanswer is never")
            continue
        text = f"{feedback}\n\n{folder.markdown_in(solution, solution.inner_html)}".strip()
        if len(text) > LONGEST_FEEDBACK:
            folder.leave_out(solution, f"feedback has at most {LONGEST_FEEDBACK:,} characters")
            continue
        folder.note_attributes(solution)
        feedback = text
    return feedback


def _name(part: _Part, problem: Element) -> str:
    """The name of the question: the same as long as the problem has its name, whatever stands before it."""
    name, own = problem.attributes.get("url_name", ""), part.element.attributes.get("id", "")
    if own:
        return f"{name}-{own}".strip("-")
    return f"{name}-{part.number}" if name and part.number > 1 else name


def _prompt(part: _Part, problem: Element, folder: Folder) -> str:
    """The HTML of the question; without any, the label of its input, or the title of the problem."""
    prompt = folder.markdown_in(problem, "".join(part.html))
    for field_ in part.element.all(*INPUTS):
        label = field_.attributes.get("label", "").strip()
        if label and not prompt:
            prompt = folder.markdown_in(field_, escape(label))
        elif label and _letters(label) not in _letters(prompt):
            folder.lose(field_, "label", "the prompt stands alone")
    title = " ".join(problem.attributes.get("display_name", "").split())
    if prompt and title:
        folder.lose(problem, "display_name", "questions have no title", is_minor=True)
    return prompt or folder.markdown_in(problem, escape(title))


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _weight(problem: Element) -> float:
    """NaN if it is not a number."""
    try:
        return float(problem.attributes.get("weight", ""))
    except ValueError:
        return float("nan")


def _points(problem: Element, responses: int, folder: Folder) -> int:
    """The points of each question: the weight of the problem, shared among its responses if that is possible."""
    text = problem.attributes.get("weight", "").strip().lower()
    if text in ("", "null", "none") or is_worth_nothing(problem):
        return 1
    points = _weight(problem) / responses
    if points.is_integer() and 1 <= points <= MOST_POINTS:
        return int(points)
    folder.lose(problem, "weight", "each of its questions counts 1 point")
    return 1
