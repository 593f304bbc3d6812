"""Tutor services: a language model that answers learners."""

from datetime import timedelta
from functools import cached_property

from authsvc.composition.ai import AIServices
from progress.domain.ai.services.conversations import Conversations
from progress.domain.ai.services.tutor import TutorService
from progress.domain.ai.usage import Prices


class TutorServices(AIServices):
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
            prices=Prices(
                input=config.input_price, cached=config.cached_price, output=config.output_price
            ),
            most_output_tokens=config.most_output_tokens,
            answers_within=timedelta(seconds=config.total_seconds),
            unit_of_work=self.unit_of_work,
            clock=self.ports.clock,
        )
