"""Prompt templates: new versions, which of them are used, and how their results compare."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from accounts.public import (
    AuditAction,
    AuditLog,
    AuditSubject,
    Principal,
    Right,
    SubjectType,
)
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork
from progress.domain.ai.entities.prompts import (
    BUILT_IN,
    PromptResult,
    PromptStatus,
    PromptTemplate,
    PromptTemplateId,
    prompt_of,
)
from progress.domain.ai.entities.sessions import AISession, SessionType
from progress.domain.ai.errors import (
    PromptNameTaken,
    PromptTrialRunning,
    PromptVersionOutdated,
)
from progress.domain.ai.prompts import SAMPLE_CONTEXT, Prompt, instructions
from progress.domain.ai.repositories.protocols.budgets import AIOutcomeRepository
from progress.domain.ai.repositories.protocols.prompts import PromptTemplateRepository

COMPARED: Final = timedelta(days=90)
"""How far back results are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDraft:
    """A version to create, after the latest one that its author has seen; None for a new name."""

    name: str
    session_type: SessionType
    text: str
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptService:
    """The registry of prompt templates. Changes need the right to manage prompts on the platform.

    While no version is active, the built-in template answers. It is version 1 of its name.
    """

    templates: PromptTemplateRepository
    outcomes: AIOutcomeRepository
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def prompt_for(self, session: AISession) -> Prompt:
        """The prompt to answer with in a session, of a type that has a built-in one."""
        return prompt_of(session, self.templates.used_in(session.session_type))

    def create_version(self, draft: PromptDraft, *, because: str, by: Principal) -> PromptTemplate:
        """Create the next version of a name, which is not used yet.

        Raises NotPermitted, InvalidPromptTemplate, PromptNameTaken, PromptVersionOutdated.
        """
        by.require(Right.MANAGE_PROMPTS)
        template = PromptTemplate(
            id=PromptTemplateId(uuid4()),
            name=draft.name,
            session_type=draft.session_type,
            version=1,
            text=draft.text.replace("\r\n", "\n"),
            created_by=by.user_id,
            created_at=self.clock.now(),
        ).checked()
        with self.unit_of_work.atomic():
            template = replace(template, version=self._next_version(draft))
            self.templates.add(template)
            self._record(AuditAction.PROMPT_CREATED, None, template, because, by)
        return template

    def activate(
        self, template_id: PromptTemplateId, *, because: str, by: Principal
    ) -> PromptTemplate:
        """Use the version in all sessions but those of a trial, instead of the active one, which is retired.

        Raises NotPermitted, PromptTemplateNotFound, PromptAlreadyActive.
        """
        by.require(Right.MANAGE_PROMPTS)
        with self.unit_of_work.atomic():
            template, others = self._locked(template_id)
            activated = template.activated(by=by.user_id, at=self.clock.now())
            replaced = _with_status(others, PromptStatus.ACTIVE)
            if replaced is not None:
                self.templates.save(replaced.retired())
            self.templates.save(activated)
            self._record(AuditAction.PROMPT_ACTIVATED, template, activated, because, by)
            if replaced is not None:
                self._record(AuditAction.PROMPT_RETIRED, replaced, replaced.retired(), because, by)
        return activated

    def start_trial(
        self, template_id: PromptTemplateId, percent: int, *, because: str, by: Principal
    ) -> PromptTemplate:
        """Use the version in a share of the sessions that are started from now on.

        Raises NotPermitted, PromptTemplateNotFound, PromptAlreadyActive, PromptTrialRunning, InvalidPromptTemplate.
        """
        by.require(Right.MANAGE_PROMPTS)
        with self.unit_of_work.atomic():
            template, others = self._locked(template_id)
            if _with_status(others, PromptStatus.TRIAL) is not None:
                raise PromptTrialRunning
            tried = template.on_trial(percent, at=self.clock.now())
            self.templates.save(tried)
            self._record(AuditAction.PROMPT_TRIAL_STARTED, template, tried, because, by)
        return tried

    def end_trial(
        self, template_id: PromptTemplateId, *, because: str, by: Principal
    ) -> PromptTemplate:
        """Make the version on trial a draft again. Raises NotPermitted, PromptTemplateNotFound, PromptNotOnTrial."""
        by.require(Right.MANAGE_PROMPTS)
        with self.unit_of_work.atomic():
            template, _ = self._locked(template_id)
            ended = template.after_trial()
            self.templates.save(ended)
            self._record(AuditAction.PROMPT_TRIAL_ENDED, template, ended, because, by)
        return ended

    def retire(
        self, template_id: PromptTemplateId, *, because: str, by: Principal
    ) -> PromptTemplate:
        """Use the version no more; it can be activated again. Without an active version the built-in one answers.

        Raises NotPermitted, PromptTemplateNotFound, PromptAlreadyRetired.
        """
        by.require(Right.MANAGE_PROMPTS)
        with self.unit_of_work.atomic():
            template, _ = self._locked(template_id)
            retired = template.retired()
            self.templates.save(retired)
            self._record(AuditAction.PROMPT_RETIRED, template, retired, because, by)
        return retired

    def preview(self, template_id: PromptTemplateId) -> str:
        """What a model would be told about an item that does not exist. Raises PromptTemplateNotFound."""
        return instructions(self.templates.get(template_id).prompt, SAMPLE_CONTEXT)

    def results(self, *, by: Principal) -> Sequence[PromptResult]:
        """The results of each version in the last 90 days, without names. Raises NotPermitted."""
        by.require(Right.SEE_PROGRESS)
        return self.outcomes.by_prompt(since=self.clock.now() - COMPARED, scope=by.tenant_scope)

    def _next_version(self, draft: PromptDraft) -> int:
        """The number of the new version. Raises PromptNameTaken, PromptVersionOutdated."""
        latest = self.templates.latest(draft.name)
        built_in = {prompt.id: type_ for type_, prompt in BUILT_IN.items()}.get(draft.name)
        owner = built_in if latest is None else latest.session_type
        if owner not in (None, draft.session_type):
            raise PromptNameTaken(name=draft.name)
        number = int(built_in is not None) if latest is None else latest.version
        is_seen = latest is None if draft.after is None else draft.after == number
        if not is_seen:
            raise PromptVersionOutdated(latest=number)
        return number + 1

    def _locked(
        self, template_id: PromptTemplateId
    ) -> tuple[PromptTemplate, Sequence[PromptTemplate]]:
        """The version, and the others for the same type of session, all locked. Raises PromptTemplateNotFound."""
        session_type = self.templates.get(template_id).session_type
        versions = {row.id: row for row in self.templates.all_for_update(session_type)}
        template = versions.pop(template_id)
        return template, list(versions.values())

    def _record(
        self,
        action: AuditAction,
        before: PromptTemplate | None,
        after: PromptTemplate,
        reason: str,
        by: Principal,
    ) -> None:
        self.audit_log.record(
            action,
            AuditSubject(SubjectType.PROMPT, str(after.id), None),
            by=by,
            because=reason,
            before=_members_of(before) if before else {},
            after=_members_of(after),
        )


def _with_status(
    templates: Sequence[PromptTemplate], status: PromptStatus
) -> PromptTemplate | None:
    return next((template for template in templates if template.status is status), None)


def _members_of(template: PromptTemplate) -> dict[str, Any]:
    use = {"status": template.status.value, "traffic_percent": template.traffic_percent}
    return template.content | use
