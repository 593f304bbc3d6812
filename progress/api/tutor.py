"""The tutor: messages to it, answered as server-sent events."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from accounts.public import Principal, Scope
from authsvc.composition.container import services
from authsvc.http.fields import TextField
from authsvc.http.operations import Access, Whose, operation
from authsvc.http.reading import Members
from authsvc.http.renderers import EventStreamRenderer
from authsvc.http.streaming import EVENT_STREAM, Events, Streamed
from authsvc.http.views import ApiView
from courses.public import CourseNotFound, ItemNotFound
from progress.domain.ai.entities.sessions import AIInteraction, AIInteractionId, AISessionId
from progress.domain.ai.errors import (
    AIBudgetExceeded,
    AISessionBudgetExceeded,
    AISessionEnded,
    AISessionNotFound,
    AnswerPending,
    NotTutoring,
    NoTutor,
    TutorUnavailable,
)
from progress.domain.ai.ports import FinishReason
from progress.domain.ai.services.sessions import Topic
from progress.domain.ai.services.tutor import LONGEST_MESSAGE, Answered, Exchange
from progress.domain.errors import NotEnrolled

# Without a type: some tools take the schema for that of the whole text, others for that of each event.
EVENTS: Final[Mapping[str, Any]] = {
    "description": (
        "Events with JSON data. `start`: `session_id`, `message_id`, `is_budget_nearly_spent`."
        " `text`: `text`, a piece of the answer in Markdown."
        " `done`: `interaction_id`, `finish_reason`, `usage` (`input_tokens`, `cached_tokens`, `output_tokens`) and"
        " `cost_micro_usd`. `error`: a problem; what came before it is logged. A stream ends with `done` or `error`."
        " Closing it ends the answer."
    ),
    "example": (
        'event: start\ndata: {"session_id":"…","message_id":"…","is_budget_nearly_spent":false}\n\n'
        'event: text\ndata: {"text":"What have you tried so far?"}\n\n'
        'event: done\ndata: {"interaction_id":"…","finish_reason":"stop","usage":{…},"cost_micro_usd":120}\n\n'
    ),
}


class MessageRequestSerializer(serializers.Serializer[Any]):
    text = TextField(max_length=LONGEST_MESSAGE)


class TutorAnswerRequestSerializer(MessageRequestSerializer):
    """A message in a tutoring session, or the first one of a session about an item, a course, or nothing of these."""

    session_id = serializers.UUIDField(
        default=None, help_text="The session to continue. Without it, a session is started."
    )
    course = serializers.SlugField(
        max_length=80,
        default=None,
        help_text="For a new session: the slug or id of a course that the caller is enrolled on.",
    )
    item_id = serializers.UUIDField(
        default=None, help_text="For a new session: an item of the course."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["session_id"] and attrs["course"]:
            raise serializers.ValidationError({"course": "Omit it: the session has its topic."})
        if attrs["item_id"] and not attrs["course"]:
            raise serializers.ValidationError({"item_id": "Send the course of the item, too."})
        return attrs


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAnswer:
    """An answer that was read to its end."""

    exchange: Exchange
    interaction: AIInteraction
    text: str


class TutorAnswerSerializer(serializers.Serializer[WholeAnswer]):
    """An answer of the tutor in Markdown, with the ids of its session, of the message and of the answer."""

    session_id = serializers.UUIDField(source="interaction.session_id")
    message_id = serializers.UUIDField(source="exchange.message.id")
    interaction_id = serializers.UUIDField(source="interaction.id")
    text = serializers.CharField()
    finish_reason = serializers.ChoiceField(
        source="interaction.generation.finish_reason",
        choices=[reason.value for reason in FinishReason],
    )
    cost_micro_usd = serializers.IntegerField(source="interaction.generation.cost_micro_usd")
    is_budget_nearly_spent = serializers.BooleanField(source="exchange.reservation.is_nearly_spent")


class TutorAnswerView(ApiView):
    @operation(
        name="getTutorAnswer",
        summary="Send a message to the tutor, in a new session or in one of the caller, and wait for the whole answer",
        access=Access(Whose.ONESELF),
        scope=Scope.AI_WRITE,
        body=TutorAnswerRequestSerializer,
        answer=TutorAnswerSerializer,
        errors=(
            AIBudgetExceeded,
            AISessionBudgetExceeded,
            AISessionNotFound,
            AISessionEnded,
            AnswerPending,
            CourseNotFound,
            ItemNotFound,
            NoTutor,
            NotEnrolled,
            NotTutoring,
            TutorUnavailable,
        ),
    )
    def post(self, *, body: Members, by: Principal) -> WholeAnswer:
        tutor = services().tutor
        if body["session_id"]:
            exchange = tutor.ask(AISessionId(body["session_id"]), body["text"], by=by)
        else:
            topic = Topic(course=body["course"], item_id=body["item_id"])
            exchange = tutor.ask_about(topic, body["text"], by=by)
        with closing(tutor.answer(exchange, by=by)) as parts:
            *pieces, answered = parts
        assert isinstance(answered, Answered)  # noqa: S101  # for mypy: it is the last part of every answer
        return WholeAnswer(
            exchange=exchange, interaction=answered.interaction, text="".join(map(str, pieces))
        )


class TutorMessageView(ApiView):
    renderer_classes = (EventStreamRenderer,)

    @operation(
        name="askTutor",
        summary="Send a message to the tutor; its answer is streamed as server-sent events",
        access=Access(Whose.ONESELF),
        scope=Scope.AI_WRITE,
        body=MessageRequestSerializer,
        answer={EVENT_STREAM: EVENTS},
        errors=(
            AIBudgetExceeded,
            AISessionBudgetExceeded,
            AISessionNotFound,
            AISessionEnded,
            AnswerPending,
            NoTutor,
            NotEnrolled,
            NotTutoring,
            TutorUnavailable,
        ),
        is_idempotent=True,
        replay=lambda receipt, by: replayed(receipt, by=by),
    )
    def post(self, session_id: AISessionId, *, body: Members, by: Principal) -> Streamed:
        exchange = services().tutor.ask(session_id, body["text"], by=by)
        return Streamed(receipt_of(exchange), lambda: events_of(exchange, by=by))


def events_of(exchange: Exchange, *, by: Principal) -> Events:
    """The events of an answer, which begins with the first of them."""
    with closing(services().tutor.answer(exchange, by=by)) as parts:
        yield "start", receipt_of(exchange)
        for part in parts:
            yield ("done", done(part.interaction)) if isinstance(part, Answered) else text(part)


def receipt_of(exchange: Exchange) -> Mapping[str, Any]:
    """What identifies the message of an answer."""
    return {
        "session_id": str(exchange.message.session_id),
        "message_id": str(exchange.message.id),
        "is_budget_nearly_spent": exchange.reservation.is_nearly_spent,
    }


def replayed(receipt: Mapping[str, Any], *, by: Principal) -> Events:
    """The events of an answer that was asked for before. Raises AnswerPending, TutorUnavailable."""
    session_id = AISessionId(UUID(receipt["session_id"]))
    message_id = AIInteractionId(UUID(receipt["message_id"]))
    parts = services().tutor.replay(session_id, message_id, by=by)

    def events() -> Events:
        yield "start", receipt
        for part in parts:
            yield ("done", done(part.interaction)) if isinstance(part, Answered) else text(part)

    return events()


def text(piece: str) -> tuple[str, Mapping[str, Any]]:
    return "text", {"text": piece}


def done(answer: AIInteraction) -> Mapping[str, Any]:
    made = answer.generation
    return {
        "interaction_id": str(answer.id),
        "finish_reason": made.finish_reason,
        "usage": {
            "input_tokens": made.usage.input_tokens,
            "cached_tokens": made.usage.cached_tokens,
            "output_tokens": made.usage.output_tokens,
        },
        "cost_micro_usd": made.cost_micro_usd,
    }
