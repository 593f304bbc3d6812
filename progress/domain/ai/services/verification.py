"""Verification of AI sessions: their hash chains, their heads, and the texts that the chains vouch for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from authsvc.kernel.tenancy import TenantScope
from authsvc.kernel.verification import (
    ALL_USERS,
    Finding,
    FindingKind,
    Stored,
    Tally,
    UserRange,
    grouped,
    side_by_side,
)
from progress.domain.ai.entities.sessions import AIInteraction, AISession
from progress.domain.ai.errors import TextAltered
from progress.domain.ai.ports import TextStore
from progress.domain.ai.repositories.protocols.sessions import (
    AIInteractionRepository,
    AISessionRepository,
)

SESSIONS: Final = "progress_aisession"
INTERACTIONS: Final = "progress_aiinteraction"
TEXTS: Final = "ai-texts"

Defect = tuple[FindingKind, str, str]
"""Kind, table and detail of a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AISessionCheck:
    """Verifies the hash chain of every session up to its head, and every text that was not removed."""

    name: ClassVar[str] = "ai-sessions"

    sessions: AISessionRepository
    interactions: AIInteractionRepository
    texts: TextStore
    users: UserRange = ALL_USERS

    def of(self, users: UserRange) -> "AISessionCheck":
        return replace(self, users=users)

    def findings(self, tally: Tally, *, scope: TenantScope) -> Iterator[Finding]:
        sessions = self.sessions.in_streams(users=self.users, scope=scope)
        interactions = self.interactions.in_streams(users=self.users, scope=scope)
        sides = side_by_side(
            grouped(sessions, lambda row: row.key), grouped(interactions, lambda row: row.key)
        )
        for (_, session_id), heads, rows in sides:
            tally.count(SESSIONS, len(heads))
            tally.count(INTERACTIONS, len(rows))
            for kind, table, detail in self._defects_of(heads, rows):
                yield Finding(kind=kind, table=table, id=f"AI session {session_id}", detail=detail)

    def _defects_of(
        self, heads: list[Stored[AISession]], rows: list[Stored[AIInteraction]]
    ) -> Iterator[Defect]:
        """Yield the first defect of the chain, and else all damaged texts."""
        if not heads:
            yield FindingKind.MISSING, SESSIONS, "there are interactions of it, but it is missing"
            return
        session = heads[0].item
        if session is None:
            yield FindingKind.UNREADABLE, SESSIONS, heads[0].fault
            return
        if defect := _defect_of_chain(session, rows):
            yield defect
            return
        for row in rows:
            if row.item is not None and session.has_text_of(row.item):
                yield from self._defects_of_text(row.item)

    def _defects_of_text(self, interaction: AIInteraction) -> Iterator[Defect]:
        subject = f"the text of interaction {interaction.sequence}"
        try:
            text = self.texts.get(interaction.user_id, interaction.content_hash)
        except TextAltered:
            yield FindingKind.CHANGED, TEXTS, f"{subject} was changed"
            return
        if text is None:
            yield FindingKind.MISSING, TEXTS, f"{subject} is missing"


def _defect_of_chain(session: AISession, rows: list[Stored[AIInteraction]]) -> Defect | None:
    """Return the first defect of the chain, if there is one."""
    previous_hash = session.opening_hash
    if _start_of_chain(session, rows) != previous_hash:
        return FindingKind.CHANGED, SESSIONS, "the session was changed after it was started"
    for sequence, row in enumerate(rows, start=1):
        interaction = row.item
        if interaction is None:
            detail = f"an interaction is unreadable: {row.fault}"
            return FindingKind.UNREADABLE, INTERACTIONS, detail
        if defect := _defect_of(interaction, sequence, previous_hash):
            kind, detail = defect
            return kind, INTERACTIONS, detail
        previous_hash = interaction.hash
    if (session.sequence, session.hash) != (len(rows), previous_hash):
        return FindingKind.HEAD_DIFFERS, SESSIONS, "the session ends with another interaction"
    return None


def _start_of_chain(session: AISession, rows: list[Stored[AIInteraction]]) -> str:
    """Return the hash from which the chain starts, as it is recorded; that of the session if it cannot be read."""
    if not rows:
        return session.hash if session.sequence == 0 else session.opening_hash
    first = rows[0].item
    is_known = first is not None and first.sequence == 1
    return first.previous_hash if first and is_known else session.opening_hash


def _defect_of(
    interaction: AIInteraction, sequence: int, previous_hash: str
) -> tuple[FindingKind, str] | None:
    if interaction.sequence != sequence:
        return FindingKind.MISSING, f"interaction {sequence} is missing"
    if interaction.previous_hash != previous_hash:
        return (
            FindingKind.UNLINKED,
            f"interaction {sequence} does not follow from the one before",
        )
    if interaction.hash != interaction.computed_hash():
        return FindingKind.CHANGED, f"interaction {sequence} was changed"
    return None
