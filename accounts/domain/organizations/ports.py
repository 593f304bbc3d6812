"""Ports of the organization services."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLetter:
    """What is mailed to somebody who is invited; the token opens the invitation."""

    email: str
    organization: str
    token: str = field(repr=False)


class Mailer(Protocol):
    def send_invitations(self, letters: Sequence[InvitationLetter]) -> None:
        """Mail these. A letter that cannot be sent is noted and keeps nobody from the others."""
