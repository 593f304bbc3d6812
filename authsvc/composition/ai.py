"""AI services: the log of AI sessions."""

from functools import cached_property

from authsvc.composition.base import Expiring
from authsvc.composition.learning import LearningServices
from progress.domain.ai.services.budgets import BudgetService
from progress.domain.ai.services.oversight import AISessionOversight
from progress.domain.ai.services.sessions import AISessionService
from progress.domain.ai.services.settings import AISettingsService
from progress.domain.ai.services.texts import TextReader
from progress.domain.ai.services.usage import UsageService


class AIServices(LearningServices):
    @cached_property
    def ai_sessions(self) -> AISessionService:
        return AISessionService(
            sessions=self.repositories.ai_sessions,
            interactions=self.repositories.ai_interactions,
            feedback=self.repositories.ai_feedback,
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
