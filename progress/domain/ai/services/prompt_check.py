"""Comparison of prompt templates with what the audit log recorded when they were created."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from accounts.public import AuditBindings, SubjectType
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import Finding, FindingKind, Stored, Tally, missing
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
        for row in self.templates.in_order():
            tally.count(TEMPLATES)
            if defect := _defect_of(row, stated.pop(str(row.id), None)):
                kind, detail = defect
                yield Finding(kind=kind, table=TEMPLATES, id=str(row.id), detail=detail)
        for template_id in sorted(stated):
            yield missing(TEMPLATES, template_id, log="audit log")


def _defect_of(
    row: Stored[PromptTemplate], stated: Mapping[str, Any] | None
) -> tuple[FindingKind, str] | None:
    if stated is None:
        return FindingKind.UNRECORDED, "no entry of the audit log records it"
    if row.item is None:
        return FindingKind.UNREADABLE, row.fault
    if any(stated.get(name) != value for name, value in row.item.content.items()):
        return FindingKind.CHANGED, "it is not what the audit log recorded"
    return None
