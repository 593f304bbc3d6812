"""Budgets for AI: what may be spent, what was spent and what is reserved for calls that are running."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from accounts.public import OrganizationId
from courses.public import CourseId
from progress.domain.ai.entities.sessions import AISession
from progress.domain.ai.ports import TokenUsage

ReservationId = NewType("ReservationId", UUID)

WARNING_PERCENT: Final = 80
"""The share of a limit from which on there is a warning."""
RESERVED_FOR: Final = timedelta(minutes=15)
"""How long a reservation counts, if nobody settles it: longer than any call takes."""
WHOLE_PLATFORM: Final = UUID(int=0)


class BudgetKind(StrEnum):
    """What a budget is for. Those of sessions last as long as the session, the others for a calendar month in UTC."""

    SESSION = "session"
    LEARNER = "learner"
    COURSE = "course"
    ORGANIZATION = "organization"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Tokens, read and written, and their price in millionths of a US dollar."""

    tokens: int = 0
    cost_micro_usd: int = 0

    @classmethod
    def on(cls, usage: TokenUsage, cost_micro_usd: int) -> "Spending":
        return cls(tokens=usage.input_tokens + usage.output_tokens, cost_micro_usd=cost_micro_usd)

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(
            tokens=self.tokens + other.tokens,
            cost_micro_usd=self.cost_micro_usd + other.cost_micro_usd,
        )

    def __neg__(self) -> "Spending":
        return Spending(tokens=-self.tokens, cost_micro_usd=-self.cost_micro_usd)


NOTHING: Final = Spending()


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLimit:
    """The most that may be spent; 0 means that there is no limit."""

    tokens: int = 0
    cost_micro_usd: int = 0

    def percent(self, spending: Spending) -> int:
        """The share of the limit that this is, rounded down; of tokens or cost, whichever is more."""
        shares = [
            100 * spent // limit
            for spent, limit in (
                (spending.tokens, self.tokens),
                (spending.cost_micro_usd, self.cost_micro_usd),
            )
            if limit
        ]
        return max(shares, default=0)

    def is_reached(self, spending: Spending) -> bool:
        return self.percent(spending) >= 100  # noqa: PLR2004  # per cent

    def is_nearly_reached(self, spending: Spending) -> bool:
        return self.percent(spending) >= WARNING_PERCENT


UNLIMITED: Final = BudgetLimit()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class BudgetKey:
    """A budget: its kind, whom or what it is for and, unless it is that of a session, the month as `2026-03`."""

    kind: BudgetKind
    subject_id: UUID
    month: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject_id}:{self.month}"

    @classmethod
    def parse(cls, text: str) -> "BudgetKey":
        """Raises ValueError."""
        kind, subject_id, month = text.split(":")
        return cls(kind=BudgetKind(kind), subject_id=UUID(subject_id), month=month)


def month_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


def end_of_month(moment: datetime) -> datetime:
    """The beginning of the next calendar month in UTC."""
    begin = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (begin + timedelta(days=32)).replace(day=1)


def keys_of(session: AISession, *, at: datetime) -> tuple[BudgetKey, ...]:
    """The budgets that a call in the session is charged to, but for that of the whole platform."""
    month = month_of(at)
    monthly = {
        BudgetKind.LEARNER: session.user_id,
        BudgetKind.COURSE: session.course_id,
        BudgetKind.ORGANIZATION: session.org_id,
    }
    return (
        BudgetKey(kind=BudgetKind.SESSION, subject_id=session.id),
        *(
            BudgetKey(kind=kind, subject_id=subject_id, month=month)
            for kind, subject_id in monthly.items()
            if subject_id is not None
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """What was spent of a budget, and what is reserved."""

    key: BudgetKey
    spent: Spending = NOTHING
    reserved: Spending = NOTHING

    @property
    def committed(self) -> Spending:
        return self.spent + self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedBudget:
    """The state of a budget and its limit."""

    state: BudgetState
    limit: BudgetLimit

    @property
    def percent(self) -> int:
        return self.limit.percent(self.state.committed)

    @property
    def is_nearly_spent(self) -> bool:
        return self.limit.is_nearly_reached(self.state.committed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The most that a call may spend, held in its budgets until it is settled, released or expired.

    `is_nearly_spent` says that one of the budgets has reached the share from which on there is a warning.
    """

    id: ReservationId
    keys: tuple[BudgetKey, ...]
    most: Spending
    expires_at: datetime
    is_nearly_spent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AISettings:
    """What an organization or a course has decided about AI; None means the default of the platform.

    The limits are monthly. `retention_days` says when the texts of an organization are removed; 0 means never.
    `proposes_grades` allows graders of a course to ask a model for proposed scores.
    """

    subject_id: UUID
    org_id: OrganizationId | None
    course_id: CourseId | None = None
    monthly_tokens: int | None = None
    monthly_cost_micro_usd: int | None = None
    retention_days: int | None = None
    proposes_grades: bool = False

    def limit(self, default: BudgetLimit) -> BudgetLimit:
        """The limit, with what is not decided taken from the default."""
        tokens, cost = self.monthly_tokens, self.monthly_cost_micro_usd
        return BudgetLimit(
            tokens=default.tokens if tokens is None else tokens,
            cost_micro_usd=default.cost_micro_usd if cost is None else cost,
        )
