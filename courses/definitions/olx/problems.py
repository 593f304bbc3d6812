"""Problems of Open edX as questions."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Final

from courses.definitions.olx.files import Folder
from courses.definitions.olx.markup import Element, html_of
from courses.definitions.olx.names import Keys
from courses.domain.entities.assessments import AnswerKey, Choice, Question, QuestionKind

LONGEST_PROMPT: Final = 20_000
MOST_POINTS: Final = 1000
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
FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 50
MOST_TEXTS: Final = 100
LONGEST_CHOICE: Final = 2000
LONGEST_ANSWER: Final = 1000
# A quote without an end takes the rest of the text; looking for its end from each quote again would take forever.
_QUOTED: Final = re.compile(
    r"""'((?:[^'\\]|\\.)*+)('|\\?\Z)|"((?:[^"\\]|\\.)*+)(\"|\\?\Z)""", re.DOTALL
)


class UnmappableResponse(Exception):
    """There is no equivalent kind of question; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The part of a question that depends on its kind."""

    kind: QuestionKind
    choices: tuple[Choice, ...] = ()
    answer_key: AnswerKey | None = None


def _of_one(response: Element, folder: Folder) -> Response:
    choices = _choices(_only(response, "choicegroup"), folder)
    if sum(choice.is_right for choice in choices) > 1:
        raise UnmappableResponse("it accepts one of several right choices")
    return Response(kind=QuestionKind.MCQ, choices=choices)


def _of_several(response: Element, folder: Folder) -> Response:
    choices = _choices(_only(response, "checkboxgroup"), folder)
    return Response(kind=QuestionKind.MCQ, choices=choices)


def _of_a_menu(response: Element, folder: Folder) -> Response:
    menu = _only(response, "optioninput")
    if any(menu.all("option")):
        return Response(kind=QuestionKind.MCQ, choices=_choices(menu, folder))
    options = [
        _unquoted(single, double)
        for single, end, double, other_end in _QUOTED.findall(menu.attributes.get("options", ""))
        if end == "'" or other_end == '"'
    ]
    right = menu.attributes.get("correct", "").strip()
    texts = [(option, option, option.strip() == right) for option in options]
    return Response(kind=QuestionKind.MCQ, choices=_checked(texts))


def _of_text(response: Element, folder: Folder) -> Response:
    _only(response, "textline")
    if "regexp" in response.attributes.get("type", "").split():
        raise UnmappableResponse("its answer is a regular expression")
    more = response.all("additional_answer")
    answers = [response.attributes.get("answer", "")]
    answers += [other.attributes.get("answer") or other.text for other in more]
    texts = tuple(text for text in answers if text.strip())
    if not texts or len(texts) > MOST_TEXTS or any(len(text) > LONGEST_ANSWER for text in texts):
        raise UnmappableResponse("it has no answer, too many, or one that is too long")
    return Response(kind=QuestionKind.SHORT, answer_key=AnswerKey(texts=texts))


def _of_number(response: Element, folder: Folder) -> Response:
    _only(response, "formulaequationinput", "textline")
    number = _number(response.attributes.get("answer", ""))
    if number is None:
        raise UnmappableResponse("its answer is not a number")
    tolerance = _tolerance(_tolerance_attribute(response), number)
    if tolerance is None:
        raise UnmappableResponse("its tolerance is not a number")
    for other in response.all("additional_answer"):
        folder.leave_out(other)
    answer_key = AnswerKey(number=number, tolerance=tolerance)
    return Response(kind=QuestionKind.SHORT, answer_key=answer_key)


RESPONSES: Final[dict[str, Callable[[Element, Folder], Response]]] = {
    "multiplechoiceresponse": _of_one,
    "choiceresponse": _of_several,
    "optionresponse": _of_a_menu,
    "stringresponse": _of_text,
    "numericalresponse": _of_number,
}
INPUTS: Final = frozenset(
    {"checkboxgroup", "choicegroup", "formulaequationinput", "optioninput", "textline"}
)
RESPONSE_PARTS: Final = frozenset({"additional_answer", "responseparam"})
"""Parts of a response that are not shown."""


def _only(response: Element, *tags: str) -> Element:
    """The one input of the response. A text line may be missing."""
    inputs = list(response.all(*tags))
    if not inputs and "textline" in tags:
        return response
    if len(inputs) != 1 or len(list(response.all(*INPUTS))) > 1:
        raise UnmappableResponse(f"it does not have exactly one <{tags[0]}>")
    return inputs[0]


def _choices(group: Element, folder: Folder) -> tuple[Choice, ...]:
    choices = list(group.all("choice", "option"))
    if len(choices) > MOST_CHOICES:
        raise UnmappableResponse(f"it has {len(choices)} choices")
    return _checked([_choice(choice, folder) for choice in choices])


