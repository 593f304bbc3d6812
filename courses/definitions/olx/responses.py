"""What is asked for in a problem of Open edX, as what a question here is scored by."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from courses.definitions.olx.elements import Element
from courses.definitions.olx.folders import Folder
from courses.definitions.olx.names import Keys
from courses.domain.entities import AnswerKey, Choice, QuestionKind

FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 50
MOST_TEXTS: Final = 100
LONGEST_CHOICE: Final = 2000
LONGEST_ANSWER: Final = 1000
_QUOTED: Final = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")


class UnmappableResponse(Exception):
    """No question here can ask for this; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question asks for."""

    kind: QuestionKind
    choices: tuple[Choice, ...] = ()
    answer_key: AnswerKey | None = None


def asked_by(response: Element, folder: Folder) -> Asked:
    """What the response asks for. Raises UnmappableResponse."""
    return READERS[response.tag](response, folder)


def _of_one(response: Element, folder: Folder) -> Asked:
    choices = _choices(_only(response, "choicegroup"), folder)
    if sum(choice.is_right for choice in choices) > 1:
        raise UnmappableResponse("each of several choices is right")
    return Asked(kind=QuestionKind.MCQ, choices=choices)


def _of_several(response: Element, folder: Folder) -> Asked:
    choices = _choices(_only(response, "checkboxgroup"), folder)
    return Asked(kind=QuestionKind.MCQ, choices=choices)


def _of_a_menu(response: Element, folder: Folder) -> Asked:
    menu = _only(response, "optioninput")
    if any(menu.all("option")):
        return Asked(kind=QuestionKind.MCQ, choices=_choices(menu, folder))
    options = [_unquoted(*found) for found in _QUOTED.findall(menu.attributes.get("options", ""))]
    right = menu.attributes.get("correct", "").strip()
    texts = [(option, option, option.strip() == right) for option in options]
    return Asked(kind=QuestionKind.MCQ, choices=_checked(texts))


def _of_text(response: Element, folder: Folder) -> Asked:
    _only(response, "textline")
    if "regexp" in response.attributes.get("type", "").split():
        raise UnmappableResponse("its answer is a pattern")
    more = response.all("additional_answer")
    said = [response.attributes.get("answer", "")]
    said += [other.attributes.get("answer") or other.text for other in more]
    texts = tuple(text for text in said if text.strip())
    if not texts or len(texts) > MOST_TEXTS or any(len(text) > LONGEST_ANSWER for text in texts):
        raise UnmappableResponse("it has no answer, or too many or too long ones")
    return Asked(kind=QuestionKind.SHORT, answer_key=AnswerKey(texts=texts))


def _of_number(response: Element, folder: Folder) -> Asked:
    _only(response, "formulaequationinput", "textline")
    number = _number(response.attributes.get("answer", ""))
    if number is None:
        raise UnmappableResponse("its answer is not a number")
    tolerance = _tolerance(_said_of_tolerance(response), number)
    if tolerance is None:
        raise UnmappableResponse("its tolerance is not a number")
    for other in response.all("additional_answer"):
        folder.leave_out(other)
    answer_key = AnswerKey(number=number, tolerance=tolerance)
    return Asked(kind=QuestionKind.SHORT, answer_key=answer_key)


READERS: Final[dict[str, Callable[[Element, Folder], Asked]]] = {
    "multiplechoiceresponse": _of_one,
    "choiceresponse": _of_several,
    "optionresponse": _of_a_menu,
    "stringresponse": _of_text,
    "numericalresponse": _of_number,
}
INPUTS: Final = frozenset(
    {"checkboxgroup", "choicegroup", "formulaequationinput", "optioninput", "textline"}
)
PARTS: Final = frozenset({"additional_answer", "responseparam"})
"""What belongs to a response and is not shown."""


def _only(response: Element, *tags: str) -> Element:
    """The one input of the response; answers in text may go without saying."""
    found = list(response.all(*tags))
    if not found and "textline" in tags:
        return response
    if len(found) != 1 or len(list(response.all(*INPUTS))) > 1:
        raise UnmappableResponse(f"it does not have one <{tags[0]}>")
    return found[0]


def _choices(group: Element, folder: Folder) -> tuple[Choice, ...]:
    return _checked([_choice(choice, folder) for choice in group.all("choice", "option")])


def _choice(choice: Element, folder: Folder) -> tuple[str, str, bool]:
    """The name and the text of a choice, and whether it is right."""
    shown = []
    for inner in choice.content:
        if isinstance(inner, Element) and inner.tag.endswith("hint"):
            folder.leave_out(inner)
        else:
            shown.append(inner)
    said = Element(tag="choice", attributes={}, file=choice.file, line=choice.line, content=shown)
    is_right = choice.attributes.get("correct", "").lower() == "true"
    return choice.attributes.get("name", ""), folder.markdown_in(choice, said.inner_html), is_right


def _checked(choices: Sequence[tuple[str, str, bool]]) -> tuple[Choice, ...]:
    """As the schema wants them. Raises UnmappableResponse."""
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
        raise UnmappableResponse(f"it has {len(choices)} choices")
    if not any(is_right for *_, is_right in choices):
        raise UnmappableResponse("no choice is right")
    if not all(0 < len(text.strip()) <= LONGEST_CHOICE for _, text, _ in choices):
        raise UnmappableResponse("a choice has no text, or too long a one")
    return tuple(_keyed(choices))


def _keyed(choices: Sequence[tuple[str, str, bool]]) -> Iterator[Choice]:
    keys = Keys()
    for number, (name, text, is_right) in enumerate(choices, start=1):
        key = keys.key_for(name, otherwise=f"choice-{number}")
        yield Choice(key=key, text=text, is_right=is_right)


def _unquoted(single: str, double: str) -> str:
    return re.sub(r"\\(.)", r"\1", single or double)


def _said_of_tolerance(response: Element) -> str:
    for parameter in response.all("responseparam"):
        if parameter.attributes.get("type", "tolerance") == "tolerance":
            return parameter.attributes.get("default", "0").strip()
    return "0"


def _tolerance(said: str, number: float) -> float | None:
    """How far off an answer may be: a number, or so many percent of the right one."""
    found = _number(said.removesuffix("%"))
    if found is not None and said.endswith("%"):
        found = _number(f"{found * number / 100:.12g}")
    return None if found is None else abs(found)


def _number(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number if isfinite(number) else None
