"""The tutor: answers of a language model to a learner, logged and paid for whatever becomes of them."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from accounts.public import Principal
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork
from progress.domain.ai.entities.budgets import Reservation, Spending
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AIInteractionId,
    AISessionId,
    Generation,
    SessionType,
)
from progress.domain.ai.errors import AnswerPending, NotTutoring, NoTutor, TutorUnavailable
from progress.domain.ai.ports import (
    AnswerFinished,
    AnswerPart,
    AnswerStarted,
    FinishReason,
    ModelRequest,
    Role,
    TokenUsage,
    TutorModel,
)
from progress.domain.ai.prompts import Prompt, instructions
from progress.domain.ai.redaction import redacted
from progress.domain.ai.services.budgets import BudgetService
from progress.domain.ai.services.conversations import Conversations, unanswered_in
from progress.domain.ai.services.prompts import PromptService
from progress.domain.ai.services.sessions import AISessionService, Topic
from progress.domain.ai.usage import Prices, estimated_input, estimated_tokens

LONGEST_MESSAGE: Final = 4_000
"""Characters of a message to the tutor."""
MARGIN: Final = timedelta(seconds=30)
"""After an answer should have ended, for logging it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A message that is logged, what the model is asked, and what it may spend."""

    message: AIInteraction
    request: ModelRequest
    prompt: Prompt
    reservation: Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer as it was logged: what follows the last piece of its text."""

    interaction: AIInteraction


TutorPart = str | Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorService:
    """Answers messages in tutoring sessions. The model gets no tools, so what it writes is all that it can do.

    A message is logged before the model is asked. Nothing of the store is held while the model writes. However an
    answer ends, what was written is logged and charged to the budgets that it was reserved in. `answers_within` bounds
    an answer.
    """

    model: TutorModel | None
    sessions: AISessionService
    conversations: Conversations
    prompts: PromptService
    budgets: BudgetService
    prices: Prices
    most_output_tokens: int
    answers_within: timedelta
    unit_of_work: UnitOfWork
    clock: Clock

    def ask(self, session_id: AISessionId, text: str, *, by: Principal) -> Exchange:
        """Log the message of the caller and prepare its answer, which `answer` then writes.

        Raises Impersonating, NoTutor, AISessionNotFound, AISessionEnded, NotTutoring, AnswerPending, NotEnrolled,
        AIBudgetExceeded.
        """
        by.require_in_person()
        self._require_model()
        with self.unit_of_work.atomic():
            session = self.conversations.own_for_update(session_id, by=by)
            if session.session_type is not SessionType.TUTORING:
                raise NotTutoring
            session.require_open()
            prompt = self.prompts.prompt_for(session)
            system = instructions(prompt, self.conversations.context_of(session, by=by))
            recent = self.conversations.recent(session, by=by)
            self._require_answered(unanswered_in(recent))
            request = ModelRequest(
                system=system,
                turns=self.conversations.turns_of(session, recent, redacted(text)),
                most_output_tokens=self.most_output_tokens,
            )
            reservation = self.budgets.reserve(session, most_spent_on(request, self.prices))
            message = self.sessions.record(session.id, Role.USER, text, _asked(prompt), by=by)
        return Exchange(message=message, request=request, prompt=prompt, reservation=reservation)

    def ask_about(self, topic: Topic, text: str, *, by: Principal) -> Exchange:
        """Like `ask`, in a new tutoring session of the caller.

        Raises CourseNotFound, ItemNotFound, too.
        """
        with self.unit_of_work.atomic():
            session = self.sessions.start(SessionType.TUTORING, topic, by=by)
            return self.ask(session.id, text, by=by)

    def answer(self, exchange: Exchange, *, by: Principal) -> Generator[TutorPart, None, None]:
        """The pieces of the answer while it is written, then the answer as it was logged.

        It must be read to its end or closed, outside of any unit of work: either logs what was written until then. The
        call to the model begins with the first piece. Raises TutorUnavailable if the answer does not come, or breaks
        off; that is logged, too.
        """
        parts = self._answer(exchange, self._require_model(), by)
        # It runs up to where closing it is noticed.
        next(parts)
        return parts  # type: ignore[return-value]  # from here on it yields no None

    def replay(
        self, session_id: AISessionId, message_id: AIInteractionId, *, by: Principal
    ) -> Generator[TutorPart, None, None]:
        """The answer to a message that was asked before, from the log.

        Raises AISessionNotFound, AIInteractionNotFound, AnswerPending, TutorUnavailable if there is no answer.
        """
        answer = self.conversations.answer_to(session_id, message_id, by=by)
        if isinstance(answer, AIInteraction):
            self._require_answered(answer)
            raise TutorUnavailable  # its process died
        return _replayed(answer.text or "", answer.interaction)

    def _answer(
        self, exchange: Exchange, model: TutorModel, by: Principal
    ) -> Generator[TutorPart | None, None, None]:
        written = Written(model=model, request=exchange.request, began_at=self.clock.now())
        try:
            yield None
            self.unit_of_work.release()
            with closing(model.answer(exchange.request)) as parts:
                for part in parts:
                    written.add(part, at=self.clock.now())
                    if isinstance(part, str):
                        yield part
        except Exception:
            written.reason = FinishReason.ERROR
            raise
        finally:
            answer = self._log(exchange, written, by)
        yield Answered(interaction=answer)

    def _log(self, exchange: Exchange, written: "Written", by: Principal) -> AIInteraction:
        generation = written.generation(exchange.prompt, self.prices, ended_at=self.clock.now())
        with self.unit_of_work.atomic():
            written.charge(exchange.reservation, generation, self.budgets)
            return self.sessions.record(
                exchange.message.session_id,
                Role.ASSISTANT,
                written.text,
                generation,
                is_answer=True,
                by=by,
            )

    def _require_model(self) -> TutorModel:
        if self.model is None:
            raise NoTutor
        return self.model

    def _require_answered(self, message: AIInteraction | None) -> None:
        """Raise AnswerPending if the answer to the message can still be written: its process may have died."""
        if message is None:
            return
        ends_by = message.occurred_at + self.answers_within + MARGIN
        if self.clock.now() < ends_by:
            raise AnswerPending


