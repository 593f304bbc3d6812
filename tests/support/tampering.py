"""Tampering with the log in memory, where no trigger protects it."""

from dataclasses import replace
from typing import Any, Final

from progress.domain.entities.events import StreamId
from progress.domain.repositories.memory.progress import (
    InMemoryEventRepository,
    InMemoryProgressRepository,
)
from tests.support.builders import a_definition_of
from tests.support.learning import a_learner, a_published_course
from tests.support.worlds import World

HOLE: Final = "the stored value cannot be read"


class Torn:
    """A stored value that cannot be read."""

    sequence = 0

    def __getattr__(self, name: str) -> Any:
        raise ValueError(HOLE)


def a_passed_stream(world: World) -> StreamId:
    """A stream of four events, which ends with the completion of the course."""
    course = a_published_course(world.services, a_definition_of(required=2))
    return a_learner(world).passes(course).stream


def a_begun_stream(world: World) -> StreamId:
    """A stream of one event."""
    course = a_published_course(world.services)
    return a_learner(world).enrols(course).stream


def events_in(world: World) -> Any:
    """Stored events by position."""
    assert isinstance(world.repositories.events, InMemoryEventRepository)
    return world.repositories.events.store


def projections_in(world: World) -> Any:
    """Stored progress by stream."""
    assert isinstance(world.repositories.progress, InMemoryProgressRepository)
    return world.repositories.progress.store


def change_event(world: World, stream: StreamId, sequence: int, **parts: Any) -> None:
    """Change an event but not its hash."""
    position = _position_of(world, stream, sequence)
    events_in(world)[position] = replace(events_in(world)[position], **parts)


def forge_event(world: World, stream: StreamId, sequence: int, **parts: Any) -> None:
    """Change an event and its hash."""
    change_event(world, stream, sequence, **parts)
    position = _position_of(world, stream, sequence)
    events_in(world)[position] = events_in(world)[position].sealed()


def remove_event(world: World, stream: StreamId, sequence: int) -> None:
    del events_in(world)[_position_of(world, stream, sequence)]


def change_projection(world: World, stream: StreamId, **parts: Any) -> None:
    projections_in(world)[stream] = replace(projections_in(world)[stream], **parts)


def _position_of(world: World, stream: StreamId, sequence: int) -> int:
    (position,) = (
        position
        for position, event in events_in(world).items()
        if (event.stream, event.sequence) == (stream, sequence)
    )
    return int(position)
