"""The tutor model that the environment asks for."""

from time import sleep
from typing import Final

from authsvc.composition.tutor_models.answering import ModelLimits, Provider, ProviderModel
from authsvc.composition.tutor_models.observed_model import ObservedModel
from authsvc.config.tutor import TutorConfig, TutorKind
from authsvc.kernel.tracing import Tracing
from progress.domain.ai.offline_model import OfflineModel
from progress.domain.ai.ports import TutorModel

WORD_SECONDS: Final = 0.03
"""Between two words of the offline model, so that a page shows an answer that is being written."""


def tutor_model(config: TutorConfig, tracing: Tracing, *, is_test: bool) -> TutorModel | None:
    """The model, or None if there is no tutor."""
    if config.kind is TutorKind.OFF:
        return None
    model = _offline_model(is_test=is_test) if not config.kind.is_remote else _remote_model(config)
    return ObservedModel(model=model, tracing=tracing)


def _offline_model(*, is_test: bool) -> TutorModel:
    return OfflineModel() if is_test else OfflineModel(pause=lambda: sleep(WORD_SECONDS))


def _remote_model(config: TutorConfig) -> TutorModel:
    limits = ModelLimits(
        connect_seconds=config.connect_seconds,
        first_text_seconds=config.first_text_seconds,
        silence_seconds=config.silence_seconds,
        total_seconds=config.total_seconds,
    )
    return ProviderModel(api=_provider(config), limits=limits)


def _provider(config: TutorConfig) -> Provider:
    # The SDKs are extras, and each takes a second to import.
    if config.kind is TutorKind.ANTHROPIC:
        from authsvc.composition.tutor_models import anthropic_model  # noqa: PLC0415  # as said above

        return anthropic_model.AnthropicProvider(
            model_id=config.model,
            api_key=config.api_key,
            base_url=config.base_url or anthropic_model.BASE_URL,
        )
    from authsvc.composition.tutor_models import openai_model  # noqa: PLC0415  # likewise

    return openai_model.OpenAIProvider(
        model_id=config.model,
        api_key=config.api_key or openai_model.NO_KEY,
        base_url=config.base_url or openai_model.BASE_URL,
    )
