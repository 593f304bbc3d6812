"""Responses of Open edX problems: choices, texts and numbers."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, DecimalException
from itertools import islice
from math import isfinite
from typing import Final

from courses.definitions.olx.folder import Folder
from courses.definitions.olx.markup import Element
from courses.definitions.olx.names import Keys
from courses.domain.entities.assessments import AnswerKey, Choice, QuestionKind

FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 50
MOST_TEXTS: Final = 100
LONGEST_CHOICE: Final = 2000
LONGEST_ANSWER: Final = 1000
LONGEST_NUMBER: Final = 100
USUAL_TOLERANCE: Final = "0.001%"
"""The tolerance of a number in Open edX that states none."""
# A quote without an end takes the rest of the text; looking for its end from each quote again would take forever.
_QUOTED: Final = re.compile(
    r"""'((?:[^'\\]|\\.)*+)('|\\?\Z)|"((?:[^"\\]|\\.)*+)(\"|\\?\Z)""", re.DOTALL
)
_DECIMAL: Final = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?"
_VALUE: Final = re.compile(
    rf"({_DECIMAL})(?:\s*/\s*({_DECIMAL})|\s*\*\s*10\s*(?:\^|\*\*)\s*\(?([-+]?[0-9]{{1,4}})\)?)?"
)
_RANGE: Final = re.compile(r"([\[(])([^,]+),([^,]+)([\])])")


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
        for name in menu.attributes.keys() & {"options", "correct"}:
            folder.lose(menu, name, "the <option> elements replace it")
        return Response(kind=QuestionKind.MCQ, choices=_choices(menu, folder))
    quoted = _QUOTED.finditer(menu.attributes.get("options", ""))
    options = [
        _unquoted(single, double)
        for single, end, double, other_end in (
            match.groups(default="") for match in islice(quoted, MOST_CHOICES + 1)
        )
        if end == "'" or other_end == '"'
    ]
    right = menu.attributes.get("correct", "").strip()
    texts = [(option, option, option.strip() == right) for option in options]
    return Response(kind=QuestionKind.MCQ, choices=_checked(texts))


def _of_text(response: Element, folder: Folder) -> Response:
    _only(response, "textline")
    kinds = response.attributes.get("type", "").split()
    if "regexp" in kinds:
        raise UnmappableResponse("its answer is a regular expression")
    more = list(response.all("additional_answer"))
    answers = [response.attributes.get("answer", "")]
    answers += [other.attributes.get("answer") or other.text for other in more]
    texts = tuple(text for text in answers if text.strip())
    if not texts or len(texts) > MOST_TEXTS or any(len(text) > LONGEST_ANSWER for text in texts):
        raise UnmappableResponse("it has no answer, too many, or one that is too long")
    if "ci" not in kinds:
        folder.lose(response, "case", "upper and lower case count as the same")
    for other in more:
        folder.leave_out_children(other)
    return Response(kind=QuestionKind.SHORT, answer_key=AnswerKey(texts=texts))


def _of_number(response: Element, folder: Folder) -> Response:
    _only(response, "formulaequationinput", "textline")
    answer = response.attributes.get("answer", "").strip()
    interval = _RANGE.fullmatch(answer)
    answer_key = (
        _between(interval, response, folder) if interval else _near(answer, response, folder)
    )
    for other in response.all("additional_answer"):
        folder.leave_out(other)
    return Response(kind=QuestionKind.SHORT, answer_key=answer_key)


def _near(answer: str, response: Element, folder: Folder) -> AnswerKey:
    number = _number(answer)
    if number is None:
        raise UnmappableResponse("its answer is not a number")
    tolerances: list[str] = []
    for parameter in response.all("responseparam"):
        if parameter.attributes.get("type", "tolerance") == "tolerance" and not tolerances:
            tolerances.append(parameter.attributes.get("default", "0").strip())
        else:
            folder.leave_out(parameter)
    tolerance = _tolerance(*tolerances or [USUAL_TOLERANCE], number=number)
    if tolerance is None:
        raise UnmappableResponse("its tolerance is not a number")
    return AnswerKey(number=number, tolerance=tolerance)


def _between(interval: re.Match[str], response: Element, folder: Folder) -> AnswerKey:
    """The middle of the interval, and a tolerance that reaches to its ends."""
    low, high = _decimal(interval[2]), _decimal(interval[3])
    if low is None or high is None or low > high:
        raise UnmappableResponse("its answer is not a range of numbers")
    number, tolerance = _float((low + high) / 2), _float((high - low) / 2)
    if number is None or tolerance is None:
        raise UnmappableResponse("its answer is not a range of numbers")
    if interval[1] == "(" or interval[4] == ")":
        folder.lose(response, "answer", "the ends of the range count as right, too")
    for parameter in response.all("responseparam"):
        folder.leave_out(parameter, "a range has no tolerance")
    return AnswerKey(number=number, tolerance=tolerance)


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


def note_parts(response: Element, folder: Folder) -> None:
    """Note the attributes of the response and its parts that are not mapped, and what its inputs contain beside."""
    folder.note_attributes(response)
    for part in response.all(*INPUTS, *RESPONSE_PARTS, "choice", "option"):
        folder.note_attributes(part, but={"label"} if part.tag in INPUTS else ())
        if part.tag == "responseparam":
            folder.leave_out_children(part)
        if part.tag in INPUTS:
            folder.note_text(part)
            for inner in part.children:
                if inner.tag not in ("choice", "option", "responseparam"):
                    folder.leave_out(inner)


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
    correct = choice.attributes.get("correct", "false").strip().lower()
    if correct not in ("true", "false"):
        folder.lose(choice, "correct", "the choice counts as wrong")
    name = choice.attributes.get("name", "")
    return name, folder.markdown_in(choice, text), correct == "true"


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


def _tolerance(text: str, *, number: float) -> float | None:
    """The tolerance: a number, or a percentage of the right answer."""
    tolerance = _number(text.removesuffix("%"))
    if tolerance is not None and text.endswith("%"):
        tolerance = _number(f"{tolerance * number / 100:.12g}")
    return None if tolerance is None else abs(tolerance)


def _number(text: str) -> float | None:
    value = _decimal(text)
    return None if value is None else _float(value)


def _float(value: Decimal) -> float | None:
    number = float(value)
    return number if isfinite(number) else None


def _decimal(text: str) -> Decimal | None:
    """The value of a number, a fraction such as 1/3, or a number times a power of ten such as 3*10^8."""
    match = _VALUE.fullmatch(text.strip()) if len(text) <= LONGEST_NUMBER else None
    if match is None:
        return None
    number, denominator, exponent = match.groups()
    try:
        value = Decimal(number)
        if denominator:
            value /= Decimal(denominator)
        return value.scaleb(int(exponent)) if exponent else value
    except DecimalException:
        return None
