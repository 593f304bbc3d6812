"""A model without a provider: it needs no key, and gives the same answer to the same question."""

import json
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    FinishReason,
    ModelRequest,
    TokenUsage,
)
from progress.domain.ai.usage import estimated_input, estimated_tokens

Reply = Callable[[ModelRequest], str]

_HEADING: Final = re.compile(r"^#{1,6}[ \t]+(\S.{0,200})$", re.MULTILINE)
_WORD: Final = re.compile(r"\w{4,}")
_PIECE: Final = re.compile(r"\S+\s*|\s+")
_RUBRIC: Final = re.compile(r"^<rubric_data>\n(.*?)\n</rubric_data>$", re.MULTILINE | re.DOTALL)
_TRIED: Final = re.compile(r"\b(tried|attempted|i think|my answer|because)\b", re.IGNORECASE)


def guidance(request: ModelRequest) -> str:
    """Questions that guide, and the heading of the item's text that has most words in common with the message."""
    message = request.turns[-1].text
    heading = _nearest_heading(request.system, message)
    where = (
        f"The section “{heading}” is about this." if heading else "The item's text is about this."
    )
    if _TRIED.search(message):
        ask = "Which part of your attempt are you least sure of, and what would show whether it holds?"
    else:
        ask = "What have you tried so far, and where did it stop making sense?"
    return (
        f"{ask}\n\n{where} Read it again with your question in mind, then explain it to me in your own words."
        " I am the offline tutor: I point to the text, and a language model would answer in more depth."
    )


def proposed_scores(rubric: str) -> str:
    """Half of the points of each criterion, or those of its middle level, for whatever was answered."""
    scores = [
        {
            "criterion": criterion["criterion"],
            "score": _middle_of(criterion),
            "reason": "Half of the points: I am the offline model, and do not read answers.",
        }
        for criterion in json.loads(rubric)
    ]
    return json.dumps({"scores": scores})


def _middle_of(criterion: Mapping[str, Any]) -> int:
    scores = [level["score"] for level in criterion.get("levels", ())]
    middle: int = scores[len(scores) // 2] if scores else criterion["most"] // 2
    return middle


def offline_reply(request: ModelRequest) -> str:
    """Proposed scores if the instructions have a rubric, guidance otherwise."""
    rubric = _RUBRIC.search(request.system)
    return proposed_scores(rubric[1]) if rubric else guidance(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineModel:
    """Streams a *reply* word by word, with a *pause* before each."""

    reply: Reply = offline_reply
    pause: Callable[[], None] = lambda: None
    provider: str = "offline"
    model_id: str = "offline-1"

    def answer(self, request: ModelRequest) -> Generator[AnswerPart, None, None]:
        read = estimated_input(request)
        yield AnswerStarted(model_id=self.model_id, usage=TokenUsage(input_tokens=read))
        text = self.reply(request)
        for piece in _PIECE.findall(text):
            self.pause()
            yield piece
        usage = TokenUsage(input_tokens=read, output_tokens=estimated_tokens(text))
        yield AnswerFinished(usage=usage, reason=FinishReason.STOP)


def _nearest_heading(system: str, message: str) -> str:
    """The heading with most words of the message in it, else below it; the first heading if no word is shared."""
    wanted = _words_of(message)
    starts = list(_HEADING.finditer(system))
    if not starts:
        return ""
    ends = [start.start() for start in starts[1:]] + [len(system)]
    scores = [
        (
            len(wanted & _words_of(start[1])),
            len(wanted & _words_of(system[start.end() : end])),
            -number,
        )
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    *_, number = max(scores)
    return str(starts[-number][1]).strip()


def _words_of(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
