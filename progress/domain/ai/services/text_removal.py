"""Removal of texts: after their retention period, on request, and those that no interaction has.

Metrics and hashes remain, so the chains still verify.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Final

from accounts.public import (
    OPERATOR,
    AuditAction,
    AuditLog,
    AuditSubject,
    OrganizationId,
    Principal,
    Right,
    SubjectType,
    UserId,
)
from authsvc.jobs.entities import JobProgress, Queue
from authsvc.jobs.ports import JobKind, Run
from authsvc.kernel.clock import Clock
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.unit_of_work import UnitOfWork
from progress.domain.ai.entities.sessions import AISession
from progress.domain.ai.errors import AITextsNotFound
from progress.domain.ai.ports import TextStore
from progress.domain.ai.repositories.protocols.budgets import AISettingsRepository
from progress.domain.ai.repositories.protocols.sessions import (
    AI_INTERACTIONS,
    AIFeedbackRepository,
    AIFlagRepository,
    AIInteractionRepository,
    AISessionRepository,
)

REMOVAL: Final = "remove-ai-texts"
AT_ONCE: Final = 200
GRACE: Final = timedelta(hours=1)
"""How old a text without an interaction must be: its transaction may not be committed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRemoval:
    """`retention_days` is the default of the platform; 0 means that texts are stored without a limit."""

    sessions: AISessionRepository
    interactions: AIInteractionRepository
    feedback: AIFeedbackRepository
    flags: AIFlagRepository
    settings: AISettingsRepository
    texts: TextStore
    retention_days: int
    audit_log: AuditLog
    unit_of_work: UnitOfWork
    clock: Clock

    def remove_texts_of(self, user_id: UserId, *, reason: str = "", by: Principal) -> int:
        """Remove all texts and comments of a user, and return the number of their sessions.

        Users can do it for themselves, others need the right to manage users. Raises AITextsNotFound.
        """
        if by.user_id != user_id and not by.may(Right.MANAGE_USERS):
            raise AITextsNotFound
        scope = OPERATOR.tenant_scope  # the texts of a person are theirs wherever they were logged
        with self.unit_of_work.atomic():
            sessions = self.sessions.all_of_for_update(user_id, scope=scope)
            if not sessions:
                raise AITextsNotFound
            # What is stored from here on belongs to messages that are logged afterwards.
            begin = self.clock.now()
            for session in sessions:
                removed = session.without_texts(through=session.sequence)
                self.sessions.save(removed, scope=scope)
            comments = self.feedback.remove_comments(user_id, scope=scope)
            self.flags.remove_comments(user_id, scope=scope)
            self.audit_log.record(
                AuditAction.AI_TEXTS_REMOVED,
                AuditSubject(SubjectType.USER, str(user_id), None),
                by=by,
                because=reason,
                after={"sessions": len(sessions), "comments": comments},
            )
            # If the process dies before, the periodic job removes the files.
            self.unit_of_work.on_commit(lambda: self._remove_files_of(user_id, begin, scope))
        return len(sessions)

    def days_stored(self, org_id: OrganizationId | None, *, by: Principal) -> int:
        """Return for how many days texts of sessions of the organization, or of none, are stored; 0 is forever."""
        own = self.settings.those_of([org_id], scope=by.member_scope) if org_id else []
        decided = (settings.retention_days for settings in own if settings.retention_days)
        return next(decided, self.retention_days)

    def remove_old(self, *, by: Principal) -> int:
        """Mark texts as removed that have reached their retention period, and return how many sessions had some.

        The files are then removed by `sweep`. Raises NotPermitted.
        """
        by.require(Right.MANAGE_ORGANIZATIONS)
        scope, number = by.tenant_scope, 0
        for session, days in self._expired(scope):
            with self.unit_of_work.atomic():
                self._mark_removed(session, days, scope)
            number += 1
        return number

    def sweep(self, *, by: Principal) -> int:
        """Remove the texts that no interaction has, and return how many. Raises NotPermitted."""
        by.require(Right.MANAGE_ORGANIZATIONS)
        before = self.clock.now() - GRACE
        return self._remove_unneeded(self.texts.stored_before(before), before, by.tenant_scope)

    @property
    def kind(self) -> JobKind:
        """The periodic job that does both."""
        return JobKind(name=REMOVAL, run=self._run, queue=Queue.LONG)

    def _run(self, run: Run) -> dict[str, int]:
        sessions = self.remove_old(by=OPERATOR)
        run.report(JobProgress(done=1, total=2))
        return {"sessions": sessions, "texts": self.sweep(by=OPERATOR)}

    def _expired(self, scope: TenantScope) -> Iterator[tuple[AISession, int]]:
        """The sessions with texts that are too old, and the days for which these are stored."""
        own = self.settings.with_retention(scope=scope)
        for settings in own:
            if settings.org_id and settings.retention_days:
                within, days = [settings.org_id], settings.retention_days
                yield from ((session, days) for session in self._old(days, scope, within=within))
        if self.retention_days:
            outside = [settings.org_id for settings in own if settings.org_id]
            for session in self._old(self.retention_days, scope, outside=outside):
                yield session, self.retention_days

    def _old(
        self,
        days: int,
        scope: TenantScope,
        *,
        within: list[OrganizationId] | None = None,
        outside: Iterable[OrganizationId] = (),
    ) -> Iterator[AISession]:
        moment = self.clock.now() - timedelta(days=days)
        while sessions := self.sessions.with_texts_before(
            moment, limit=AT_ONCE, within=within, outside=tuple(outside), scope=scope
        ):
            yield from sessions

    def _mark_removed(self, session: AISession, days: int, scope: TenantScope) -> None:
        session = self.sessions.get_for_update(session.id, scope=scope)
        moment = self.clock.now() - timedelta(days=days)
        last = self.interactions.last_before(session.id, moment, scope=scope)
        through = max(session.removed_through, last.sequence if last else 0)
        following = PageRequest(limit=1, cursor=AI_INTERACTIONS.cursor_after((through,)))
        page = self.interactions.page_of_session(session.id, following, scope=scope)
        next_at = page.items[0].occurred_at if page.items else None
        removed = session.without_texts(through=through, next_at=next_at)
        self.sessions.save(removed, scope=scope)

    def _remove_files_of(self, user_id: UserId, before: datetime, scope: TenantScope) -> None:
        self._remove_unneeded(self.texts.stored_before(before, owner=user_id), before, scope)

    def _remove_unneeded(
        self, stored: Iterable[tuple[UserId, str]], before: datetime, scope: TenantScope
    ) -> int:
        """Remove those of the texts that no interaction has, and return how many."""
        number = 0
        for owner, texts in groupby(stored, key=lambda text: text[0]):
            while hashes := [content_hash for _, content_hash in islice(texts, AT_ONCE)]:
                needed = self.interactions.needed_texts(owner, hashes, scope=scope)
                number += sum(
                    self.texts.remove(owner, content_hash, stored_before=before)
                    for content_hash in hashes
                    if content_hash not in needed
                )
        return number
