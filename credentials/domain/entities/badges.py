"""Verification of any Open Badge: the verdict, and the steps in the order of Open Badges 3.0."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.openbadges.verification import OTHER_TRANSCRIPT

MOST_BYTES: Final = 1_048_576
"""The largest file that is verified."""


class BadgeVerdict(StrEnum):
    """`unverified` is what could not be verified here, in whole or in part; nothing has failed."""

    VALID = "valid"
    INVALID = "invalid"
    UNVERIFIED = "unverified"
    UNSUPPORTED = "unsupported"


class BadgeStepName(StrEnum):
    """The steps, in the order of the specification; last, of transcripts alone, the credentials inside."""

    FORMAT = "format"
    SIGNATURE = "signature"
    REFRESH = "refresh"
    STATUS = "status"
    HOLDER = "holder"
    ENDORSEMENTS = "endorsements"
    CREDENTIALS = "credentials"


class BadgeOutcome(StrEnum):
    """`none` is the outcome of a step for which the credential has nothing to check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeStep:
    """One step. Its message is a sentence for users."""

    name: BadgeStepName
    outcome: BadgeOutcome
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeContent:
    """What a credential states, whose signature is right. That confirms `issuer_id`; the names are its own words.

    `issued_id` is that of an issued credential of this service.
    """

    id: str
    name: str
    issuer_id: str
    issuer_name: str
    valid_from: datetime | None
    valid_until: datetime | None
    issued_id: IssuedCredentialId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeReport:
    """The result of verifying a badge, with all steps up to the one that stopped it.

    Without a right signature all content may be forged, and `content` is None. `credentials` are the reports on those
    inside of a transcript.
    """

    verdict: BadgeVerdict
    steps: Sequence[BadgeStep]
    content: BadgeContent | None = None
    credentials: Sequence["BadgeReport"] = ()

    @property
    def title(self) -> str:
        """The verdict in words."""
        if self.verdict is BadgeVerdict.UNSUPPORTED and self.steps[0].message == OTHER_TRANSCRIPT:
            return "This transcript cannot be verified here"
        if self.verdict is not BadgeVerdict.UNVERIFIED or self.content is None:
            return _TITLES[self.verdict]
        is_open = self._decisive.name is BadgeStepName.STATUS
        return f"Authentic, but not checked {'for revocation' if is_open else 'in full'}"

    @property
    def detail(self) -> str:
        """A sentence that gives the reason."""
        if self.verdict is BadgeVerdict.VALID and self.credentials:
            return f"The signature is right. {self.steps[-1].message}"
        if self.verdict is BadgeVerdict.VALID:
            return "The signature is right, and the credential is in force."
        return self._decisive.message

    @property
    def _decisive(self) -> BadgeStep:
        """The gravest of the steps that failed, else of those that were not checked."""
        by_gravity = sorted(self.steps, key=lambda step: _BY_GRAVITY.index(step.name))
        for outcome in (BadgeOutcome.FAILED, BadgeOutcome.NOT_CHECKED):
            for step in by_gravity:
                if step.outcome is outcome:
                    return step
        return self.steps[-1]


_BY_GRAVITY: Final = (
    BadgeStepName.FORMAT,
    BadgeStepName.SIGNATURE,
    BadgeStepName.CREDENTIALS,
    BadgeStepName.STATUS,
    BadgeStepName.REFRESH,
    BadgeStepName.ENDORSEMENTS,
    BadgeStepName.HOLDER,
)
_TITLES: Final = {
    BadgeVerdict.VALID: "Valid",
    BadgeVerdict.INVALID: "Not valid",
    BadgeVerdict.UNVERIFIED: "Could not be verified here",
    BadgeVerdict.UNSUPPORTED: "Open Badges 2.0 cannot be verified here",
}
