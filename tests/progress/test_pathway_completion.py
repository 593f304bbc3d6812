"""Publication of completed pathways."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pytest

from accounts.domain.access import OPERATOR, Principal
from authsvc.kernel.tenancy import TenantScope
from courses.domain.entities.courses import Course
from courses.domain.entities.pathways import PathwayId
from progress.domain.entities.pathways import PathwayProgress
from progress.domain.events import PathwayCompleted
from tests.support.builders import NOON, a_definition_of
from tests.support.learning import Learner, a_learner, a_learner_in, a_published_course, items_of
from tests.support.organizations import closed
from tests.support.pathways import a_chain, a_definition_with_exams, a_published_pathway, a_stage
from tests.support.worlds import World

Publish = Callable[..., list[Course]]


@pytest.fixture
def published(memory: World) -> list[PathwayCompleted]:
    """The published completions of pathways, in order."""
    events: list[PathwayCompleted] = []
    memory.services.pathways.events.subscribe(PathwayCompleted, events.append)
    return events


@pytest.fixture
def publish(memory: World) -> Publish:
    """Publish courses of two items with these slugs."""

    def with_slugs(*slugs: str) -> list[Course]:
        return [
            a_published_course(memory.services, a_definition_of(required=2, slug=slug))
            for slug in slugs
        ]

    return with_slugs


def pathway_progress(anna: Learner, address: str = "ropes") -> PathwayProgress:
    return anna.services.pathways.get(address, by=anna.principal)


def completed_by(anna: Learner, scope: TenantScope = TenantScope()) -> AbstractSet[PathwayId]:  # noqa: B008  # it never changes
    return anna.services.pathways.completed_by(anna.principal.person, scope=scope)


def test_the_course_that_completes_a_pathway_is_published(
    memory: World, publish: Publish, published: list[PathwayCompleted]
) -> None:
    knots, bends = publish("knots", "bends")
    pathway = a_published_pathway(memory.services, a_chain("knots", "bends"))
    anna = a_learner(memory)

    anna.passes(knots)
    too_early = list(published)
    anna.passes(bends)

    assert too_early == []
    assert published == [
        PathwayCompleted(
            user_id=anna.principal.person,
            pathway_id=pathway.id,
            org_id=None,
            pathway_version=1,
            course_id=bends.id,
            course_version=1,
            course_org_id=None,
            completed_at=NOON,
        )
    ]
    assert pathway_progress(anna).is_completed
    assert pathway_progress(anna).percent_complete == 100


def test_a_course_more_than_is_asked_for_completes_nothing_again(
    memory: World, publish: Publish, published: list[PathwayCompleted]
) -> None:
    knots, bends = publish("knots", "bends")
    a_published_pathway(
        memory.services, a_definition_with_exams(a_stage("knots", "bends", choose=1))
    )
    anna = a_learner(memory)

    anna.passes(bends)
    anna.passes(knots)

    assert [event.course_id for event in published] == [bends.id]


def test_one_course_can_complete_several_pathways(
    memory: World, publish: Publish, published: list[PathwayCompleted]
) -> None:
    (knots,) = publish("knots")
    pathways = [
        a_published_pathway(memory.services, a_chain("knots", slug=slug)) for slug in ("a", "b")
    ]

    a_learner(memory).passes(knots)

    assert {event.pathway_id for event in published} == {pathway.id for pathway in pathways}


def test_a_pathway_that_is_not_offered_is_not_completed(
    memory: World, publish: Publish, published: list[PathwayCompleted]
) -> None:
    (knots,) = publish("knots")
    memory.services.pathway_authoring.create(a_chain("knots"), by=OPERATOR)

    a_learner(memory).passes(knots)

    assert published == []


def test_a_pathway_of_an_organization_is_completed_by_its_members(
    memory: World, publish: Publish, published: list[PathwayCompleted]
) -> None:
    (knots,) = publish("knots")
    harbour, island = memory.has_organization(slug="harbour"), memory.has_organization()
    pathway = a_published_pathway(memory.services, a_chain("knots"), org_id=harbour.id)
    anna, cleo = a_learner_in(memory, harbour), a_learner_in(memory, island)

    cleo.passes(knots)
    anna.passes(knots)

    assert [(event.user_id, event.org_id) for event in published] == [
        (anna.principal.person, pathway.org_id)
    ]


def test_nothing_is_completed_in_an_organization_that_is_closed(
    memory: World, publish: Publish, published: list[PathwayCompleted]
) -> None:
    (knots,) = publish("knots")
    harbour = memory.has_organization(slug="harbour")
    a_published_pathway(memory.services, a_chain("knots"), org_id=harbour.id)
    anna = a_learner_in(memory, harbour)
    closed(memory.services, harbour)

    anna.passes(knots)

    assert published == []


def test_completed_courses_count_also_when_they_are_retired(
    memory: World, publish: Publish
) -> None:
    knots, _ = publish("knots", "bends")
    first = a_published_pathway(memory.services, a_chain("knots"))
    a_published_pathway(memory.services, a_chain("knots", "bends", slug="other"))
    anna, cleo = a_learner(memory), a_learner(memory, "Cleo")

    anna.passes(knots)
    cleo.enrols(knots)
    memory.services.pathway_authoring.retire("ropes", by=OPERATOR)

    assert completed_by(anna) == {first.id}
    assert completed_by(cleo) == frozenset()
    assert completed_by(a_learner(memory)) == frozenset()


def test_what_is_completed_in_an_organization_is_known_in_its_view_alone(
    memory: World, publish: Publish
) -> None:
    (knots,) = publish("knots")
    harbour = memory.has_organization(slug="harbour")
    pathway = a_published_pathway(memory.services, a_chain("knots"), org_id=harbour.id)
    anna = a_learner_in(memory, harbour)

    anna.passes(knots)

    assert completed_by(anna, TenantScope.into(harbour.id)) == {pathway.id}
    assert completed_by(anna, TenantScope.into(memory.has_organization().id)) == frozenset()


def test_what_a_listener_refuses_undoes_the_completion(memory: World, publish: Publish) -> None:
    (knots,) = publish("knots")
    a_published_pathway(memory.services, a_chain("knots"))
    anna = a_learner(memory)
    anna.enrols(knots)
    *others, last = items_of(memory.services, knots)
    for item_id in others:
        anna.completes(knots, item_id)

    def refuse(_: PathwayCompleted) -> None:
        raise LookupError

    memory.services.pathways.events.subscribe(PathwayCompleted, refuse)
    with pytest.raises(LookupError):
        anna.completes(knots, last)

    by: Principal = anna.principal
    assert not pathway_progress(anna).is_completed
    assert memory.services.progress.get("knots", by=by).percent_complete == 50
