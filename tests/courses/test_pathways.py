"""Pathway authoring and the pathway catalog."""

from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted
from accounts.domain.audit.entities import AuditAction, SubjectType
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from courses.domain.entities.pathways import PathwayDefinition, PathwaySelection, PathwayStatus
from courses.domain.errors import (
    InvalidPathwayDefinition,
    PathwayNotFound,
    PathwayNotPublished,
    PathwayNotReady,
    PathwayPublished,
    PathwaySlugFixed,
    PathwaySlugTaken,
)
from tests.courses.pathway_worlds import an_author, counts, errors_of, published_courses
from tests.support.builders import a_definition_of, a_principal
from tests.support.organizations import acts_in
from tests.support.pathways import a_chain, a_definition_with_exams, a_published_pathway, a_stage
from tests.support.worlds import World

WHOLE = PageRequest(limit=100)


def test_a_pathway_begins_as_a_draft(memory: World) -> None:
    knots, bends = published_courses(memory, "knots", "bends")
    bo = an_author()

    draft = memory.services.pathway_authoring.create(a_chain("knots", "bends"), by=bo)

    assert memory.repositories.pathways.at("ropes", scope=ALL_TENANTS) == draft
    assert (draft.status, draft.version, draft.created_by) == (PathwayStatus.DRAFT, 0, bo.user_id)
    assert draft.stages[0].choose == 2
    assert [course.after for course in draft.courses] == [(), ("knots",)]
    assert [course.course_id for course in draft.courses] == [knots.id, bends.id]
    assert draft.course_ids == {knots.id, bends.id}
    assert counts(memory, "knots", "bends") == [0, 0]


def test_published_pathways_are_counted_by_their_courses(memory: World) -> None:
    published_courses(memory, "knots", "bends", "hitches")
    authoring = memory.services.pathway_authoring

    published = a_published_pathway(memory.services, a_chain("knots", "bends"))
    first = counts(memory, "knots", "bends", "hitches")
    authoring.revise("ropes", a_chain("bends", "hitches"), by=OPERATOR)
    second = counts(memory, "knots", "bends", "hitches")
    retired = authoring.retire("ropes", by=OPERATOR)

    assert (published.status, published.version) == (PathwayStatus.PUBLISHED, 1)
    assert (first, second) == ([1, 1, 0], [0, 1, 1])
    assert (retired.status, retired.version) == (PathwayStatus.RETIRED, 2)
    assert counts(memory, "knots", "bends", "hitches") == [0, 0, 0]


def test_a_draft_has_no_versions_and_what_changes_nothing_makes_none(memory: World) -> None:
    published_courses(memory, "knots")
    authoring = memory.services.pathway_authoring
    authoring.create(a_chain("knots"), by=OPERATOR)

    draft = authoring.revise("ropes", a_chain("knots", title="Rope"), by=OPERATOR)
    published = authoring.publish("ropes", by=OPERATOR)
    same = authoring.revise("ropes", a_chain("knots", title="Rope"), by=OPERATOR)
    authoring.retire("ropes", by=OPERATOR)
    authoring.revise("ropes", a_chain("knots", title="Ropes"), by=OPERATOR)
    again = authoring.publish("ropes", by=OPERATOR)

    assert [pathway.version for pathway in (draft, published, same, again)] == [0, 1, 1, 2]


def test_what_is_done_is_recorded(memory: World) -> None:
    published_courses(memory, "knots", "bends")
    pathway = a_published_pathway(memory.services, a_chain("knots"))
    memory.services.pathway_authoring.revise("ropes", a_chain("bends"), by=OPERATOR)
    memory.services.pathway_authoring.retire("ropes", reason="Nobody came.", by=OPERATOR)

    acts = [
        act for act in acts_in(memory.services, None) if act.subject_type is SubjectType.PATHWAY
    ]

    assert {act.subject_id for act in acts} == {str(pathway.id)}
    assert [act.action for act in acts] == [
        AuditAction.PATHWAY_CREATED,
        AuditAction.PATHWAY_PUBLISHED,
        AuditAction.PATHWAY_REVISED,
        AuditAction.PATHWAY_RETIRED,
    ]
    assert acts[1].after == {"status": "published", "version": 1}
    assert acts[2].after == {"courses": ["bends"], "version": 2}
    assert acts[3].reason == "Nobody came."


