"""Builders for facts and progress of one learner on one course."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from courses.domain.entities.courses import CourseVersion
from courses.domain.entities.outlines import ItemId, Outline
from progress.domain.entities.events import EventType, Fact
from progress.domain.entities.progress import CourseProgress
from tests.support.builders import NOON, a_course, a_definition_of, a_user, a_version, an_event

ANNA: Final = a_user()
KNOTS: Final = a_course()
LATER: Final[datetime] = NOON + timedelta(hours=1)


def a_version_of(*, required: int, optional: int = 0, number: int = 1) -> CourseVersion:
    definition = a_definition_of(required=required, optional=optional)
    return a_version(KNOTS, number=number, draft=definition.draft_of(KNOTS.id))


def an_outline_of(*, required: int, optional: int = 0) -> Outline:
    return a_version_of(required=required, optional=optional).outline


def items_in(outline: Outline) -> list[ItemId]:
    return [item.id for item in outline.items]


def completed(item_id: UUID) -> Fact:
    module_id = str(uuid4())
    return Fact(type=EventType.ITEM_COMPLETED, entity_id=item_id, payload={"module_id": module_id})


def of_course(type_: EventType, **payload: int) -> Fact:
    return Fact(type=type_, entity_id=KNOTS.id, payload=payload)


def after(progress: CourseProgress, outline: Outline, *facts: Fact) -> CourseProgress:
    """The progress after these facts, an hour later."""
    for fact in facts:
        progress = progress.apply(an_event(progress, fact, occurred_at=LATER), outline)
    return progress
