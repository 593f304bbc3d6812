"""Outcomes of AI sessions: whether learners passed and completed a course afterwards, and at what cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.public import OrganizationId, UserId
from authsvc.kernel.canonical import utc_text
from authsvc.kernel.tables import Row
from courses.public import CourseId, ItemId, Outline
from progress.domain.ai.entities.sessions import AISessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOutcome:
    """A session on a course, and what its learner reached after its start.

    `was_passed`: an assessment of its item or, if it is about none, any of the course. Costs are those of this service.
    """

    session_id: AISessionId
    user_id: UserId
    org_id: OrganizationId | None
    item_id: ItemId | None
    started_at: datetime
    cost_micro_usd: int
    was_passed: bool
    was_completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """The sessions about an item; without an id, those about the course as a whole."""

    item_id: ItemId | None
    title: str
    sessions: int
    learners: int
    sessions_before_pass: int
    cost_micro_usd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOutcome:
    """The sessions on a course. `completions` are learners who completed it after a session."""

    course_id: CourseId
    course_slug: str
    sessions: tuple[SessionOutcome, ...]
    items: tuple[ItemOutcome, ...]

    @property
    def number_of_sessions(self) -> int:
        return len(self.sessions)

    @property
    def learners(self) -> int:
        return len({session.user_id for session in self.sessions})

    @property
    def sessions_before_pass(self) -> int:
        return sum(session.was_passed for session in self.sessions)

    @property
    def completions(self) -> int:
        return len({session.user_id for session in self.sessions if session.was_completed})

    @property
    def cost_micro_usd(self) -> int:
        return sum(session.cost_micro_usd for session in self.sessions)

    @property
    def cost_per_completion_micro_usd(self) -> int | None:
        """The cost of all sessions, by completions; None without one."""
        return self.cost_micro_usd // self.completions if self.completions else None


def items_of(sessions: Sequence[SessionOutcome], outline: Outline) -> tuple[ItemOutcome, ...]:
    """The outcomes by item, in the order of the outline; those about the course as a whole come last."""
    titles: dict[ItemId | None, str] = {item.id: item.title for item in outline.items}
    others = {session.item_id for session in sessions} - titles.keys()
    titles |= dict.fromkeys(sorted(others, key=str), "")
    outcomes = (
        _item(item_id, title, [row for row in sessions if row.item_id == item_id])
        for item_id, title in titles.items()
    )
    return tuple(outcome for outcome in outcomes if outcome.sessions)


def _item(item_id: ItemId | None, title: str, sessions: Sequence[SessionOutcome]) -> ItemOutcome:
    return ItemOutcome(
        item_id=item_id,
        title=title,
        sessions=len(sessions),
        learners=len({session.user_id for session in sessions}),
        sessions_before_pass=sum(session.was_passed for session in sessions),
        cost_micro_usd=sum(session.cost_micro_usd for session in sessions),
    )


def table_of_outcomes(sessions: Iterable[SessionOutcome]) -> Iterator[Row]:
    """One row per session, without its learner, with a head."""
    yield "session_id", "item_id", "started_at", "cost_micro_usd", "was_passed", "was_completed"
    for session in sessions:
        yield (
            str(session.session_id),
            str(session.item_id or ""),
            utc_text(session.started_at),
            session.cost_micro_usd,
            str(session.was_passed).lower(),
            str(session.was_completed).lower(),
        )
