"""Feedback of users about AI interactions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from accounts.public import OrganizationId, UserId
from progress.domain.ai.entities.sessions import AIInteractionId

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
