"""PathwayService: prerequisites and progress."""

from collections.abc import Callable

import pytest

from accounts.domain.access import OPERATOR
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from courses.domain.entities.pathways import PathwayDefinition
from courses.domain.errors import PathwayNotFound
from progress.domain.entities.events import EventType
from progress.domain.entities.pathways import PathwayProgress
from progress.domain.errors import AlreadyEnrolled, PrerequisitesMissing, ProgressNotFound
from tests.support.builders import a_definition_of
from tests.support.learning import Learner, a_learner, a_learner_in, a_published_course, items_of
from tests.support.pathways import a_chain, a_definition_with_exams, a_published_pathway, a_stage
from tests.support.worlds import World

Publish = Callable[..., list[Course]]


@pytest.fixture
def publish(memory: World) -> Publish:
    """Publish courses of two items with these slugs."""

    def with_slugs(*slugs: str) -> list[Course]:
        return [
            a_published_course(
                memory.services, a_definition_of(required=2, slug=slug, title=slug.title())
            )
            for slug in slugs
        ]

    return with_slugs


def standings(progress: PathwayProgress) -> dict[str, str]:
    return {step.slug: step.standing.value for stage in progress.stages for step in stage.courses}


def pathway_progress(anna: Learner, address: str = "ropes") -> PathwayProgress:
    return anna.services.pathways.get(address, by=anna.principal)


def missing(anna: Learner, course: Course) -> object:
    with pytest.raises(PrerequisitesMissing) as error:
        anna.enrols(course)
    return error.value.facts["missing"]


def test_a_course_is_taken_when_what_comes_before_it_is_completed(
    memory: World, publish: Publish
) -> None:
    knots, bends = publish("knots", "bends")
    a_published_pathway(memory.services, a_chain("knots", "bends"))
    anna = a_learner(memory)

    before = missing(anna, bends)
    anna.enrols(knots)
    meanwhile = missing(anna, bends)
    for item_id in items_of(memory.services, knots):
        anna.completes(knots, item_id)

    assert before == meanwhile == ["knots"]
    assert anna.enrols(bends).is_enrolled


def test_the_error_names_all_missing_prerequisites(memory: World, publish: Publish) -> None:
    (hitches, *_) = publish("hitches", "knots", "bends")
    after = a_definition_with_exams(
        a_stage("knots", "bends", "hitches", after={"hitches": ("bends", "knots")})
    )
    a_published_pathway(memory.services, after)

    with pytest.raises(PrerequisitesMissing) as error:
        a_learner(memory).enrols(hitches)

    assert error.value.facts == {"missing": ["bends", "knots"], "titles": ["Bends", "Knots"]}
    assert error.value.detail == "Complete these courses first: Bends, Knots."


def test_a_rejected_request_changes_nothing(memory: World, publish: Publish) -> None:
    knots, bends = publish("knots", "bends")
    a_published_pathway(memory.services, a_chain("knots", "bends"))
    anna = a_learner(memory)
    anna.enrols(knots)

    missing(anna, bends)

    page = memory.services.progress.page_for(anna.principal, PageRequest())
    assert [progress.course_id for progress in page.items] == [knots.id]
    assert anna.types_of(knots) == [EventType.ENROLLED]
    with pytest.raises(ProgressNotFound):
        anna.log_of(bends)


def test_completions_of_other_learners_unlock_nothing(memory: World, publish: Publish) -> None:
    knots, bends = publish("knots", "bends")
    a_published_pathway(memory.services, a_chain("knots", "bends"))
    anna, cleo = a_learner(memory), a_learner(memory, "Cleo")

    anna.passes(knots)

    assert missing(cleo, bends) == ["knots"]
    assert anna.enrols(bends).is_enrolled


def test_of_two_organizations_each_asks_for_its_own(memory: World, publish: Publish) -> None:
    _, bends, _ = publish("knots", "bends", "hitches")
    harbour, island = (memory.has_organization(slug=slug) for slug in ("harbour", "island"))
    a_published_pathway(memory.services, a_chain("knots", "bends"), org_id=harbour.id)
    a_published_pathway(memory.services, a_chain("hitches", "bends"), org_id=island.id)

    anna, cleo = a_learner_in(memory, harbour), a_learner_in(memory, island)

    assert missing(anna, bends) == ["knots"]
    assert missing(cleo, bends) == ["hitches"]


def test_a_draft_asks_for_nothing_and_neither_does_what_is_retired(
    memory: World, publish: Publish
) -> None:
    _, bends = publish("knots", "bends")
    authoring = memory.services.pathway_authoring
    authoring.create(a_chain("knots", "bends"), by=OPERATOR)
    assert a_learner(memory).enrols(bends).is_enrolled

    authoring.publish("ropes", by=OPERATOR)
    authoring.retire("ropes", by=OPERATOR)

    assert a_learner(memory, "Cleo").enrols(bends).is_enrolled


