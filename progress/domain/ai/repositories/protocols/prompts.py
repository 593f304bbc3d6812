"""Repository protocol of prompt templates."""

from collections.abc import Iterator
from typing import Protocol

from authsvc.kernel.verification import Stored
from progress.domain.ai.entities.prompts import PromptTemplate, PromptTemplateId
from progress.domain.ai.entities.sessions import SessionType


class PromptTemplateRepository(Protocol):
    """Versions of prompt templates, which belong to the platform. Callers have checked that they may change them."""

    def add(self, template: PromptTemplate) -> None:
        """Store a new version. Raise PromptVersionOutdated if its name has that version."""

    def get(self, template_id: PromptTemplateId) -> PromptTemplate:
        """Raise PromptTemplateNotFound."""

    def latest(self, name: str) -> PromptTemplate | None:
        """Return the version of that name with the greatest number."""

    def used_in(self, session_type: SessionType) -> list[PromptTemplate]:
        """Return the versions for sessions of that type that are active or on trial, in any order."""

    def all_for_update(self, session_type: SessionType) -> list[PromptTemplate]:
        """Return all versions for sessions of that type, locked until the unit of work ends."""

    def in_order(self) -> Iterator[Stored[PromptTemplate]]:
        """Yield all versions by name and number. The key of a row is both of them."""

    def save(self, template: PromptTemplate) -> None:
        """Replace what the stored version is used for; nothing else changes.

        The store refuses a second version that is active, or on trial, for the same type of session.
        """
