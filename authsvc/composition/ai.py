"""AI services: the log of AI sessions."""

from datetime import timedelta
from functools import cached_property

from accounts.public import periodic
from authsvc.composition.base import Expiring
from authsvc.composition.credential_pages import CredentialPageServices
from authsvc.jobs.entities import JobRequest
from authsvc.jobs.ports import JobKind
from progress.domain.ai.services.budgets import BudgetService
from progress.domain.ai.services.flags import AIFlagService
from progress.domain.ai.services.outcomes import AIOutcomeService
from progress.domain.ai.services.oversight import AISessionOversight
from progress.domain.ai.services.prompts import PromptService
from progress.domain.ai.services.sessions import AISessionService
from progress.domain.ai.services.settings import AISettingsService
from progress.domain.ai.services.text_removal import REMOVAL, TextRemoval
from progress.domain.ai.services.texts import TextReader
from progress.domain.ai.services.usage import UsageService


class AIServices(CredentialPageServices):
    @cached_property
    def ai_sessions(self) -> AISessionService:
        return AISessionService(
            sessions=self.repositories.ai_sessions,
            interactions=self.repositories.ai_interactions,
            feedback=self.repositories.ai_feedback,
            flags=self.repositories.ai_flags,
            progress=self.repositories.progress,
            catalog=self.catalog,
            texts=self.ports.texts,
            text_reader=self._text_reader,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def ai_oversight(self) -> AISessionOversight:
        return AISessionOversight(
            sessions=self.repositories.ai_sessions,
            interactions=self.repositories.ai_interactions,
            text_reader=self._text_reader,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
        )

    @property
    def expiring(self) -> dict[str, Expiring]:
        return super().expiring | {"AI reservation": self.ai_budgets}

    @property
    def job_kinds(self) -> tuple[JobKind, ...]:
        return (*super().job_kinds, self.ai_texts.kind)

    @property
    def periodic_jobs(self) -> tuple[JobRequest, ...]:
        return (*super().periodic_jobs, periodic(REMOVAL, every=timedelta(days=1)))

    @cached_property
    def ai_texts(self) -> TextRemoval:
        return TextRemoval(
            sessions=self.repositories.ai_sessions,
            interactions=self.repositories.ai_interactions,
            feedback=self.repositories.ai_feedback,
            flags=self.repositories.ai_flags,
            settings=self.repositories.ai_settings,
            texts=self.ports.texts,
            retention_days=self.ports.ai_retention_days,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def ai_flags(self) -> AIFlagService:
        return AIFlagService(
            flags=self.repositories.ai_flags,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def ai_outcomes(self) -> AIOutcomeService:
        return AIOutcomeService(
            outcomes=self.repositories.ai_outcomes,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
        )

    @cached_property
    def ai_prompts(self) -> PromptService:
        return PromptService(
            templates=self.repositories.prompt_templates,
            outcomes=self.repositories.ai_outcomes,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def ai_budgets(self) -> BudgetService:
        return BudgetService(
            budgets=self.repositories.ai_budgets,
            settings=self.repositories.ai_settings,
            policy=self.ports.ai_budgets,
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )

    @cached_property
    def ai_settings(self) -> AISettingsService:
        return AISettingsService(
            settings=self.repositories.ai_settings,
            policy=self.ports.ai_budgets,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
            audit_log=self.audit_log,
            unit_of_work=self.unit_of_work,
        )

    @cached_property
    def ai_usage(self) -> UsageService:
        return UsageService(
            usage=self.repositories.ai_usage,
            settings=self.repositories.ai_settings,
            budgets=self.ai_budgets,
            catalog=self.catalog,
            tenant_access=self.tenant_access,
            clock=self.ports.clock,
        )

    @cached_property
    def _text_reader(self) -> TextReader:
        return TextReader(texts=self.ports.texts)
