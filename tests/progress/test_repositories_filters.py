"""Contract of the event repository: filters of statements, single events and course versions."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from authsvc.kernel.paging import InvalidCursor, PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from progress.domain.entities.events import (
    EntityType,
    EventId,
    EventSelection,
    EventType,
    Fact,
    ProgressEvent,
    Subject,
)
from progress.domain.entities.progress import CourseProgress
from tests.support.builders import a_progress, an_event
from tests.support.pages import pages_of
from tests.support.worlds import World, orm_world

WHOLE: Final = PageRequest(limit=100)
ITEM, MODULE, ASSESSMENT, ATTEMPT, ISSUED = (uuid4() for _ in range(5))
_GRADE: Final[Mapping[str, str | int]] = {
    "assessment_id": str(ASSESSMENT),
    "assessment_version": 1,
    "sha256": "0" * 64,
}


def facts_on(course_id: Any) -> list[Fact]:
    """A fact about a resource of each type, two about the course."""
    return [
        Fact(type=EventType.ENROLLED, entity_id=course_id, payload={"course_version": 1}),
        Fact(type=EventType.MODULE_STARTED, entity_id=MODULE, payload={"item_id": str(ITEM)}),
        Fact(type=EventType.ITEM_COMPLETED, entity_id=ITEM, payload={"module_id": str(MODULE)}),
        Fact(type=EventType.ASSESSMENT_SUBMITTED, entity_id=ATTEMPT, payload=_GRADE),
        Fact(
            type=EventType.CREDENTIAL_ISSUED,
            entity_id=ISSUED,
            payload={"credential_id": str(uuid4()), "credential_version": 1, "sha256": "0" * 64},
        ),
        Fact(
            type=EventType.VERSION_UPGRADED,
            entity_id=course_id,
            payload={"from_version": 1, "course_version": 2},
        ),
    ]


class Log:
    """The streams of Anna and Ben on two courses, the second of an organization."""

    def __init__(self, world: World) -> None:
        self.stored = world.repositories.events
        self.anna, self.ben = world.has_user(), world.has_user()
        self.course = world.has_course()
        self.other = world.has_course(org_id=world.has_organization().id)
        self.events: list[ProgressEvent] = []
        self.streams: list[CourseProgress] = []
        for user in (self.anna, self.ben):
            for course in (self.course, self.other):
                progress = a_progress(course, user)
                world.repositories.progress.add(progress, scope=ALL_TENANTS)
                self.streams.append(progress)
                for number, fact in enumerate(facts_on(course.id), 1):
                    self.events.append(an_event(progress, fact, sequence=number))
        world.repositories.events.append(self.events, scope=ALL_TENANTS)

    def selected(self, selection: EventSelection, **options: Any) -> list[ProgressEvent]:
        options = {"scope": ALL_TENANTS} | options
        return list(self.stored.page(selection, WHOLE, **options).items)

    def subjects(self) -> list[tuple[Subject, int]]:
        """Subjects, each with the number of events about it."""
        in_course: dict[str, Any] = {"course_id": self.course.id}
        of_course: dict[str, Any] = {"about": EntityType.COURSE, "id": self.course.id, **in_course}
        of_module: dict[str, Any] = {"about": EntityType.MODULE, "id": MODULE, **in_course}
        return [
            (Subject(**of_course), 4),
            (Subject(**of_course, is_broad=True), 12),
            (Subject(**of_module), 2),
            (Subject(**of_module, is_broad=True), 4),
            (Subject(about=EntityType.ITEM, id=ITEM, **in_course), 2),
            (Subject(about=EntityType.ITEM, id=ITEM, **in_course, is_broad=True), 2),
            (Subject(about=EntityType.MODULE, id=ITEM, **in_course), 0),
            (Subject(about=EntityType.ATTEMPT, id=ASSESSMENT), 4),
            (Subject(about=EntityType.ATTEMPT, id=ATTEMPT), 0),
            (Subject(about=EntityType.CREDENTIAL, id=ISSUED, is_broad=True), 4),
        ]


@pytest.fixture
def log(world: World) -> Log:
    return Log(world)


def test_events_are_selected_by_what_they_are_about(log: Log) -> None:
    for subject, count in log.subjects():
        selection = EventSelection(subject=subject)

        assert len(log.selected(selection)) == count, subject
        assert log.selected(selection) == [event for event in log.events if selection.covers(event)]


def test_events_are_selected_by_type(log: Log) -> None:
    types = frozenset({EventType.ENROLLED, EventType.ITEM_COMPLETED})
    selection = EventSelection(types=types)

    assert log.selected(selection) == [event for event in log.events if event.fact.type in types]
    assert log.selected(selection.matching_nothing()) == []


def test_events_are_selected_by_registration(log: Log) -> None:
    for progress in log.streams:
        selection = EventSelection(registration=progress.stream.registration)

        events = [event for event in log.events if event.stream == progress.stream]
        assert log.selected(selection) == events

    assert log.selected(EventSelection(registration=uuid4())) == []


def test_filters_are_combined_and_stay_within_the_scope(log: Log) -> None:
    passing = EventSelection(
        user_id=log.anna.id,
        types=frozenset({EventType.ENROLLED, EventType.MODULE_STARTED}),
        subject=Subject(about=EntityType.COURSE, id=log.other.id, is_broad=True),
        registration=log.streams[1].stream.registration,
    )

    assert log.selected(passing) == log.events[6:8]
    assert log.selected(passing, scope=TenantScope()) == []
    assert log.selected(passing, scope=TenantScope.into(log.other.org_id)) == log.events[6:8]


def test_the_latest_come_first_if_so_requested_page_after_page(log: Log) -> None:
    selection = EventSelection(user_id=log.ben.id)

    def page(request: PageRequest) -> Any:
        return log.stored.page(selection, request, latest_first=True, scope=ALL_TENANTS)

    pages = list(pages_of(page, limit=5))

    assert [event for page in pages for event in page] == log.events[:11:-1]


def test_neither_order_accepts_the_cursor_of_the_other(log: Log) -> None:
    read, everything = log.stored.page, EventSelection()
    for latest_first in (True, False):
        page = read(everything, PageRequest(limit=2), latest_first=latest_first, scope=ALL_TENANTS)
        request = PageRequest(limit=2, cursor=page.next_cursor)

        with pytest.raises(InvalidCursor):
            read(everything, request, latest_first=not latest_first, scope=ALL_TENANTS)


def test_an_event_is_found_by_its_id_if_it_is_selected_and_in_scope(log: Log) -> None:
    event, everything, events = log.events[6], EventSelection(), log.stored

    assert events.find(event.id, everything, scope=ALL_TENANTS) == event
    assert events.find(event.id, EventSelection(user_id=log.anna.id), scope=ALL_TENANTS) == event
    assert events.find(event.id, EventSelection(user_id=log.ben.id), scope=ALL_TENANTS) is None
    assert events.find(event.id, everything, scope=TenantScope()) is None
    assert events.find(EventId(uuid4()), everything, scope=ALL_TENANTS) is None


def test_the_course_version_of_an_event_is_that_which_the_learner_was_on(log: Log) -> None:
    selected = [log.events[position] for position in (2, 4, 5, 6)]

    versions = log.stored.course_versions(selected, scope=ALL_TENANTS)

    assert versions == dict(zip([event.id for event in selected], [1, 1, 2, 1], strict=True))
    assert log.stored.course_versions([], scope=ALL_TENANTS) == {}
    in_scope = log.stored.course_versions(selected, scope=TenantScope())
    assert in_scope.keys() == {event.id for event in selected[:3]}


def test_an_event_before_the_first_has_no_course_version(world: World) -> None:
    event = an_event(a_progress(world.has_course(), world.has_user()))
    world.repositories.events.append([event], scope=ALL_TENANTS)

    assert world.repositories.events.course_versions([event], scope=ALL_TENANTS) == {}


@pytest.mark.every_database
def test_versions_and_single_events_take_one_statement_and_a_registration_one_more(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    log = Log(orm_world())

    with django_assert_num_queries(1):
        log.stored.course_versions(log.events, scope=ALL_TENANTS)
    with django_assert_num_queries(1):
        log.stored.find(log.events[0].id, EventSelection(), scope=ALL_TENANTS)
    with django_assert_num_queries(settling := 3 if connection.vendor == "postgresql" else 1):
        log.selected(EventSelection(subject=log.subjects()[1][0]))
    with django_assert_num_queries(settling + 1):
        log.selected(EventSelection(registration=log.streams[0].stream.registration))