def test_a_pathway_keeps_its_slug(memory: World) -> None:
    published_courses(memory, "knots")
    memory.services.pathway_authoring.create(a_chain("knots"), by=OPERATOR)

    with pytest.raises(PathwaySlugFixed):
        memory.services.pathway_authoring.revise(
            "ropes", a_chain("knots", slug="rope"), by=OPERATOR
        )
    with pytest.raises(PathwaySlugTaken):
        memory.services.pathway_authoring.create(a_chain("knots"), by=OPERATOR)


def test_what_is_published_is_not_published_again_nor_a_draft_retired(memory: World) -> None:
    published_courses(memory, "knots")
    authoring = memory.services.pathway_authoring
    authoring.create(a_chain("knots"), by=OPERATOR)

    with pytest.raises(PathwayNotPublished):
        authoring.retire("ropes", by=OPERATOR)
    authoring.publish("ropes", by=OPERATOR)
    with pytest.raises(PathwayPublished):
        authoring.publish("ropes", by=OPERATOR)


def test_a_pathway_is_published_when_its_courses_are(memory: World) -> None:
    published_courses(memory, "knots")
    memory.services.authoring.create(a_definition_of(required=1, slug="bends"), by=OPERATOR)
    authoring = memory.services.pathway_authoring
    authoring.create(a_chain("knots", "bends"), by=OPERATOR)

    with pytest.raises(PathwayNotReady) as error:
        authoring.publish("ropes", by=OPERATOR)

    assert error.value.facts == {"unpublished": ["bends"]}
    assert (
        error.value.detail == "Publish these courses first, or remove them from the pathway: bends."
    )
    memory.services.authoring.publish("bends", by=OPERATOR)
    assert authoring.publish("ropes", by=OPERATOR).is_open


def test_unknown_courses_are_errors_with_their_paths(memory: World) -> None:
    published_courses(memory, "knots")
    definition = a_definition_with_exams(a_stage("bends"), a_stage("knots", "hitches", key="end"))

    with pytest.raises(InvalidPathwayDefinition) as error:
        memory.services.pathway_authoring.create(definition, by=OPERATOR)

    assert errors_of(error) == ["stages/0/courses/0/course", "stages/1/courses/1/course"]


def test_drafts_are_for_authors(memory: World) -> None:
    published_courses(memory, "knots")
    catalog, anna, bo = memory.services.pathway_catalog, a_principal(), an_author()
    draft = memory.services.pathway_authoring.create(a_chain("knots"), by=bo)

    assert catalog.get("ropes", by=bo) == draft
    drafts = PathwaySelection(status=PathwayStatus.DRAFT)
    assert catalog.page_of(drafts, WHOLE, by=bo).items == (draft,)
    with pytest.raises(PathwayNotFound):
        catalog.get("ropes", by=anna)
    with pytest.raises(NotPermitted):
        catalog.page_of(drafts, WHOLE, by=anna)


@pytest.mark.parametrize(
    "definition", [a_chain("knots"), a_definition_with_exams(a_stage("knots", choose=1))]
)
def test_an_import_starts_a_pathway_or_revises_it(
    memory: World, definition: PathwayDefinition
) -> None:
    published_courses(memory, "knots", "bends")
    authoring = memory.services.pathway_authoring

    started = authoring.import_definition(a_chain("bends"), by=OPERATOR)
    revised = authoring.import_definition(definition, by=OPERATOR)

    assert revised.id == started.id
    assert [course.slug for course in revised.courses] == ["knots"]


def test_an_unknown_pathway_is_not_found(memory: World) -> None:
    with pytest.raises(PathwayNotFound):
        memory.services.pathway_authoring.publish(str(uuid4()), by=OPERATOR)
