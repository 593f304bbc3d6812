"""Prompt templates in memory."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field

from authsvc.kernel.verification import Stored
from progress.domain.ai.entities.prompts import USED, PromptTemplate, PromptTemplateId
from progress.domain.ai.entities.sessions import SessionType
from progress.domain.ai.errors import PromptTemplateNotFound, PromptVersionOutdated


@dataclass(frozen=True, slots=True)
class InMemoryPromptTemplateRepository:
    store: MutableMapping[PromptTemplateId, PromptTemplate] = field(default_factory=dict)

    def add(self, template: PromptTemplate) -> None:
        latest = self.latest(template.name)
        if latest is not None and latest.version >= template.version:
            raise PromptVersionOutdated(latest=latest.version)
        self.store[template.id] = template

    def get(self, template_id: PromptTemplateId) -> PromptTemplate:
        if template_id not in self.store:
            raise PromptTemplateNotFound
        return self.store[template_id]

    def latest(self, name: str) -> PromptTemplate | None:
        versions = [template for template in self.store.values() if template.name == name]
        return max(versions, key=lambda template: template.version, default=None)

    def used_in(self, session_type: SessionType) -> list[PromptTemplate]:
        versions = self.all_for_update(session_type)
        return [template for template in versions if template.status in USED]

    def all_for_update(self, session_type: SessionType) -> list[PromptTemplate]:
        return [row for row in self.store.values() if row.session_type is session_type]

    def in_order(self) -> Iterator[Stored[PromptTemplate]]:
        for row in sorted(self.store.values(), key=_number):
            yield Stored(key=_number(row), id=row.id, item=row)

    def save(self, template: PromptTemplate) -> None:
        self.store[template.id] = template


def _number(template: PromptTemplate) -> tuple[str, int]:
    return template.name, template.version
