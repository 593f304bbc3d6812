"""Grading help: scores that a language model proposes to graders, beside their own and never instead of them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from accounts.public import (
    BOUND,
    AuditAction,
    AuditLog,
    AuditSubject,
    Principal,
    SubjectType,
    TenantAccess,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork
from courses.public import Assessment, Question
from progress.domain.ai.entities.budgets import Reservation
from progress.domain.ai.entities.sessions import (
    AIInteraction,
    AISession,
    AISessionId,
    Generation,
    SessionType,
)
from progress.domain.ai.errors import (
    GradingHelpOff,
    NothingToPropose,
    NoTutor,
    OwnAttempt,
    ProposalUnusable,
)
from progress.domain.ai.ports import FinishReason, ModelRequest, Role, TutorModel
from progress.domain.ai.repositories.protocols.budgets import AISettingsRepository
from progress.domain.ai.repositories.protocols.sessions import AISessionRepository
from progress.domain.ai.services.budgets import BudgetService
from progress.domain.ai.services.grading_prompt import (
    GRADING,
    LONGEST_ANSWER,
    ProposedScore,
    request_for,
    scores_in,
)
from progress.domain.ai.services.sessions import AISessionService
from progress.domain.ai.services.tutor import Written, most_spent_on
from progress.domain.ai.usage import Prices
from progress.domain.entities.attempts import AssessmentAttempt, AttemptId, AttemptStatus
from progress.domain.entities.grades import GradeProposalId
from progress.domain.entities.proposals import GradeProposal
from progress.domain.errors import AttemptNotGradable
from progress.domain.repositories.protocols.proposals import GradeProposalRepository
from progress.domain.services.attempt_outcomes import AttemptOutcomes
from progress.domain.services.attempts import GradingService

ASKED: Final = Generation(prompt_template=GRADING.id, prompt_version=GRADING.version)
"""What marks a request for scores in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A request for the scores of one answer, and what it may spend."""

    attempt: AssessmentAttempt
    question: Question
    request: ModelRequest
    session: AISession
    reservation: Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingHelp:
    """Proposes scores for submitted attempts, to those who may grade them but for the learner themselves.

    Each answer to a question with a rubric is one call, in an AI session of the grader. The model gets no tools, so its
    scores are all that it can do, and they are stored as proposals or not at all. Raises NotPermitted without the right
    to grade, and PersonNeeded if a client acts for itself.
    """

    model: TutorModel | None
    grading: GradingService
    outcomes: AttemptOutcomes
    proposals: GradeProposalRepository
    settings: AISettingsRepository
    sessions: AISessionRepository
    log: AISessionService
    budgets: BudgetService
    prices: Prices
    tenant_access: TenantAccess
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def of_attempt(self, attempt_id: AttemptId, *, by: Principal) -> list[GradeProposal]:
        """Return the proposals for the attempt. Raises AttemptNotFound, OwnAttempt."""
        self._sheet(attempt_id, by)
        return self.proposals.of_attempt(attempt_id, scope=by.tenant_scope)

    def sheet_of(
        self, attempt_id: AttemptId, *, by: Principal
    ) -> tuple[AssessmentAttempt, Assessment, list[GradeProposal]]:
        """Return what a grader needs: like `GradingService.sheet_of`, with the proposals; none for the learner."""
        attempt, assessment = self.grading.sheet_of(attempt_id, by=by)
        if attempt.user_id == by.user_id:
            return attempt, assessment, []
        return attempt, assessment, self.proposals.of_attempt(attempt_id, scope=by.tenant_scope)

    def require_possible(self, attempt_id: AttemptId, *, by: Principal) -> AssessmentAttempt:
        """Return the attempt if there is something to propose scores for.

        Raises AttemptNotFound, OwnAttempt, OrganizationSuspended, GradingHelpOff, NoTutor, AttemptNotGradable,
        NothingToPropose.
        """
        attempt, assessment = self._helped_sheet(attempt_id, by)
        if not self._due(attempt, assessment, by):
            raise NothingToPropose
        return attempt

    def propose(
        self,
        attempt_id: AttemptId,
        *,
        report: Callable[[int], None] = lambda _number: None,
        by: Principal,
    ) -> list[GradeProposal]:
        """Propose scores for the answers without proposals, and return the new ones.

        Call it outside of units of work. What was proposed for one answer stays if the next one fails. *report* is
        called with the number of answers so far. Raises the errors of `require_possible` but NothingToPropose,
        AIBudgetExceeded before a call that no budget is left for, TutorUnavailable, ProposalUnusable.
        """
        attempt, assessment = self._helped_sheet(attempt_id, by)
        proposed: list[GradeProposal] = []
        for number, (question, answer) in enumerate(self._due(attempt, assessment, by)):
            report(number)
            proposed += self._proposed(self._begun(attempt, question, answer, by), by)
        return proposed

    def _sheet(self, attempt_id: AttemptId, by: Principal) -> tuple[AssessmentAttempt, Assessment]:
        attempt, assessment = self.grading.sheet_of(attempt_id, by=by)
        if attempt.user_id == by.person:
            raise OwnAttempt
        return attempt, assessment

    def _helped_sheet(
        self, attempt_id: AttemptId, by: Principal
    ) -> tuple[AssessmentAttempt, Assessment]:
        attempt, assessment = self._sheet(attempt_id, by)
        self.tenant_access.require_open(attempt.org_id, by=by)
        stored = self.settings.those_of([attempt.course_id], scope=by.tenant_scope)
        if not any(settings.proposes_grades for settings in stored):
            raise GradingHelpOff
        if self.model is None:
            raise NoTutor
        _require_submitted(attempt)
        return attempt, assessment

    def _due(
        self, attempt: AssessmentAttempt, assessment: Assessment, by: Principal
    ) -> list[tuple[Question, str]]:
        """The questions to propose scores for, with the texts that answer them."""
        proposals = self.proposals.of_attempt(attempt.id, scope=by.tenant_scope)
        done = {proposal.question_id for proposal in proposals}
        answered = (
            (question, text)
            for question in assessment.questions
            if question.rubric and question.id not in done and (text := _text(attempt, question))
        )
        return [(question, text) for question, text in answered if len(text) <= LONGEST_ANSWER]

    def _begun(
        self, attempt: AssessmentAttempt, question: Question, answer: str, by: Principal
    ) -> _Call:
        """Open a session, reserve what the call may spend, and log what is asked. Raises AIBudgetExceeded."""
        request, scope = request_for(question, answer), by.tenant_scope
        session = AISession(
            id=AISessionId(uuid4()),
            user_id=by.person,
            org_id=attempt.org_id,
            course_id=attempt.course_id,
            item_id=attempt.item_id,
            session_type=SessionType.ASSESSMENT_REVIEW,
            client_id=by.client_id,
            started_at=self.clock.now(),
        ).opened()
        # The answer is not copied into the log of somebody else: the attempt has it, and never changes.
        message = f"Scores are asked for question {question.id} of attempt {attempt.id}."
        with self.unit_of_work.atomic():
            self.sessions.add(session, scope=scope)
            reservation = self.budgets.reserve(session, most_spent_on(request, self.prices))
            self.log.append(session, Role.USER, message, ASKED, scope=scope, by=by)
        return _Call(
            attempt=attempt,
            question=question,
            request=request,
            session=session,
            reservation=reservation,
        )

    def _proposed(self, call: _Call, by: Principal) -> list[GradeProposal]:
        """Ask the model, log its answer whatever it is, and store the proposals if all of it can be used."""
        assert self.model is not None  # noqa: S101  # for mypy: it was checked before the call
        written = Written(model=self.model, request=call.request, began_at=self.clock.now())
        self.unit_of_work.release()
        try:
            with closing(self.model.answer(call.request)) as parts:
                for part in parts:
                    written.add(part, at=self.clock.now())
        except Exception:
            written.reason = FinishReason.ERROR
            raise
        finally:
            answer = self._log(call, written, by)
        if written.reason is not FinishReason.STOP:
            raise ProposalUnusable
        scores = scores_in(written.text, call.question)
        return self._store(call, answer, scores, by)

    def _log(self, call: _Call, written: Written, by: Principal) -> AIInteraction:
        now, scope = self.clock.now(), by.tenant_scope
        generation = written.generation(GRADING, self.prices, ended_at=now)
        with self.unit_of_work.atomic():
            written.charge(call.reservation, generation, self.budgets)
            session = self.sessions.get_for_update(call.session.id, scope=scope)
            answer = self.log.append(
                session, Role.ASSISTANT, written.text, generation, scope=scope, by=by
            )
            self.sessions.save(session.after(answer).ended(at=now), scope=scope)
        return answer

    def _store(
        self,
        call: _Call,
        answer: AIInteraction,
        scores: tuple[ProposedScore, ...],
        by: Principal,
    ) -> list[GradeProposal]:
        """Raises AttemptNotGradable if the attempt was graded or voided in the meantime."""
        proposals = [_proposal(call, answer, score, by) for score in scores]
        with self.unit_of_work.atomic():
            _, attempt = self.outcomes.lock(call.attempt, scope=by.tenant_scope)
            _require_submitted(attempt)
            if not self.proposals.add(proposals, scope=by.tenant_scope):
                return []
            self._bind(attempt, proposals, by)
        return proposals

    def _bind(
        self, attempt: AssessmentAttempt, proposals: list[GradeProposal], by: Principal
    ) -> None:
        """Record the hash of each, so that nobody can change what a grader was proposed."""
        parts = {str(proposal.id): proposal.content_hash for proposal in proposals}
        subject = AuditSubject.of(SubjectType.ATTEMPT, attempt)
        self.audit_log.record(
            AuditAction.SCORES_PROPOSED, subject, by=by, after={BOUND: {"parts": parts}}
        )


def _require_submitted(attempt: AssessmentAttempt) -> None:
    if attempt.status is not AttemptStatus.SUBMITTED:
        raise AttemptNotGradable(status=attempt.status.value)


def _text(attempt: AssessmentAttempt, question: Question) -> str:
    """The text that answers the question; empty without one, or if the answer is a choice or a file."""
    answer = attempt.answer_to(question.id)
    return (answer.text or "").strip() if answer else ""


def _proposal(
    call: _Call, answer: AIInteraction, score: ProposedScore, by: Principal
) -> GradeProposal:
    made = answer.generation
    return GradeProposal(
        id=GradeProposalId(uuid4()),
        attempt_id=call.attempt.id,
        org_id=call.attempt.org_id,
        question_id=call.question.id,
        criterion=score.criterion,
        score=score.score,
        max_score=score.max_score,
        reason=score.reason,
        provider=made.provider,
        model_id=made.model_id,
        prompt_template=made.prompt_template,
        prompt_version=made.prompt_version,
        cost_micro_usd=made.cost_micro_usd,
        interaction_id=answer.id,
        requested_by=by.person,
        created_at=answer.occurred_at,
    )
