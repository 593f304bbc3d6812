"""Ports of the organization services."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLetter:
    """The mail for one invitation; the token is the only way to accept it."""

    email: str
    organization: str
    token: str = field(repr=False)


class Mailer(Protocol):
    def send_invitations(self, letters: Sequence[InvitationLetter]) -> None:
        """Send each letter. One that cannot be sent is logged and does not stop the others."""
