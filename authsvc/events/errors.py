"""Errors of the event feed."""

from authsvc.kernel.errors import Busy


class EventsBusy(Busy):
    code = "events-busy"
    title = "The event feed is busy"
    explanation = (
        "A change has been in progress for too long to wait for. Retry in a moment to read past it."
    )

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class PositionNotReached(Busy):
    code = "position-not-reached"
    title = "The position is not reached yet"
    explanation = (
        "No state with the position {min_position} became visible in time. Retry in a moment."
    )
