"""AI sessions in memory."""

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from accounts.public import OrganizationId, UserId
from authsvc.kernel.paging import Page, PageRequest, page_in_memory
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import ALL_USERS, Stored, UserRange
from progress.domain.ai.entities.feedback import AIFeedback, Rating
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    AISessionSelection,
)
from progress.domain.ai.errors import AIInteractionNotFound, AISessionNotFound
from progress.domain.ai.repositories.protocols.sessions import AI_INTERACTIONS, AI_SESSIONS


@dataclass(frozen=True, slots=True)
class InMemoryAISessionRepository:
    store: MutableMapping[AISessionId, AISession] = field(default_factory=dict)

    def add(self, session: AISession, *, scope: TenantScope) -> None:
        scope.require(session.org_id)
        self.store[session.id] = session

    def get(self, session_id: AISessionId, *, scope: TenantScope) -> AISession:
        session = self.store.get(session_id)
        if session is None or not scope.covers(session.org_id):
            raise AISessionNotFound
        return session

    def get_for_update(self, session_id: AISessionId, *, scope: TenantScope) -> AISession:
        return self.get(session_id, scope=scope)

    def save(self, session: AISession, *, scope: TenantScope) -> None:
        scope.require(session.org_id)
        self.store[session.id] = replace(
            self.store[session.id],
            ended_at=session.ended_at,
            sequence=session.sequence,
            hash=session.hash,
            removed_through=session.removed_through,
            texts_since=session.texts_since,
        )

    def page_of(
        self, selection: AISessionSelection, request: PageRequest, *, scope: TenantScope
    ) -> Page[AISession]:
        selected = filter(selection.covers, scope.among(self.store.values()))
        return page_in_memory(selected, request, AI_SESSIONS)

    def all_of_for_update(self, user_id: UserId, *, scope: TenantScope) -> list[AISession]:
        in_scope = scope.among(self.store.values())
        mine = [session for session in in_scope if session.user_id == user_id]
        return sorted(mine, key=_key_of_session)

    def with_texts_before(
        self,
        moment: datetime,
        *,
        limit: int,
        within: Collection[OrganizationId] | None = None,
        outside: Collection[OrganizationId] = (),
        scope: TenantScope,
    ) -> list[AISession]:
        old = [
            (session.texts_since, session.id, session)
            for session in scope.among(self.store.values())
            if session.texts_since is not None
            and session.texts_since < moment
            and (within is None or session.org_id in within)
            and session.org_id not in outside
        ]
        return [session for _, _, session in sorted(old, key=lambda row: row[:2])[:limit]]

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AISession]]:
        for session in sorted(self.store.values(), key=_key_of_session):
            if scope.covers(session.org_id) and users.covers(session.user_id):
                yield Stored(key=_key_of_session(session), id=session.id, item=session)

    def count(self) -> int:
        return len(self.store)


@dataclass(frozen=True, slots=True)
class InMemoryAIInteractionRepository:
    sessions: InMemoryAISessionRepository
    store: MutableMapping[int, AIInteraction] = field(default_factory=dict)

    def append(self, interaction: AIInteraction, *, scope: TenantScope) -> None:
        scope.require(interaction.org_id)
        self.store[len(self.store) + 1] = interaction

    def get(self, interaction_id: AIInteractionId, *, scope: TenantScope) -> AIInteraction:
        for interaction in scope.among(self.store.values()):
            if interaction.id == interaction_id:
                return interaction
        raise AIInteractionNotFound

    def page_of_session(
        self, session_id: AISessionId, request: PageRequest, *, scope: TenantScope
    ) -> Page[AIInteraction]:
        in_scope = scope.among(self.store.values())
        of_session = (row for row in in_scope if row.session_id == session_id)
        return page_in_memory(of_session, request, AI_INTERACTIONS)

    def last_before(
        self, session_id: AISessionId, moment: datetime, *, scope: TenantScope
    ) -> AIInteraction | None:
        earlier = (
            row
            for row in scope.among(self.store.values())
            if row.session_id == session_id and row.occurred_at < moment
        )
        return max(earlier, key=lambda row: row.sequence, default=None)

    def in_streams(
        self, *, users: UserRange = ALL_USERS, scope: TenantScope
    ) -> Iterator[Stored[AIInteraction]]:
        for row in sorted(self.store.values(), key=lambda row: (*_key_of(row), row.sequence)):
            if scope.covers(row.org_id) and users.covers(row.user_id):
                yield Stored(key=_key_of(row), id=row.id, item=row)

    def needed_texts(
        self, owner: UserId, content_hashes: Collection[str], *, scope: TenantScope
    ) -> AbstractSet[str]:
        return {
            row.content_hash
            for row in scope.among(self.store.values())
            if row.user_id == owner
            and row.content_hash in content_hashes
            and self.sessions.store[row.session_id].has_text_of(row)
        }

    def settled_position(self) -> int:
        return max(self.store, default=0)

    def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
        for position, row in sorted(self.store.items()):
            if after < position and (up_to is None or position <= up_to):
                yield position, row.hash

    def count(self) -> int:
        return len(self.store)


@dataclass(frozen=True, slots=True)
class InMemoryAIFeedbackRepository:
    store: MutableMapping[tuple[AIInteractionId, UserId], AIFeedback] = field(default_factory=dict)

    def put(self, feedback: AIFeedback, *, scope: TenantScope) -> None:
        scope.require(feedback.org_id)
        self.store[feedback.interaction_id, feedback.user_id] = feedback

    def find(
        self, interaction_id: AIInteractionId, user_id: UserId, *, scope: TenantScope
    ) -> AIFeedback | None:
        feedback = self.store.get((interaction_id, user_id))
        return feedback if feedback and scope.covers(feedback.org_id) else None

    def ratings_by(
        self,
        user_id: UserId,
        interaction_ids: Collection[AIInteractionId],
        *,
        scope: TenantScope,
    ) -> Mapping[AIInteractionId, Rating]:
        rated = (
            self.find(interaction_id, user_id, scope=scope) for interaction_id in interaction_ids
        )
        return {feedback.interaction_id: feedback.rating for feedback in rated if feedback}

    def remove_comments(self, user_id: UserId, *, scope: TenantScope) -> int:
        commented = [
            (key, feedback)
            for key, feedback in self.store.items()
            if feedback.user_id == user_id and feedback.comment and scope.covers(feedback.org_id)
        ]
        for key, feedback in commented:
            self.store[key] = replace(feedback, comment="")
        return len(commented)


def _key_of_session(session: AISession) -> tuple[UUID, UUID]:
    return session.user_id, session.id


def _key_of(interaction: AIInteraction) -> tuple[UUID, UUID]:
    return interaction.user_id, interaction.session_id
