"""Prompt templates for tests."""

from typing import Any, Final
from uuid import uuid4

from accounts.domain.access import OPERATOR, Principal
from authsvc.composition.container import Services
from progress.domain.ai.entities.prompts import PromptTemplate, PromptTemplateId
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.services.prompts import PromptDraft
from tests.support.builders import NOON

TEXT: Final = "Ask what they have tried.\n\n{{data_rules}}\n\n{{course_data}}\n{{learner_data}}\n"


def a_prompt_template(**parts: Any) -> PromptTemplate:
    defaults: dict[str, Any] = {
        "id": PromptTemplateId(uuid4()),
        "name": "socratic",
        "session_type": SessionType.TUTORING,
        "version": 1,
        "text": TEXT,
        "created_by": None,
        "created_at": NOON,
    }
    return PromptTemplate(**(defaults | parts))


def a_prompt_version(
    services: Services,
    text: str = TEXT,
    *,
    name: str = "socratic",
    after: int | None = None,
    by: Principal = OPERATOR,
) -> PromptTemplate:
    draft = PromptDraft(name=name, session_type=SessionType.TUTORING, text=text, after=after)
    return services.ai_prompts.create_version(draft, because="Shorter.", by=by)
