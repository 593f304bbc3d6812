"""Repository protocols of AI sessions."""

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.paging import Keyset, Page, PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from progress.domain.ai.entities.feedback import AIFeedback, AIFlag, AIFlagId, Rating
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    AISessionSelection,
)

AI_SESSIONS: Final = Keyset("ai-sessions", {"started_at": datetime, "id": UUID}, descends=True)
AI_INTERACTIONS: Final = Keyset("ai-interactions", {"sequence": int})


class AISessionRepository(Protocol):
    def add(self, session: AISession, *, scope: TenantScope) -> None:
        """Store a new session."""

    def get(self, session_id: AISessionId, *, scope: TenantScope) -> AISession:
        """Raise AISessionNotFound if there is none in scope."""

    def get_for_update(self, session_id: AISessionId, *, scope: TenantScope) -> AISession:
        """Like get, with the session locked until the unit of work ends."""

    def save(self, session: AISession, *, scope: TenantScope) -> None:
        """Replace the end, the head and the removed texts of the stored session; nothing else changes."""

    def page_of(
        self, selection: AISessionSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[AISession]:
        """Return the selected sessions in scope, newest first; the id breaks ties."""

    def all_of_for_update(self, user_id: UserId, *, scope: TenantScope) -> list[AISession]:
        """Return all sessions of the user in scope by id, locked until the unit of work ends."""

    def with_texts_before(
        self,
        moment: datetime,
        *,
        limit: int,
        within: Collection[OrganizationId] | None = None,
        outside: Collection[OrganizationId] = (),
        scope: TenantScope,
    ) -> list[AISession]:
        """Return sessions with stored texts from before that time, those with the oldest texts first.

        Only those in the organizations *within*, if given, and none in those *outside*.
        """

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AISession]]:
        """Yield all sessions of users in scope, by user and id. The key of a row is its user and id."""

    def count(self) -> int:
        """Return the number of sessions of all tenants."""


class AIInteractionRepository(Protocol):
    def append(self, interaction: AIInteraction, *, scope: TenantScope) -> None:
        """Append to the log of interactions."""

    def get(self, interaction_id: AIInteractionId, *, scope: TenantScope) -> AIInteraction:
        """Raise AIInteractionNotFound if there is none in scope."""

    def page_of_session(
        self, session_id: AISessionId, request: PageRequest, *, scope: TenantScope
    ) -> Page[AIInteraction]:
        """Return the interactions of the session in scope, oldest first."""

    def last_before(
        self, session_id: AISessionId, moment: datetime, *, scope: TenantScope
    ) -> AIInteraction | None:
        """Return the last interaction of the session in scope from before that time."""

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AIInteraction]]:
        """Yield all interactions of users in scope, by user, session and sequence.

        The key of a row is its user and session.
        """

    def needed_texts(
        self, owner: UserId, content_hashes: Collection[str], *, scope: TenantScope
    ) -> AbstractSet[str]:
        """Return those of the hashes that an interaction of the person has whose text was not removed."""

    def settled_position(self) -> int:
        """Return the position up to which the log will never change. Raise LogBusy."""

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        """Yield position and hash of each interaction after a position, in order."""

    def count(self) -> int:
        """Return the number of interactions of all tenants."""


class AIFeedbackRepository(Protocol):
    def put(self, feedback: AIFeedback, *, scope: TenantScope) -> None:
        """Store the feedback, instead of earlier feedback of the user on the interaction."""

    def find(
        self, interaction_id: AIInteractionId, user_id: UserId, *, scope: TenantScope
    ) -> AIFeedback | None:
        """Return the user's feedback on the interaction, if it is in scope."""

    def ratings_by(
        self,
        user_id: UserId,
        interaction_ids: Collection[AIInteractionId],
        *,
        scope: TenantScope,
    ) -> Mapping[AIInteractionId, Rating]:
        """Return the user's ratings of those of the interactions that they have rated and that are in scope."""

    def remove_comments(self, user_id: UserId, *, scope: TenantScope) -> int:
        """Empty the comments of the user in scope, and return how many were not empty."""


class AIFlagRepository(Protocol):
    def open(self, flag: AIFlag, *, scope: TenantScope) -> None:
        """Store a new flag; if one of the user on the interaction is open, replace the comment of that."""

    def get_for_update(self, flag_id: AIFlagId, *, scope: TenantScope) -> AIFlag:
        """Return the flag, locked until the unit of work ends. Raise AIFlagNotFound if there is none in scope."""

    def save(self, flag: AIFlag, *, scope: TenantScope) -> None:
        """Replace the stored flag."""

    def remove_comments(self, user_id: UserId, *, scope: TenantScope) -> int:
        """Empty the comments of the user in scope, and return how many were not empty."""
