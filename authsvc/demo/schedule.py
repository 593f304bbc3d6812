"""The schedule of the demo school: who learns what, when, and how far they come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum, auto
from typing import Final

DAYS: Final = 91
"""How long the school has existed: three months."""

NAMES: Final = (
    "Anna Keller",
    "Chidi Eze",
    "Mei Tanaka",
    "Luca Moretti",
    "Sofia Lindqvist",
    "Omar Haddad",
    "Priya Nair",
    "Jonas Weber",
    "Aiko Mori",
    "Tomás Ribeiro",
    "Fatima Zahra",
    "Erik Holm",
    "Grace Mensah",
    "Pavel Novák",
    "Leila Rahimi",
    "Hugo Fontaine",
    "Nadia Petrova",
    "Samuel Okoye",
    "Ingrid Dahl",
    "Mateo Vargas",
    "Zofia Kowalska",
    "Ravi Menon",
    "Clara Jensen",
    "Yusuf Demir",
    "Elena Popescu",
    "Kwame Boateng",
    "Noor van Dijk",
    "Diego Santos",
    "Hana Svobodová",
    "Liam Murphy",
)
"""The learners of the school, in the order in which they joined."""


class Way(Enum):
    """How far a learner comes."""

    ENROLLED = auto()
    STOPPED = auto()
    FAILED = auto()
    WAITING = auto()
    COMPLETED = auto()
    WITHDRAWN = auto()


_WAYS: Final = (
    Way.COMPLETED,
    Way.COMPLETED,
    Way.STOPPED,
    Way.COMPLETED,
    Way.FAILED,
    Way.COMPLETED,
    Way.WITHDRAWN,
    Way.COMPLETED,
    Way.STOPPED,
    Way.COMPLETED,
)
"""The ways of the learners who joined first, and again of those after them."""
_LATE_WAYS: Final = (
    Way.WAITING,
    Way.WAITING,
    Way.STOPPED,
    Way.WAITING,
    Way.WAITING,
    Way.WAITING,
    Way.ENROLLED,
    Way.STOPPED,
    Way.ENROLLED,
    Way.ENROLLED,
)
_LATE: Final = len(NAMES) - len(_LATE_WAYS)
_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does at a time."""

    at: datetime
    perform: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a learner does: they join on the first of these days, and take steps every `pace` days."""

    number: int
    name: str
    joined: datetime
    pace: timedelta
    way: Way
    takes_check: bool

    @property
    def email(self) -> str:
        """Their address, of a domain that is reserved for examples (RFC 2606)."""
        return f"learner-{self.number + 1:02}@harbour-academy.example"

    def step(self, number: int) -> datetime:
        """The time of a step on the course; enrolment is step 0."""
        return self.joined + timedelta(hours=2, minutes=7 * self.number) + number * self.pace


def opening(now: datetime) -> datetime:
    """The morning on which a school opened whose three months end now."""
    return datetime.combine(now.date(), time(7), UTC) - timedelta(days=DAYS)


def plans(now: datetime) -> Iterator[Plan]:
    """The plans of all learners. Those who joined last have come less far."""
    for number, name in enumerate(NAMES):
        joined = opening(now) + timedelta(days=2 + 3 * number, hours=number % 5)
        is_late = number >= _LATE
        way = _LATE_WAYS[number - _LATE] if is_late else _WAYS[number % len(_WAYS)]
        pace = timedelta(days=1 + number % 3, hours=number % 4)
        if way is Way.WAITING:
            # Submissions wait for days, not for months.
            pace = (now - joined - timedelta(days=1 + number % 5)) / _STEPS
        yield Plan(
            number=number,
            name=name,
            joined=joined,
            pace=pace,
            way=way,
            takes_check=number % 3 != 1,
        )
