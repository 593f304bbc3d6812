"""Conversations of the demo school with a tutor: two models that do not exist, and a trial of instructions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Final
from uuid import uuid4

from accounts.public import OPERATOR
from authsvc.composition.container import Services
from authsvc.demo.conversations import FLAGS, QUESTIONS, UPHELD
from authsvc.demo.learners import LAST_STEP, Learner, outline_of
from authsvc.demo.schedule import Act
from progress.public import (
    TUTORING_PROMPT,
    AIFlag,
    AIFlagId,
    AIInteraction,
    AISessionId,
    Exchange,
    FinishReason,
    FlagOutcome,
    Generation,
    Prices,
    PromptDraft,
    PromptTemplateId,
    Rating,
    Role,
    SessionType,
    TokenUsage,
    Topic,
    estimated_input,
    estimated_tokens,
)

PROVIDER: Final = "example"
SMALL, LARGE = "example-small", "example-large"
PRICES: Final = {
    SMALL: Prices(input=Decimal(3), output=Decimal(12)),
    LARGE: Prices(input=Decimal(15), output=Decimal(75)),
}
SILENT_EVERY: Final = 3
"""One of so many learners asks nothing."""
LENGTHS: Final = (1, 1, 2, 3, 1, 1, 1)
"""Questions of a conversation."""
RATINGS: Final = (Rating.THUMBS_UP, Rating.THUMBS_UP, Rating.THUMBS_DOWN, None)
"""What learners think of the last answer; some do not say."""
BETWEEN: Final = timedelta(seconds=50)
"""From one question to the next."""
DECIDED_AFTER: Final = timedelta(days=2)
USED_AFTER, TRIED_AFTER = timedelta(days=14), timedelta(days=40)
"""From the opening of the school to new instructions that are used, and to others that are on trial."""
TRIAL_PERCENT: Final = 50
_LAST_RULE: Final = "- You have no tools"


@dataclass(slots=True, kw_only=True)
class Conversation:
    """What a learner asks the tutor about an item of the course, minutes before they complete it."""

    learner: Learner
    _exchange: Exchange | None = field(default=None, init=False)
    _answer: AIInteraction | None = field(default=None, init=False)
    _flag_id: AIFlagId = field(default_factory=lambda: AIFlagId(uuid4()), init=False)

    def acts(self) -> Iterator[Act]:
        """Up to three questions with their answers, a rating, and for some the end of the session."""
        plan = self.learner.plan
        if plan.number % SILENT_EVERY == SILENT_EVERY - 1:
            return
        at = plan.step(self._step) + timedelta(minutes=-4 if self._step else 10)
        for number in range(LENGTHS[plan.number % len(LENGTHS)]):
            yield Act(at, partial(self._ask, number))
            yield Act(at + timedelta(seconds=4), partial(self._be_answered, number))
            at += BETWEEN
        yield Act(at - BETWEEN / 2, self._rate)
        if plan.number % 2:
            yield Act(at, self._end)
        if plan.number == UPHELD[0]:
            yield Act(at + DECIDED_AFTER, self._uphold)

    @property
    def _services(self) -> Services:
        return self.learner.services

    @property
    def _step(self) -> int:
        plan = self.learner.plan
        return plan.number % (LAST_STEP[plan.way] + 1)

    @property
    def _place(self) -> int:
        """The place of the item in the course, from 0."""
        return max(0, self._step - 1)

    @property
    def _session_id(self) -> AISessionId | None:
        return self._exchange.message.session_id if self._exchange else None

    @property
    def _rated(self) -> AIInteraction:
        assert self._answer is not None  # noqa: S101  # for mypy: acts are performed in order
        return self._answer

    def _ask(self, number: int) -> None:
        by, tutor, (question, _) = self.learner.principal, self._services.tutor, self._text(number)
        if self._session_id is None:
            self._exchange = tutor.ask_about(self._topic(), question, by=by)
        else:
            self._exchange = tutor.ask(self._session_id, question, by=by)

    def _topic(self) -> Topic:
        course = self.learner.teacher.course
        items = outline_of(self._services, course).items
        (item,) = islice(items, self._place, self._place + 1)
        return Topic(course=str(course.id), item_id=item.id)

    def _be_answered(self, number: int) -> None:
        """Charge the budgets and log the answer, as the tutor does when a model has answered."""
        exchange, (_, text) = self._exchange, self._text(number)
        assert exchange is not None  # noqa: S101  # for mypy: acts are performed in order
        made = self._generation(exchange, text)
        self._services.ai_budgets.settle(exchange.reservation, made.usage, made.cost_micro_usd)
        self._answer = self._services.ai_sessions.record(
            exchange.message.session_id,
            Role.ASSISTANT,
            text,
            made,
            is_answer=True,
            by=self.learner.principal,
        )

    def _text(self, number: int) -> tuple[str, str]:
        """A question and its answer. Learners begin with different ones."""
        about = QUESTIONS[self._place]
        return about[(self.learner.plan.number // 5 + number) % len(about)]

    def _generation(self, exchange: Exchange, text: str) -> Generation:
        number = self.learner.plan.number
        model_id = SMALL if number % 4 else LARGE
        usage = TokenUsage(
            input_tokens=estimated_input(exchange.request), output_tokens=estimated_tokens(text)
        )
        return Generation(
            provider=PROVIDER,
            model_id=model_id,
            usage=usage,
            latency_ms=3000 + 30 * number,
            time_to_first_token_ms=400 + 10 * number,
            finish_reason=FinishReason.STOP,
            prompt_template=exchange.prompt.id,
            prompt_version=exchange.prompt.version,
            cost_micro_usd=PRICES[model_id].cost_of(usage),
        )

    def _rate(self) -> None:
        number = self.learner.plan.number
        rating = RATINGS[number % len(RATINGS)]
        if number in FLAGS:
            self._flag(FLAGS[number])
        elif rating is not None:
            self._give(rating)

    def _give(self, rating: Rating, comment: str = "") -> None:
        by, sessions = self.learner.principal, self._services.ai_sessions
        sessions.give_feedback(self._rated.id, rating, comment, by=by)

    def _flag(self, comment: str) -> None:
        """Flag the answer, with an id that is known, so that the teacher can decide about it."""
        answer = self._rated
        flag = AIFlag(
            id=self._flag_id,
            interaction_id=answer.id,
            session_id=answer.session_id,
            user_id=answer.user_id,
            org_id=answer.org_id,
            comment=comment,
            flagged_at=self._services.ports.clock.now(),
        )
        self._services.repositories.ai_flags.open(flag, scope=self.learner.principal.member_scope)
        self._give(Rating.FLAG, comment)

    def _end(self) -> None:
        self._services.ai_sessions.end(self._rated.session_id, by=self.learner.principal)

    def _uphold(self) -> None:
        _, note = UPHELD
        by = self.learner.teacher.principal
        self._services.ai_flags.decide(self._flag_id, FlagOutcome.UPHELD, note=note, by=by)


def prompt_acts(services: Services, opened: datetime) -> Iterator[Act]:
    """New instructions after two weeks, and a trial of others after forty days."""
    yield Act(opened + USED_AFTER, partial(_use_new_prompt, services))
    yield Act(opened + TRIED_AFTER, partial(_try_another_prompt, services))


def _use_new_prompt(services: Services) -> None:
    rule, because = "- End with one question that the item answers.", "Learners stopped reading."
    template_id = _created(services, rule, after=1, because=because)
    services.ai_prompts.activate(template_id, because=because, by=OPERATOR)


def _try_another_prompt(services: Services) -> None:
    rule, because = "- Begin with an example from work on board.", "Learners want examples."
    template_id = _created(services, rule, after=2, because=because)
    services.ai_prompts.start_trial(template_id, TRIAL_PERCENT, because=because, by=OPERATOR)


def _created(services: Services, rule: str, *, after: int, because: str) -> PromptTemplateId:
    """A version of the built-in instructions with one more rule."""
    draft = PromptDraft(
        name=TUTORING_PROMPT.id,
        session_type=SessionType.TUTORING,
        text=TUTORING_PROMPT.text.replace(_LAST_RULE, f"{rule}\n{_LAST_RULE}"),
        after=after,
    )
    return services.ai_prompts.create_version(draft, because=because, by=OPERATOR).id