def _choice(choice: Element, folder: Folder) -> tuple[str, str, bool]:
    """The name and the text of the choice, and whether it is right."""
    shown = []
    for inner in choice.content:
        if isinstance(inner, Element) and inner.tag.endswith("hint"):
            folder.leave_out(inner)
        else:
            shown.append(inner)
    text = replace(choice, content=shown).inner_html
    is_right = choice.attributes.get("correct", "").lower() == "true"
    return choice.attributes.get("name", ""), folder.markdown_in(choice, text), is_right


def _checked(choices: Sequence[tuple[str, str, bool]]) -> tuple[Choice, ...]:
    """The choices, within the limits of the schema. Raises UnmappableResponse."""
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
        raise UnmappableResponse(f"it has {len(choices)} choices")
    if not any(is_right for *_, is_right in choices):
        raise UnmappableResponse("no choice is right")
    if not all(0 < len(text.strip()) <= LONGEST_CHOICE for _, text, _ in choices):
        raise UnmappableResponse("a choice has no text, or one that is too long")
    return tuple(_keyed(choices))


def _keyed(choices: Sequence[tuple[str, str, bool]]) -> Iterator[Choice]:
    keys = Keys()
    for number, (name, text, is_right) in enumerate(choices, start=1):
        key = keys.key_for(name, otherwise=f"choice-{number}")
        yield Choice(key=key, text=text, is_right=is_right)


def _unquoted(single: str, double: str) -> str:
    return re.sub(r"\\(.)", r"\1", single or double)


def _tolerance_attribute(response: Element) -> str:
    for parameter in response.all("responseparam"):
        if parameter.attributes.get("type", "tolerance") == "tolerance":
            return parameter.attributes.get("default", "0").strip()
    return "0"


def _tolerance(text: str, number: float) -> float | None:
    """The tolerance: a number, or a percentage of the right answer."""
    tolerance = _number(text.removesuffix("%"))
    if tolerance is not None and text.endswith("%"):
        tolerance = _number(f"{tolerance * number / 100:.12g}")
    return None if tolerance is None else abs(tolerance)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A response, and the HTML before it."""

    html: list[str]
    element: Element
    response: Response


@dataclass(slots=True)
class _Reader:
    """A problem as far as it has been read: its parts, and the HTML since the last one.

    `holders` are the ids of the elements that contain responses; looking for them at each depth again takes long.
    """

    folder: Folder
    holders: set[int]
    parts: list[_Part] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def read(self, element: Element) -> None:
        for inner in element.content:
            if isinstance(inner, str):
                self.html.append(html_of(inner))
            elif inner.tag in RESPONSES:
                self._read_response(inner)
            elif inner.tag in PROMPT_TAGS | PARAGRAPH_TAGS:
                self._read_prompt(inner)
            elif inner.tag not in INPUTS | RESPONSE_PARTS:
                self.folder.leave_out(inner)

    def _read_response(self, element: Element) -> None:
        """The HTML within a response belongs to its prompt."""
        if id(element) in self.holders:
            self.folder.leave_out(element, "it contains another response")
            return
        self.read(element)
        try:
            response = RESPONSES[element.tag](element, self.folder)
        except UnmappableResponse as error:
            self.folder.leave_out(element, str(error))
        else:
            self.parts.append(_Part(html=self.html, element=element, response=response))
            self.html = []

    def _read_prompt(self, element: Element) -> None:
        """The element with its tag, unless it contains a response, which would tear it apart."""
        if id(element) in self.holders:
            self.read(element)
            return
        inner = _Reader(self.folder, self.holders)
        inner.read(element)
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


def questions_of(problem: Element, folder: Folder, keys: Keys) -> Iterator[Question]:
    """A question for each response of the problem. What cannot be mapped is noted."""
    scripts = list(problem.all("script"))
    if scripts:
        folder.leave_out(scripts[0])
        folder.leave_out(problem, "a script generates it")
        return
    reader = _Reader(folder, _holders(problem))
    reader.read(problem)
    if reader.parts:
        reader.parts[-1].html.extend(reader.html)
    else:
        folder.leave_out(problem, "it has no response that can be mapped")
    for part in reader.parts:
        yield from _question(part, problem, folder, keys)


def _question(part: _Part, problem: Element, folder: Folder, keys: Keys) -> Iterator[Question]:
    title = " ".join(problem.attributes.get("display_name", "").split())
    prompt = folder.markdown_in(problem, "".join(part.html)) or title
    if not 0 < len(prompt) <= LONGEST_PROMPT:
        folder.leave_out(part.element, "it has no prompt, or one that is too long")
        return
    yield Question(
        key=keys.key_for(problem.attributes.get("url_name", ""), otherwise="problem"),
        kind=part.response.kind,
        prompt=prompt,
        max_score=_points(problem),
        choices=part.response.choices,
        answer_key=part.response.answer_key,
    )


def _points(problem: Element) -> int:
    """The weight of the problem if it is a valid number of points, otherwise 1."""
    try:
        weight = float(problem.attributes.get("weight", "1"))
    except ValueError:
        return 1
    return int(weight) if weight.is_integer() and 1 <= weight <= MOST_POINTS else 1