def most_spent_on(request: ModelRequest, prices: Prices) -> Spending:
    """The most that an answer to the request may spend."""
    usage = TokenUsage(
        input_tokens=estimated_input(request), output_tokens=request.most_output_tokens
    )
    return Spending.on(usage, prices.cost_of(usage))


@dataclass(slots=True, kw_only=True)
class Written:
    """What was written of an answer so far. Until its end is known it counts as cancelled: its reader has left."""

    model: TutorModel
    request: ModelRequest
    began_at: datetime
    pieces: list[str] = field(default_factory=list)
    model_id: str = ""
    counted: TokenUsage | None = None
    is_finished: bool = False
    first_text_ms: int | None = None
    reason: FinishReason = FinishReason.CANCELLED

    def add(self, part: AnswerPart, *, at: datetime) -> None:
        if isinstance(part, AnswerStarted):
            self.model_id, self.counted = part.model_id, part.usage
        elif isinstance(part, AnswerFinished):
            self.counted, self.reason, self.is_finished = part.usage, part.reason, True
        else:
            if self.first_text_ms is None:
                self.first_text_ms = self.milliseconds_to(at)
            self.pieces.append(part)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def usage(self) -> TokenUsage:
        """What the provider has counted; of a part of an answer, an estimate. What never began cost nothing."""
        if self.counted is None:
            return TokenUsage()
        if self.is_finished:
            return self.counted
        written = estimated_tokens(self.text)
        return TokenUsage(
            input_tokens=self.counted.input_tokens or estimated_input(self.request),
            cached_tokens=self.counted.cached_tokens,
            output_tokens=max(written, self.counted.output_tokens),
        )

    def generation(self, prompt: Prompt, prices: Prices, *, ended_at: datetime) -> Generation:
        """How it was generated, as it is logged."""
        usage = self.usage
        return Generation(
            provider=self.model.provider,
            model_id=self.model_id or self.model.model_id,
            usage=usage,
            latency_ms=self.milliseconds_to(ended_at),
            time_to_first_token_ms=self.first_text_ms,
            finish_reason=self.reason,
            prompt_template=prompt.id,
            prompt_version=prompt.version,
            cost_micro_usd=prices.cost_of(usage),
        )

    def charge(
        self, reservation: Reservation, generation: Generation, budgets: BudgetService
    ) -> None:
        """Charge what was spent to the budgets in which it was reserved; what never began costs nothing."""
        if self.counted is None:
            budgets.release(reservation)
        else:
            budgets.settle(reservation, generation.usage, generation.cost_micro_usd)

    def milliseconds_to(self, moment: datetime) -> int:
        return max(0, round((moment - self.began_at).total_seconds() * 1000))


def _asked(prompt: Prompt) -> Generation:
    """What marks a message to the tutor, among those that clients log."""
    return Generation(prompt_template=prompt.id, prompt_version=prompt.version)


def _replayed(text: str, answer: AIInteraction) -> Generator[TutorPart, None, None]:
    if text:
        yield text
    yield Answered(interaction=answer)
