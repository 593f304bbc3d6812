"""Feedback of users about AI interactions."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId, UserId
from progress.domain.ai.entities.sessions import AIInteractionId, AISessionId
from progress.domain.ai.errors import AIFlagDecided

AIFlagId = NewType("AIFlagId", UUID)

LONGEST_COMMENT: Final = 2000


class Rating(StrEnum):
    THUMBS_UP = "thumbs_up"
    THUMBS_DOWN = "thumbs_down"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class AIFeedback:
    """A user's rating of an interaction; a later one replaces it. The comment is redacted like a message."""

    interaction_id: AIInteractionId
    user_id: UserId
    org_id: OrganizationId | None
    rating: Rating
    comment: str
    given_at: datetime


class FlagOutcome(StrEnum):
    """What staff have decided about a flag: whether something was wrong with the interaction."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AIFlag:
    """A flag of a user on an interaction, and what staff have decided about it."""

    id: AIFlagId
    interaction_id: AIInteractionId
    session_id: AISessionId
    user_id: UserId
    org_id: OrganizationId | None
    comment: str
    flagged_at: datetime
    outcome: FlagOutcome | None = None
    note: str = ""
    decided_by: UserId | None = None
    decided_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    def decided(
        self, outcome: FlagOutcome, note: str, *, by: UserId | None, at: datetime
    ) -> "AIFlag":
        """Raises AIFlagDecided."""
        if not self.is_open:
            raise AIFlagDecided(outcome=str(self.outcome))
        return replace(self, outcome=outcome, note=note, decided_by=by, decided_at=at)
