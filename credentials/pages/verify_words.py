"""Reports on badges in words and icons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credentials.domain.entities.badges import (
    BadgeContent,
    BadgeOutcome,
    BadgeReport,
    BadgeStepName,
    BadgeVerdict,
)

CHECK: Final = "M4 12.5l5 5L20 6.5"
CROSS: Final = "M6 6l12 12M18 6L6 18"
DASH: Final = "M5 12h14"
QUESTION: Final = "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 16.8v.1"
GOOD, WRONG, NEUTRAL = "good", "wrong", ""
VERDICTS: Final = {
    BadgeVerdict.VALID: (GOOD, CHECK),
    BadgeVerdict.INVALID: (WRONG, CROSS),
    BadgeVerdict.UNVERIFIED: (NEUTRAL, QUESTION),
    BadgeVerdict.UNSUPPORTED: (NEUTRAL, QUESTION),
}
TITLES: Final = {
    BadgeStepName.FORMAT: "Format",
    BadgeStepName.SIGNATURE: "Signature",
    BadgeStepName.REFRESH: "Refresh",
    BadgeStepName.STATUS: "Status and dates",
    BadgeStepName.HOLDER: "Holder",
    BadgeStepName.ENDORSEMENTS: "Endorsements",
    BadgeStepName.CREDENTIALS: "Credentials inside",
}
STATES: Final = {
    BadgeOutcome.PASSED: ("Passed", GOOD, CHECK),
    BadgeOutcome.FAILED: ("Failed", WRONG, CROSS),
    BadgeOutcome.NOT_CHECKED: ("Not checked", NEUTRAL, DASH),
    BadgeOutcome.NONE: ("None", NEUTRAL, DASH),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step as the page lists it."""

    title: str
    state: str
    tone: str
    icon: str
    message: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A credential of a transcript as the page lists it; with `own_url`, one that was issued here."""

    report: BadgeReport
    own_url: str

    @property
    def name(self) -> str:
        """Nothing of a credential is shown whose signature is not right."""
        return "Credential" if self.report.content is None else self.report.content.name

    @property
    def tone(self) -> str:
        return VERDICTS[self.report.verdict][0]

    @property
    def icon(self) -> str:
        return VERDICTS[self.report.verdict][1]


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A report as the page shows it; with `own_url`, of a credential that was issued here.

    `parts` are the credentials of a transcript.
    """

    report: BadgeReport
    own_url: str
    parts: Sequence[PartRow] = ()

    @property
    def title(self) -> str:
        return self.report.title

    @property
    def detail(self) -> str:
        return self.report.detail

    @property
    def content(self) -> BadgeContent | None:
        return self.report.content

    @property
    def tone(self) -> str:
        return VERDICTS[self.report.verdict][0]

    @property
    def icon(self) -> str:
        return VERDICTS[self.report.verdict][1]

    @property
    def steps(self) -> Sequence[StepRow]:
        rows = []
        for step in self.report.steps:
            state, tone, icon = STATES[step.outcome]
            rows.append(
                StepRow(
                    title=TITLES[step.name],
                    state=state,
                    tone=tone,
                    icon=icon,
                    message=step.message,
                )
            )
        return rows
