"""AI sessions for tests: entities, and conversations on the services of a world."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import Principal, UserId
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest
from progress.domain.ai.entities.feedback import Rating
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AISession,
    Generation,
    ReadInteraction,
    SessionType,
)
from progress.domain.ai.ports import FinishReason, Role, TokenUsage
from progress.domain.ai.services.sessions import Topic
from tests.support.builders import NOON, a_principal
from tests.support.worlds import World

GENERATED: Final = Generation(
    provider="anthropic",
    model_id="claude-sonnet-4-5",
    usage=TokenUsage(input_tokens=120, cached_tokens=100, output_tokens=40),
    latency_ms=900,
    time_to_first_token_ms=200,
    finish_reason=FinishReason.STOP,
    prompt_template="tutor",
    prompt_version="1",
    cost_micro_usd=960,
)
ALL: Final = PageRequest(limit=100)


def has_flag(services: Services, by: Principal, text: str = "Like this.") -> AISession:
    """A session of the caller with an answer that they have flagged."""
    session = services.ai_sessions.start(SessionType.TUTORING, by=by)
    answer = services.ai_sessions.record(session.id, Role.ASSISTANT, text, GENERATED, by=by)
    services.ai_sessions.give_feedback(answer.id, Rating.FLAG, "Wrong.", by=by)
    return session


def an_ai_session(user_id: UserId, **parts: Any) -> AISession:
    defaults = {
        "id": uuid4(),
        "org_id": None,
        "course_id": None,
        "item_id": None,
        "session_type": SessionType.TUTORING,
        "client_id": "notebook",
        "started_at": NOON,
    }
    return AISession(user_id=user_id, **(defaults | parts)).opened()


def an_interaction(session: AISession, **parts: Any) -> AIInteraction:
    """The next interaction of the session."""
    defaults = {
        "id": uuid4(),
        "session_id": session.id,
        "user_id": session.user_id,
        "org_id": session.org_id,
        "sequence": session.sequence + 1,
        "role": Role.ASSISTANT,
        "content_hash": "c" * 64,
        "generation": GENERATED,
        "occurred_at": NOON,
        "recorded_by": session.user_id,
        "client_id": "notebook",
        "previous_hash": session.hash,
    }
    return AIInteraction(**(defaults | parts)).sealed()


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A session of a user in a world."""

    world: World
    principal: Principal
    session: AISession

    def asks(self, text: str) -> AIInteraction:
        return self.world.services.ai_sessions.record(
            self.session.id, Role.USER, text, by=self.principal
        )

    def gets(self, text: str, generation: Generation = GENERATED, **parts: Any) -> AIInteraction:
        """The answer of a model."""
        return self.world.services.ai_sessions.record(
            self.session.id,
            Role.ASSISTANT,
            text,
            generation,
            is_answer=True,
            by=self.principal,
            **parts,
        )

    def ends(self) -> AISession:
        return self.world.services.ai_sessions.end(self.session.id, by=self.principal)

    def now(self) -> AISession:
        return self.world.services.ai_sessions.get(self.session.id, by=self.principal)

    def read(self) -> list[ReadInteraction]:
        page = self.world.services.ai_sessions.interactions_of(
            self.session.id, ALL, by=self.principal
        )
        return list(page.items)


def a_conversation(
    world: World, by: Principal | None = None, topic: Topic | None = None
) -> Conversation:
    principal = by or a_principal(world.has_user())
    session = world.services.ai_sessions.start(SessionType.TUTORING, topic, by=principal)
    return Conversation(world=world, principal=principal, session=session)
