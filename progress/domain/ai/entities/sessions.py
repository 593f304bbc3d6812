"""AI sessions and their interactions, which form a hash chain."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import checksum
from courses.public import CourseId, ItemId
from progress.domain.ai.errors import AISessionEnded
from progress.domain.ai.ports import FinishReason, Role, TokenUsage

AISessionId = NewType("AISessionId", UUID)
AIInteractionId = NewType("AIInteractionId", UUID)

LONGEST_TEXT: Final = 100_000
"""Characters of one message."""


class SessionType(StrEnum):
    TUTORING = "tutoring"
    ASSESSMENT_REVIEW = "assessment_review"
    CONTENT_GENERATION = "content_generation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How a text was generated, by the conventions of OpenTelemetry for generative AI; empty for a user's message.

    `cost_micro_usd` is the price in millionths of a US dollar.
    """

    provider: str = ""
    model_id: str = ""
    usage: TokenUsage = field(default_factory=TokenUsage)
    latency_ms: int | None = None
    time_to_first_token_ms: int | None = None
    finish_reason: FinishReason | None = None
    prompt_template: str = ""
    prompt_version: str = ""
    cost_micro_usd: int = 0


NOT_GENERATED: Final = Generation()


@dataclass(frozen=True, slots=True, kw_only=True)
class AISession:
    """A conversation of a user with a model, and the head of its chain.

    `org_id` is the owner of the course or, without a course, an organization of the user. `client_id` is the client
    that started it. `sequence` and `hash` are those of the last interaction; `removed_through` is the number of the
    last interaction whose text was removed, `texts_since` the time of the first one whose text is stored.
    """

    id: AISessionId
    user_id: UserId
    org_id: OrganizationId | None
    course_id: CourseId | None
    item_id: ItemId | None
    session_type: SessionType
    client_id: str
    started_at: datetime
    ended_at: datetime | None = None
    sequence: int = 0
    hash: str = ""
    removed_through: int = 0
    texts_since: datetime | None = None

    @property
    def opening_hash(self) -> str:
        """The hash of what never changes about the session, from which its chain starts."""
        return checksum(
            {
                "id": self.id,
                "user_id": self.user_id,
                "org_id": self.org_id,
                "course_id": self.course_id,
                "item_id": self.item_id,
                "session_type": self.session_type,
                "client_id": self.client_id,
                "started_at": self.started_at,
            }
        )

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def opened(self) -> "AISession":
        """The new session with the head of its empty chain."""
        return replace(self, hash=self.opening_hash)

    def require_open(self) -> None:
        """Raise AISessionEnded after the end."""
        if not self.is_open:
            raise AISessionEnded

    def ended(self, *, at: datetime) -> "AISession":
        """Raises AISessionEnded."""
        self.require_open()
        return replace(self, ended_at=at)

    def after(self, interaction: "AIInteraction") -> "AISession":
        return replace(
            self,
            sequence=interaction.sequence,
            hash=interaction.hash,
            texts_since=self.texts_since or interaction.occurred_at,
        )

    def without_texts(self, *, through: int, next_at: datetime | None = None) -> "AISession":
        """The session without the texts up to an interaction; the next one has the time *next_at*, if there is one."""
        return replace(self, removed_through=through, texts_since=next_at)

    def has_text_of(self, interaction: "AIInteraction") -> bool:
        """Whether the text of the interaction is still to be stored."""
        return interaction.sequence > self.removed_through


@dataclass(frozen=True, slots=True, kw_only=True)
class AIInteraction:
    """A message of a session. The text is stored apart, by `content_hash`, its SHA-256.

    `sequence` counts 1, 2, 3 in the session. `hash` covers every other member and, through `previous_hash`, all earlier
    interactions and what is constant about the session. `recorded_by` and `client_id` are the caller who logged it.
    With `is_reported`, the metrics are what a client states about a tutor of its own. `agent` is the id of the OAuth
    client if an agent acted for the user.
    """

    id: AIInteractionId
    session_id: AISessionId
    user_id: UserId
    org_id: OrganizationId | None
    sequence: int
    role: Role
    content_hash: str
    generation: Generation = NOT_GENERATED
    is_reported: bool = False
    occurred_at: datetime
    recorded_by: UserId | None
    client_id: str
    agent: str | None = None
    previous_hash: str
    hash: str = ""

    def sealed(self) -> "AIInteraction":
        """Return the interaction with its hash."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """Compute the hash; it differs from `hash` if the interaction was changed after it was sealed."""
        made = self.generation
        # Interactions without an agent have the hash that they had before there were any.
        agent = {"agent": self.agent} if self.agent else {}
        return checksum(
            agent
            | {
                "id": self.id,
                "session_id": self.session_id,
                "user_id": self.user_id,
                "org_id": self.org_id,
                "sequence": self.sequence,
                "role": self.role,
                "content_hash": self.content_hash,
                "provider": made.provider,
                "model_id": made.model_id,
                "input_tokens": made.usage.input_tokens,
                "cached_tokens": made.usage.cached_tokens,
                "output_tokens": made.usage.output_tokens,
                "latency_ms": made.latency_ms,
                "time_to_first_token_ms": made.time_to_first_token_ms,
                "finish_reason": made.finish_reason,
                "prompt_template": made.prompt_template,
                "prompt_version": made.prompt_version,
                "cost_micro_usd": made.cost_micro_usd,
                "is_reported": self.is_reported,
                "occurred_at": self.occurred_at,
                "recorded_by": self.recorded_by,
                "client_id": self.client_id,
                "previous_hash": self.previous_hash,
            }
        )


class TextState(StrEnum):
    """Whether the text of an interaction can be shown; `damaged` if it is missing or not the one that was logged."""

    STORED = "stored"
    REMOVED = "removed"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInteraction:
    """An interaction with its text, which is None unless it is stored."""

    interaction: AIInteraction
    text: str | None
    text_state: TextState


@dataclass(frozen=True, slots=True, kw_only=True)
class AISessionSelection:
    """Filter by learner, organization and course; None matches everything."""

    user_id: UserId | None = None
    org_id: OrganizationId | None = None
    course_id: CourseId | None = None

    def covers(self, session: AISession) -> bool:
        return (
            self.user_id in (None, session.user_id)
            and self.org_id in (None, session.org_id)
            and self.course_id in (None, session.course_id)
        )
