"""Tutor services: a language model that answers learners, and proposes scores to graders."""

from datetime import timedelta
from functools import cached_property

from authsvc.composition.ai import AIServices
from authsvc.jobs.ports import JobKind
from progress.domain.ai.services.conversations import Conversations
from progress.domain.ai.services.grading_help import GradingHelp
from progress.domain.ai.services.proposal_tasks import ProposalTasks
from progress.domain.ai.services.tutor import TutorService
from progress.domain.ai.usage import Prices


class TutorServices(AIServices):
    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        return (*super().job_kinds, self.proposal_tasks.kind)

    @cached_property
    def tutor(self) -> TutorService:
        config = self.ports.tutor_config
        return TutorService(
            model=self.ports.tutor_model,
            sessions=self.ai_sessions,
            conversations=Conversations(
                sessions=self.repositories.ai_sessions,
                interactions=self.repositories.ai_interactions,
                text_reader=self._text_reader,
                progress=self.repositories.progress,
                catalog=self.catalog,
            ),
            prompts=self.ai_prompts,
            budgets=self.ai_budgets,
            prices=self._prices,
            most_output_tokens=config.most_output_tokens,
            answers_within=timedelta(seconds=config.total_seconds),
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def grading_help(self) -> GradingHelp:
        return GradingHelp(
            model=self.ports.tutor_model,
            grading=self.grading,
            outcomes=self.outcomes,
            proposals=self.repositories.proposals,
            settings=self.repositories.ai_settings,
            sessions=self.repositories.ai_sessions,
            log=self.ai_sessions,
            budgets=self.ai_budgets,
            prices=self._prices,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def proposal_tasks(self) -> ProposalTasks:
        return ProposalTasks(help=self.grading_help, tasks=self.tasks, callers=self.task_callers)

    @property
    def _prices(self) -> Prices:
        config = self.ports.tutor_config
        return Prices(
            input=config.input_price, cached=config.cached_price, output=config.output_price
        )