@pytest.mark.parametrize("other", [a_chain("bends"), a_chain("bends", "hitches")])
def test_one_pathway_on_which_it_comes_first_sets_a_course_free(
    memory: World, publish: Publish, other: PathwayDefinition
) -> None:
    _, bends, _ = publish("knots", "bends", "hitches")
    a_published_pathway(memory.services, a_chain("knots", "bends"))
    assert missing(a_learner(memory), bends) == ["knots"]

    a_published_pathway(memory.services, a_definition_with_exams(*other.stages, slug="other"))

    assert a_learner(memory, "Cleo").enrols(bends).is_enrolled


def test_one_pathway_of_several_is_enough_and_the_shortest_is_named(
    memory: World, publish: Publish
) -> None:
    knots, bends, hitches, _ = publish("knots", "bends", "hitches", "loops")
    two = a_definition_with_exams(
        a_stage("bends", "loops", "hitches", after={"hitches": ("bends", "loops")})
    )
    a_published_pathway(memory.services, two)
    a_published_pathway(memory.services, a_chain("knots", "hitches", slug="other"))
    anna = a_learner(memory)

    before = missing(anna, hitches)
    anna.passes(bends)
    anna.passes(knots)

    assert before == ["knots"]
    assert anna.enrols(hitches).is_enrolled


def test_an_enrolled_learner_stays_enrolled_whatever_comes_before_it_now(
    memory: World, publish: Publish
) -> None:
    _, bends = publish("knots", "bends")
    anna = a_learner(memory)
    anna.enrols(bends)
    a_published_pathway(memory.services, a_chain("knots", "bends"))

    with pytest.raises(AlreadyEnrolled):
        anna.enrols(bends)
    anna.withdraws(bends)

    assert missing(anna, bends) == ["knots"]


def test_a_pathway_of_an_organization_asks_its_members_alone(
    memory: World, publish: Publish
) -> None:
    _, bends = publish("knots", "bends")
    harbour = memory.has_organization(slug="harbour")
    a_published_pathway(memory.services, a_chain("knots", "bends"), org_id=harbour.id)
    anna, cleo = a_learner_in(memory, harbour), a_learner(memory, "Cleo")

    assert missing(anna, bends) == ["knots"]
    assert cleo.enrols(bends).is_enrolled
    with pytest.raises(PathwayNotFound):
        pathway_progress(cleo, "harbour--ropes")


def test_a_learner_sees_their_progress_on_a_pathway(memory: World, publish: Publish) -> None:
    knots, bends, _ = publish("knots", "bends", "hitches")
    a_published_pathway(memory.services, a_chain("knots", "bends", "hitches"))
    anna = a_learner(memory)

    first = pathway_progress(anna)
    anna.passes(knots)
    anna.enrols(bends)
    anna.completes(bends, items_of(memory.services, bends)[0])
    later = pathway_progress(anna)

    assert standings(first) == {"knots": "open", "bends": "locked", "hitches": "locked"}
    assert (first.percent_complete, first.is_completed) == (0, False)
    assert standings(later) == {"knots": "completed", "bends": "in_progress", "hitches": "locked"}
    assert (later.percent_complete, later.is_completed) == (33, False)
    (stage,) = later.stages
    assert [step.percent_complete for step in stage.courses] == [100, 50, 0]
    assert [step.after for step in stage.courses] == [(), ("knots",), ("bends",)]
    assert not stage.is_completed


def test_a_stage_is_completed_by_as_many_courses_as_are_to_be_chosen(
    memory: World, publish: Publish
) -> None:
    knots, bends, _ = publish("knots", "bends", "hitches")
    stages = a_stage("knots", "bends", choose=1), a_stage("hitches", key="end")
    a_published_pathway(memory.services, a_definition_with_exams(*stages))
    anna = a_learner(memory)

    anna.passes(knots)
    anna.passes(bends)

    progress = pathway_progress(anna)
    assert [stage.is_completed for stage in progress.stages] == [True, False]
    assert progress.percent_complete == 50


def test_who_has_left_a_course_may_take_it_again(memory: World, publish: Publish) -> None:
    (knots,) = publish("knots")
    a_published_pathway(memory.services, a_chain("knots"))
    anna = a_learner(memory)
    anna.enrols(knots)
    anna.withdraws(knots)

    assert standings(pathway_progress(anna)) == {"knots": "open"}


def test_a_program_stands_at_the_beginning(memory: World, publish: Publish) -> None:
    publish("knots", "bends")
    a_published_pathway(memory.services, a_chain("knots", "bends"))

    progress = memory.services.pathways.get("ropes", by=OPERATOR)

    assert standings(progress) == {"knots": "open", "bends": "locked"}
