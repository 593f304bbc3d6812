"""Outcomes of AI sessions in memory."""

from dataclasses import dataclass

from authsvc.kernel.tenancy import TenantScope
from courses.public import CourseId
from progress.domain.ai.entities.outcomes import SessionOutcome
from progress.domain.ai.entities.sessions import AISession
from progress.domain.ai.repositories.memory.sessions import InMemoryAIInteractionRepository
from progress.domain.repositories.memory.attempts import InMemoryAttemptRepository
from progress.domain.repositories.memory.progress import InMemoryProgressRepository


@dataclass(frozen=True, slots=True)
class InMemoryAIOutcomeRepository:
    interactions: InMemoryAIInteractionRepository
    progress: InMemoryProgressRepository
    attempts: InMemoryAttemptRepository

    def of_course(self, course_id: CourseId, *, scope: TenantScope) -> list[SessionOutcome]:
        sessions = [
            session
            for session in scope.among(self.interactions.sessions.store.values())
            if session.course_id == course_id
        ]
        ordered = sorted(sessions, key=lambda session: (session.started_at, session.id))
        return [self._outcome(session) for session in ordered]

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
