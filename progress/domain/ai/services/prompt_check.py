"""Comparison of prompt templates with what the audit log recorded when they were created."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from accounts.public import AuditBindings, SubjectType, compared_rows
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Finding, Tally
from progress.domain.ai.entities.prompts import PromptTemplate
from progress.domain.ai.repositories.protocols.prompts import PromptTemplateRepository

TEMPLATES: Final = "progress_prompttemplate"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplateCheck:
    """Verifies that every version has the name, number, type of session and text that the audit log recorded."""

    name: ClassVar[str] = "prompt-templates"

    templates: PromptTemplateRepository
    bindings: AuditBindings

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        stated = self.bindings.stated(SubjectType.PROMPT, scope=scope)
        rows = self.templates.in_order()
        return compared_rows(rows, stated, _is_stated, table=TEMPLATES, tally=tally)


def _is_stated(template: PromptTemplate, stated: Mapping[str, Any]) -> bool:
    return all(stated.get(name) == value for name, value in template.content.items())
