"""Conversations: what a tutor is told of a session, and of where its learner stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from accounts.public import Principal
from authsvc.kernel.paging import PageRequest
from courses.public import CatalogService, Outline
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AIInteractionId,
    AISession,
    AISessionId,
    ReadInteraction,
)
from progress.domain.ai.errors import AIInteractionNotFound, AISessionNotFound
from progress.domain.ai.ports import Role, Turn
from progress.domain.ai.prompts import NO_CONTEXT, TutoringContext
from progress.domain.ai.repositories.protocols.sessions import (
    AI_INTERACTIONS,
    AIInteractionRepository,
    AISessionRepository,
)
from progress.domain.ai.services.texts import TextReader
from progress.domain.entities.progress import CourseProgress
from progress.domain.errors import NotEnrolled
from progress.domain.repositories.protocols.progress import ProgressRepository

MOST_TURNS: Final = 40
"""Earlier interactions that are read for an answer, however long the session is."""
MOST_CHARACTERS: Final = 24_000
"""Of these, the latest that fit."""
MOST_COMPLETED: Final = 50
"""Titles of completed items that the tutor is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    sessions: AISessionRepository
    interactions: AIInteractionRepository
    text_reader: TextReader
    progress: ProgressRepository
    catalog: CatalogService

    def own_for_update(self, session_id: AISessionId, *, by: Principal) -> AISession:
        """The caller's session, locked. Raises AISessionNotFound."""
        session = self.sessions.get_for_update(session_id, scope=by.member_scope)
        if session.user_id != by.person:
            raise AISessionNotFound
        return session

    def recent(self, session: AISession, *, by: Principal) -> Sequence[AIInteraction]:
        """The latest interactions of the session, oldest first."""
        return self._after(session, max(0, session.sequence - MOST_TURNS), MOST_TURNS, by)

    def latest(self, session: AISession, *, by: Principal) -> Sequence[ReadInteraction]:
        """The latest interactions of the caller's session with their texts, oldest first. Raises Impersonating."""
        by.require_in_person()
        return [
            self.text_reader.read(session, interaction)
            for interaction in self.recent(session, by=by)
        ]

    def turns_of(
        self, session: AISession, recent: Sequence[AIInteraction], message: str
    ) -> tuple[Turn, ...]:
        """The conversation up to the message, as far back as it fits. Texts that were removed are left out."""
        turns, left = [Turn(role=Role.USER, text=message)], MOST_CHARACTERS
        for interaction in reversed(recent):
            text = self.text_reader.read(session, interaction).text
            left -= len(text or "")
            if left < 0:
                break
            if text and interaction.role is not Role.SYSTEM:
                turns.append(Turn(role=interaction.role, text=text))
        return _alternating(reversed(turns))

    def answer_to(
        self, session_id: AISessionId, message_id: AIInteractionId, *, by: Principal
    ) -> ReadInteraction | AIInteraction:
        """The answer to the message of the caller's session; without one, the message.

        Raises AISessionNotFound, AIInteractionNotFound.
        """
        session = self.sessions.get(session_id, scope=by.member_scope)
        message = self.interactions.get(message_id, scope=by.member_scope)
        if session.user_id != by.person:
            raise AISessionNotFound
        if message.session_id != session.id:
            raise AIInteractionNotFound
        for interaction in self._after(session, message.sequence, MOST_TURNS, by):
            if _is_of_tutor(interaction, Role.ASSISTANT):
                return self.text_reader.read(session, interaction)
        return message

    def context_of(self, session: AISession, *, by: Principal) -> TutoringContext:
        """What the course, the item and the progress of its learner say. Raises NotEnrolled."""
        if session.course_id is None:
            return NO_CONTEXT
        progress = self.progress.find(by.person, str(session.course_id), scope=by.member_scope)
        if progress is None or not progress.is_enrolled:
            raise NotEnrolled
        version = self.catalog.version(
            progress.course_id, progress.course_version, scope=by.member_scope
        )
        return _context(session, version.title, version.outline, progress)

    def _after(
        self, session: AISession, sequence: int, limit: int, by: Principal
    ) -> Sequence[AIInteraction]:
        cursor = AI_INTERACTIONS.cursor_after((sequence,))
        request = PageRequest(limit=limit, cursor=cursor)
        return self.interactions.page_of_session(session.id, request, scope=by.member_scope).items


def unanswered_in(recent: Sequence[AIInteraction]) -> AIInteraction | None:
    """The message to the tutor that has no answer yet. What clients log is not about it."""
    for interaction in reversed(recent):
        if _is_of_tutor(interaction, Role.ASSISTANT):
            return None
        if _is_of_tutor(interaction, Role.USER):
            return interaction
    return None


def _is_of_tutor(interaction: AIInteraction, role: Role) -> bool:
    has_prompt = bool(interaction.generation.prompt_template)
    return interaction.role is role and has_prompt and not interaction.is_reported


def _alternating(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """The turns from the first of the user on; consecutive ones of the same role are one, as models expect it."""
    joined: list[Turn] = []
    for turn in turns:
        if joined and joined[-1].role is turn.role:
            joined[-1] = Turn(role=turn.role, text=f"{joined[-1].text}\n\n{turn.text}")
        elif joined or turn.role is Role.USER:
            joined.append(turn)
    return tuple(joined)


def _context(
    session: AISession, title: str, outline: Outline, progress: CourseProgress
) -> TutoringContext:
    items = list(outline.items)
    number, item = next(
        ((number, item) for number, item in enumerate(items, 1) if item.id == session.item_id),
        (0, None),
    )
    completed = [item.title for item in items if item.id in progress.completed_items]
    return TutoringContext(
        course_title=title,
        module_title=outline.module_of(item.id).title if item else "",
        item_title=item.title if item else "",
        item_text=item.body if item else "",
        has_assessment=item is not None and item.assessment is not None,
        number=number,
        items=len(items),
        completed_titles=tuple(completed[-MOST_COMPLETED:]),
        is_completed=session.item_id in progress.completed_items,
    )
