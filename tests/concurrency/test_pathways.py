"""Races between learners and authors of learning pathways."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.courses import Course
from courses.domain.entities.outlines import ItemId
from courses.domain.entities.pathways import LearningPathway, PathwayDefinition
from credentials.domain.entities.rules import CompletedPathway
from progress.domain.events import PathwayCompleted
from tests.concurrency.test_organizations import DONE
from tests.concurrency.test_organizations import at_once as anywhere_at_once
from tests.support.builders import a_definition_of
from tests.support.databases import connected_to
from tests.support.learning import (
    Learner,
    a_credential_for,
    a_learner,
    a_published_course,
    items_of,
)
from tests.support.pathways import a_chain, a_definition_with_exams, a_published_pathway, a_stage
from tests.support.worlds import World

pytestmark = pytest.mark.postgres

Act = Callable[[], object]
AtOnce = Callable[..., Counter[str]]

MANY: Final = 8
ROUNDS: Final = 4


@pytest.fixture
def at_once(database_url: str) -> AtOnce:
    """Runs acts simultaneously in that database and returns their outcomes."""

    def there(act: Act) -> object:
        with connected_to(database_url):
            return act()

    return lambda *acts: anywhere_at_once(*[partial(there, act) for act in acts])


@pytest.fixture
def published(town: World) -> list[PathwayCompleted]:
    """The published events about completed pathways."""
    events: list[PathwayCompleted] = []
    town.services.pathways.events.subscribe(PathwayCompleted, events.append)
    return events


def has_courses(town: World, number: int) -> list[Course]:
    """Published, of one item each."""
    return [
        a_published_course(town.services, a_definition_of(required=1, slug=f"race-{uuid4().hex}"))
        for _ in range(number)
    ]


def of_all(*courses: Course, slug: str = "") -> PathwayDefinition:
    stage = a_stage(*(course.slug for course in courses))
    return a_definition_with_exams(stage, slug=slug or f"way-{uuid4().hex}")


def has_pathway(town: World, *courses: Course) -> LearningPathway:
    return a_published_pathway(town.services, of_all(*courses))


def last_of(anna: Learner, course: Course) -> ItemId:
    """Enrol the learner, complete all items but one, and return that one."""
    anna.enrols(course)
    (item_id,) = items_of(anna.services, course)
    return item_id


def counts(town: World, *courses: Course) -> list[int]:
    stored = town.repositories.courses
    return [stored.at(course.slug, scope=ALL_TENANTS).pathways for course in courses]


def test_completing_all_courses_of_a_pathway_simultaneously_completes_it_once(
    town: World, at_once: AtOnce, published: list[PathwayCompleted]
) -> None:
    courses, anna = has_courses(town, MANY), a_learner(town)
    pathway = has_pathway(town, *courses)
    a_credential_for(town.services, courses[0], rule=CompletedPathway(pathway.id))
    left = [(course, last_of(anna, course)) for course in courses]

    outcomes = at_once(*[partial(anna.completes, course, item_id) for course, item_id in left])

    assert outcomes == {DONE: MANY}
    assert [event.pathway_id for event in published] == [pathway.id]
    assert anna.services.pathways.get(pathway.slug, by=anna.principal).is_completed
    assert len(anna.held()) == 1


def test_a_last_course_that_is_completed_many_times_at_once_completes_the_pathway_once(
    town: World, at_once: AtOnce, published: list[PathwayCompleted]
) -> None:
    (knots, bends), anna = has_courses(town, 2), a_learner(town)
    pathway = has_pathway(town, knots, bends)
    a_credential_for(town.services, knots, rule=CompletedPathway(pathway.id))
    anna.passes(knots)
    item_id = last_of(anna, bends)

    outcomes = at_once(*[lambda: anna.completes(bends, item_id)] * MANY)

    assert outcomes == {DONE: MANY}
    assert [event.course_id for event in published] == [bends.id]
    assert [verification.issued.evidence.course_id for verification in anna.held()] == [bends.id]


def test_enrolling_while_a_pathway_is_retired_succeeds_or_is_rejected(
    town: World, at_once: AtOnce
) -> None:
    for _ in range(ROUNDS):
        knots, bends = has_courses(town, 2)
        chain = a_chain(knots.slug, bends.slug, slug=f"way-{uuid4().hex}")
        pathway = a_published_pathway(town.services, chain)
        people = [a_learner(town) for _ in range(5)]

        outcomes = at_once(
            *[partial(anna.enrols, bends) for anna in people],
            partial(town.services.pathway_authoring.retire, pathway.slug, by=OPERATOR),
        )

        assert outcomes.keys() <= {DONE, "prerequisites-missing"}
        assert outcomes.total() == 6
        assert a_learner(town).enrols(bends).is_enrolled


def test_pathways_with_the_same_courses_are_published_at_once(town: World, at_once: AtOnce) -> None:
    courses = has_courses(town, 3)
    authoring = town.services.pathway_authoring
    drafts = [authoring.create(of_all(*courses), by=OPERATOR) for _ in range(MANY)]

    outcomes = at_once(
        *[partial(authoring.publish, pathway.slug, by=OPERATOR) for pathway in drafts]
    )

    assert outcomes == {DONE: MANY}
    assert counts(town, *courses) == [MANY] * 3


def test_pathways_that_exchange_their_courses_at_once_do(town: World, at_once: AtOnce) -> None:
    revise = town.services.pathway_authoring.revise
    for _ in range(ROUNDS):
        knots, bends = has_courses(town, 2)
        first, second = has_pathway(town, knots), has_pathway(town, bends)

        outcomes = at_once(
            partial(revise, first.slug, of_all(bends, slug=first.slug), by=OPERATOR),
            partial(revise, second.slug, of_all(knots, slug=second.slug), by=OPERATOR),
        )

        assert outcomes == {DONE: 2}
        assert counts(town, knots, bends) == [1, 1]
