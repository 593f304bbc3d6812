"""Outcomes of AI sessions in memory."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from authsvc.kernel.tenancy import TenantScope
from courses.public import CourseId
from progress.domain.ai.entities.feedback import Rating
from progress.domain.ai.entities.outcomes import SessionOutcome
from progress.domain.ai.entities.prompts import PromptResult, in_order
from progress.domain.ai.entities.sessions import AIInteraction, AISession
from progress.domain.ai.ports import Role
from progress.domain.ai.repositories.memory.flags import InMemoryAIFlagRepository
from progress.domain.ai.repositories.memory.sessions import (
    InMemoryAIFeedbackRepository,
    InMemoryAIInteractionRepository,
)
from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.progress import InMemoryProgressRepository


@dataclass(frozen=True, slots=True)
class InMemoryAIOutcomeRepository:
    interactions: InMemoryAIInteractionRepository
    progress: InMemoryProgressRepository
    attempts: InMemoryAttemptRepository
    feedback: InMemoryAIFeedbackRepository
    flags: InMemoryAIFlagRepository

    def of_course(self, course_id: CourseId, *, scope: TenantScope) -> list[SessionOutcome]:
        sessions = [
            session
            for session in scope.among(self.interactions.sessions.store.values())
            if session.course_id == course_id
        ]
        ordered = sorted(sessions, key=lambda session: (session.started_at, session.id))
        return [self._outcome(session) for session in ordered]

    def by_prompt(self, *, since: datetime, scope: TenantScope) -> list[PromptResult]:
        groups = defaultdict[tuple[str, str], list[AIInteraction]](list)
        for row in scope.among(self.interactions.store.values()):
            made = row.generation
            is_answer = row.role is Role.ASSISTANT and not row.is_reported
            if is_answer and made.prompt_template and row.occurred_at >= since:
                groups[made.prompt_template, made.prompt_version].append(row)
        return in_order(self._result(answers) for answers in groups.values())

    def _result(self, answers: Sequence[AIInteraction]) -> PromptResult:
        ids = {row.id for row in answers}
        sessions = [
            self.interactions.sessions.store[id_] for id_ in {row.session_id for row in answers}
        ]
        rows = self.feedback.store.values()
        ratings = [feedback.rating for feedback in rows if feedback.interaction_id in ids]
        return PromptResult(
            prompt_template=answers[0].generation.prompt_template,
            prompt_version=answers[0].generation.prompt_version,
            sessions=len(sessions),
            answers=len(answers),
            thumbs_up=ratings.count(Rating.THUMBS_UP),
            thumbs_down=ratings.count(Rating.THUMBS_DOWN),
            flags=sum(flag.interaction_id in ids for flag in self.flags.store.values()),
            sessions_before_pass=sum(map(self._was_passed, sessions)),
            sessions_before_completion=sum(map(self._was_completed, sessions)),
            cost_micro_usd=sum(row.generation.cost_micro_usd for row in answers),
        )

    def _outcome(self, session: AISession) -> SessionOutcome:
        return SessionOutcome(
            session_id=session.id,
            user_id=session.user_id,
            org_id=session.org_id,
            item_id=session.item_id,
            started_at=session.started_at,
            cost_micro_usd=sum(
                row.generation.cost_micro_usd
                for row in self.interactions.store.values()
                if row.session_id == session.id and not row.is_reported
            ),
            was_passed=self._was_passed(session),
            was_completed=self._was_completed(session),
        )

    def _was_passed(self, session: AISession) -> bool:
        return any(
            attempt.counts_as_passed
            and attempt.submitted_at is not None
            and attempt.submitted_at >= session.started_at
            and session.item_id in (None, attempt.item_id)
            for attempt in self.attempts.store.values()
            if (attempt.user_id, attempt.course_id) == (session.user_id, session.course_id)
        )

    def _was_completed(self, session: AISession) -> bool:
        return any(
            progress.completed_at is not None and progress.completed_at >= session.started_at
            for progress in self.progress.store.values()
            if (progress.user_id, progress.course_id) == (session.user_id, session.course_id)
        )
