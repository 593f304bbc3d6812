"""State of the event log in memory."""

from dataclasses import dataclass
from datetime import timedelta

from progress.domain.repositories.memory.progress import (
    InMemoryEventRepository,
    InMemoryProgressRepository,
)


@dataclass(frozen=True, slots=True)
class InMemoryLogStateRepository:
    events: InMemoryEventRepository
    progress: InMemoryProgressRepository

    def last_position(self) -> int:
        return max(list(self.events.store), default=0)

    def unsettled_for(self) -> timedelta:
        return timedelta()

    def behind(self, *, among: int) -> int:
        last = self.last_position()
        events = [
            self.events.store[position] for position in range(max(0, last - among) + 1, last + 1)
        ]
        heads = {head.stream: head.sequence for head in list(self.progress.store.values())}
        return sum(heads.get(event.stream, 0) < event.sequence for event in events)
