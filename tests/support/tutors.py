"""Tutors for tests: scripted models, and learners who ask."""

import json
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from authsvc.composition.container import Services
from progress.domain.ai.errors import TutorUnavailable
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    FinishReason,
    ModelRequest,
    TokenUsage,
    TutorModel,
)
from progress.domain.ai.services.tutor import TutorPart, TutorService
from tests.support.ai import Conversation

STARTED: Final = AnswerStarted(
    model_id="knots-1-20261101",
    usage=TokenUsage(input_tokens=100, cached_tokens=40, output_tokens=1),
)
FINISHED: Final = AnswerFinished(
    usage=TokenUsage(input_tokens=100, cached_tokens=40, output_tokens=30),
    reason=FinishReason.STOP,
)
ANSWER: Final = (STARTED, "What have you ", "tried?", FINISHED)
Happening = Callable[[], object]


@dataclass
class ScriptedModel:
    """Answers with these parts. A callable among them is called when its turn comes."""

    script: Iterable[AnswerPart | Happening] = ANSWER
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0
    provider: str = "scripted"
    model_id: str = "knots-1"

    def answer(self, request: ModelRequest) -> Generator[AnswerPart, None, None]:
        self.requests.append(request)
        try:
            for part in self.script:
                if callable(part):
                    part()
                else:
                    yield part
        finally:
            self.closed += 1

    @property
    def last(self) -> ModelRequest:
        return self.requests[-1]


def break_off() -> None:
    raise TutorUnavailable


def use_model(services: Services, model: TutorModel | None, **parts: Any) -> TutorService:
    """Let the tutor of these services ask this model."""
    tutor = replace(services.tutor, model=model, **parts)
    vars(services)["tutor"] = tutor
    return tutor


def events_in(text: str) -> list[tuple[str, Any]]:
    """The names and data of server-sent events."""
    events = []
    for block in text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        assert name.startswith("event: ")
        assert data.startswith("data: ")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def text_in(text: str) -> str:
    """The text of a streamed answer."""
    return "".join(data["text"] for name, data in events_in(text) if name == "text")


def answer_in(conversation: Conversation, text: str = "Which bend?") -> list[TutorPart]:
    tutor, by = conversation.world.services.tutor, conversation.principal
    exchange = tutor.ask(conversation.session.id, text, by=by)
    return list(tutor.answer(exchange, by=by))
