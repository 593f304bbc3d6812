"""Prompt templates: versions of the instructions for a model, which of them are used, and with what results."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, NewType
from uuid import UUID

from accounts.public import UserId
from authsvc.kernel.errors import FieldError
from authsvc.kernel.tables import Row
from progress.domain.ai.entities.sessions import AISession, SessionType
from progress.domain.ai.errors import (
    InvalidPromptTemplate,
    PromptAlreadyActive,
    PromptAlreadyRetired,
    PromptNotOnTrial,
    PromptTrialRunning,
)
from progress.domain.ai.prompts import TUTORING, Prompt, errors_in

PromptTemplateId = NewType("PromptTemplateId", UUID)

BUILT_IN: Final[Mapping[SessionType, Prompt]] = {SessionType.TUTORING: TUTORING}
"""The first version of the templates of this program, by the type of session in which it answers."""
LONGEST_NAME: Final = 80
GREATEST_SHARE: Final = 99
"""Per cent of the sessions that a trial can have."""
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PromptStatus(StrEnum):
    """What a version is used for: nothing yet, a share of the sessions, the others, or nothing any more."""

    DRAFT = "draft"
    TRIAL = "trial"
    ACTIVE = "active"
    RETIRED = "retired"


USED: Final = (PromptStatus.TRIAL, PromptStatus.ACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A version of a template. Its name, number and text never change; what it is used for does.

    Of the versions for a type of session at most one is active and at most one is on trial, whatever their names. A
    version on trial answers in `traffic_percent` of the sessions that were started since `trial_since`.
    """

    id: PromptTemplateId
    name: str
    session_type: SessionType
    version: int
    text: str
    created_by: UserId | None
    created_at: datetime
    status: PromptStatus = PromptStatus.DRAFT
    traffic_percent: int = 0
    trial_since: datetime | None = None
    activated_by: UserId | None = None
    activated_at: datetime | None = None

    @property
    def prompt(self) -> Prompt:
        return Prompt(id=self.name, version=str(self.version), text=self.text)

    @property
    def content(self) -> dict[str, Any]:
        """What never changes, as the audit log states it."""
        return {
            "name": self.name,
            "version": self.version,
            "session_type": self.session_type.value,
            "text_sha256": sha256(self.text.encode()).hexdigest(),
        }

    def checked(self) -> "PromptTemplate":
        """Raises InvalidPromptTemplate."""
        errors = [FieldError(path="text", detail=detail) for detail in errors_in(self.text)]
        if not _NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME:
            detail = f"Use up to {LONGEST_NAME} lowercase letters, digits and single hyphens."
            errors.append(FieldError(path="name", detail=detail))
        if self.session_type not in BUILT_IN:
            detail = "This service does not answer in sessions of this type."
            errors.append(FieldError(path="session_type", detail=detail))
        if errors:
            raise InvalidPromptTemplate(*errors)
        return self

    def activated(self, *, by: UserId | None, at: datetime) -> "PromptTemplate":
        """Raises PromptAlreadyActive."""
        if self.status is PromptStatus.ACTIVE:
            raise PromptAlreadyActive
        return replace(self._unused(PromptStatus.ACTIVE), activated_by=by, activated_at=at)

    def on_trial(self, percent: int, *, at: datetime) -> "PromptTemplate":
        """Raises PromptAlreadyActive, PromptTrialRunning, InvalidPromptTemplate."""
        if self.status is PromptStatus.ACTIVE:
            raise PromptAlreadyActive
        if self.status is PromptStatus.TRIAL:
            raise PromptTrialRunning
        if not 1 <= percent <= GREATEST_SHARE:
            detail = f"Enter a share from 1 to {GREATEST_SHARE} per cent."
            raise InvalidPromptTemplate(FieldError(path="traffic_percent", detail=detail))
        return replace(self, status=PromptStatus.TRIAL, traffic_percent=percent, trial_since=at)

    def after_trial(self) -> "PromptTemplate":
        """Raises PromptNotOnTrial."""
        if self.status is not PromptStatus.TRIAL:
            raise PromptNotOnTrial
        return self._unused(PromptStatus.DRAFT)

    def retired(self) -> "PromptTemplate":
        """Raises PromptAlreadyRetired."""
        if self.status is PromptStatus.RETIRED:
            raise PromptAlreadyRetired
        return self._unused(PromptStatus.RETIRED)

    def is_tried_in(self, session: AISession) -> bool:
        """Whether the session is among the share of the trial. Chance decides, but always the same for a session."""
        if self.trial_since is None or session.started_at < self.trial_since:
            return False
        number = int.from_bytes(sha256(self.id.bytes + session.id.bytes).digest()[:8], "big")
        return number % 100 < self.traffic_percent

    def _unused(self, status: PromptStatus) -> "PromptTemplate":
        return replace(self, status=status, traffic_percent=0, trial_since=None)


def prompt_of(session: AISession, used: Iterable[PromptTemplate]) -> Prompt:
    """The prompt of a session: the version on trial or the active one; the built-in one if there is none."""
    by_status = {template.status: template for template in used}
    trial = by_status.get(PromptStatus.TRIAL)
    if trial is not None and trial.is_tried_in(session):
        return trial.prompt
    active = by_status.get(PromptStatus.ACTIVE)
    return BUILT_IN[session.session_type] if active is None else active.prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptResult:
    """What came of the answers under a version. A session counts under each version that has answered in it.

    `sessions_before_pass` and `sessions_before_completion` are those whose learner then passed an assessment of the
    item, or of the course, and those whose learner then completed the course. Costs are in millionths of a US dollar.
    """

    prompt_template: str
    prompt_version: str
    sessions: int
    answers: int
    thumbs_up: int
    thumbs_down: int
    flags: int
    sessions_before_pass: int
    sessions_before_completion: int
    cost_micro_usd: int

    @property
    def thumbs_up_percent(self) -> int | None:
        """The share of thumbs up among the thumbs, rounded down; None without any."""
        thumbs = self.thumbs_up + self.thumbs_down
        return 100 * self.thumbs_up // thumbs if thumbs else None

    @property
    def pass_percent(self) -> int:
        return 100 * self.sessions_before_pass // self.sessions

    @property
    def completion_percent(self) -> int:
        return 100 * self.sessions_before_completion // self.sessions

    @property
    def cost_per_session_micro_usd(self) -> int:
        return self.cost_micro_usd // self.sessions


def in_order(results: Iterable[PromptResult]) -> list[PromptResult]:
    """The results by name, and by version: numbers as numbers."""
    return sorted(
        results,
        key=lambda row: (row.prompt_template, len(row.prompt_version), row.prompt_version),
    )


COLUMNS: Final = PromptResult.__slots__


def table_of_results(results: Iterable[PromptResult]) -> Iterator[Row]:
    """One row per version, with a head."""
    yield tuple(COLUMNS)
    for result in results:
        yield tuple(getattr(result, column) for column in COLUMNS)
