"""Learning pathways of organizations: authoring and visibility."""

from dataclasses import replace

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrganizationId, OrgRole, Principal
from accounts.domain.audit.entities import AuditAction
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from courses.domain.entities.pathways import PathwaySelection, PathwayStatus
from courses.domain.errors import InvalidPathwayDefinition, PathwayNotFound
from tests.courses.pathway_worlds import an_author, counts, errors_of, published_courses
from tests.support.builders import a_definition_of, a_principal
from tests.support.organizations import a_member, acts_in, closed
from tests.support.pathways import a_chain, a_published_pathway
from tests.support.worlds import World

WHOLE = PageRequest(limit=100)


@pytest.fixture
def harbour(memory: World) -> OrganizationId:
    return memory.has_organization(slug="harbour").id


def test_an_organization_mixes_its_courses_with_those_of_the_platform(
    memory: World, harbour: OrganizationId
) -> None:
    published_courses(memory, "knots")
    bo = a_member(harbour, OrgRole.INSTRUCTOR)
    services = memory.services
    services.authoring.create(a_definition_of(required=1, slug="bends"), org_id=harbour, by=bo)
    services.authoring.publish("harbour--bends", by=bo)
    definition = a_chain("knots", "harbour--bends")

    draft = services.pathway_authoring.create(definition, org_id=harbour, by=bo)
    services.pathway_authoring.publish(draft.slug, by=bo)

    assert (draft.slug, draft.local_slug, draft.org_id) == ("harbour--ropes", "ropes", harbour)
    assert services.pathway_authoring.export("harbour--ropes", by=bo) == definition
    assert counts(memory, "knots", "harbour--bends") == [1, 1]


def test_courses_of_others_and_foreign_drafts_are_unknown(
    memory: World, harbour: OrganizationId
) -> None:
    services, other = memory.services, memory.has_organization(slug="island").id
    in_both = a_member(harbour, OrgRole.INSTRUCTOR)
    in_both = replace(in_both, memberships={**in_both.memberships, other: OrgRole.OWNER})
    for owner, slug in ((other, "bends"), (None, "knots")):
        definition = a_definition_of(required=1, slug=slug)
        services.authoring.create(definition, org_id=owner, by=OPERATOR)

    for course in ("island--bends", "knots"):
        with pytest.raises(InvalidPathwayDefinition):
            services.pathway_authoring.create(a_chain(course), org_id=harbour, by=in_both)
    with pytest.raises(InvalidPathwayDefinition):
        services.pathway_authoring.create(a_chain("island--bends"), by=OPERATOR)


def test_a_course_is_named_by_its_slug_alone(memory: World) -> None:
    (knots,) = published_courses(memory, "knots")

    with pytest.raises(InvalidPathwayDefinition):
        memory.services.pathway_authoring.create(a_chain("knots", str(knots.id)), by=OPERATOR)


def test_pathways_are_found_by_their_ids_and_drafts_are_their_authors(
    memory: World, harbour: OrganizationId
) -> None:
    published_courses(memory, "knots")
    services, catalog = memory.services, memory.services.pathway_catalog
    draft = services.pathway_authoring.create(a_chain("knots"), org_id=harbour, by=OPERATOR)
    bo, anna = a_member(harbour, OrgRole.INSTRUCTOR), a_member(harbour)

    assert catalog.pathways_of([draft.id], scope=TenantScope.into(harbour)) == [draft]
    assert catalog.pathways_of([draft.id], scope=TenantScope()) == []
    assert catalog.pathways_of([], scope=ALL_TENANTS) == []
    assert catalog.sees(bo, draft)
    assert not catalog.sees(anna, draft)


def test_a_slug_leaves_room_for_that_of_the_organization(
    memory: World, harbour: OrganizationId
) -> None:
    published_courses(memory, "knots")

    with pytest.raises(InvalidPathwayDefinition) as error:
        memory.services.pathway_authoring.create(
            a_chain("knots", slug="r" * 72), org_id=harbour, by=OPERATOR
        )

    assert errors_of(error) == ["slug"]


def test_only_authors_write(memory: World, harbour: OrganizationId) -> None:
    published_courses(memory, "knots")
    services, anna = memory.services, a_member(harbour)
    a_published_pathway(services, a_chain("knots"), org_id=harbour)

    with pytest.raises(NotPermitted):
        services.pathway_authoring.create(a_chain("knots"), by=anna)
    with pytest.raises(NotPermitted):
        services.pathway_authoring.create(a_chain("knots"), org_id=harbour, by=anna)
    for act in (services.pathway_authoring.publish, services.pathway_authoring.retire):
        with pytest.raises(NotPermitted):
            act("harbour--ropes", by=anna)
    with pytest.raises(NotPermitted):
        services.pathway_authoring.export("harbour--ropes", by=anna)


def test_there_is_no_such_pathway_for_strangers(memory: World, harbour: OrganizationId) -> None:
    published_courses(memory, "knots")
    services, bo = memory.services, an_author()
    a_published_pathway(services, a_chain("knots"), org_id=harbour)

    with pytest.raises(PathwayNotFound):
        services.pathway_catalog.get("harbour--ropes", by=bo)
    with pytest.raises(PathwayNotFound):
        services.pathway_authoring.retire("harbour--ropes", by=bo)
    with pytest.raises(OrganizationNotFound):
        services.pathway_authoring.create(a_chain("knots"), org_id=harbour, by=bo)


def test_of_a_closed_organization_nothing_is_changed(
    memory: World, harbour: OrganizationId
) -> None:
    published_courses(memory, "knots")
    services = memory.services
    a_published_pathway(services, a_chain("knots"), org_id=harbour)
    closed(services, services.tenant_access.organization(harbour, by=OPERATOR))

    with pytest.raises(OrganizationSuspended):
        services.pathway_authoring.retire("harbour--ropes", by=OPERATOR)
    with pytest.raises(OrganizationSuspended):
        services.pathway_authoring.import_definition(a_chain("knots"), org_id=harbour, by=OPERATOR)


def test_access_from_outside_is_recorded(memory: World, harbour: OrganizationId) -> None:
    published_courses(memory, "knots")
    services = memory.services
    pathway = a_published_pathway(services, a_chain("knots"), org_id=harbour)

    services.pathway_catalog.get("harbour--ropes", by=OPERATOR)

    last = acts_in(services, harbour)[-1]
    assert (last.action, last.subject_id) == (AuditAction.LOOKED_INTO, str(pathway.id))


def test_lists_show_what_is_of_the_platform_and_of_ones_own(
    memory: World, harbour: OrganizationId
) -> None:
    published_courses(memory, "knots")
    catalog, anna = memory.services.pathway_catalog, a_member(harbour)
    ours = a_published_pathway(memory.services, a_chain("knots"), org_id=harbour)
    everybodys = a_published_pathway(memory.services, a_chain("knots"))

    def listed(by: Principal, org_id: OrganizationId | None = None) -> set[str]:
        selection = PathwaySelection(status=PathwayStatus.PUBLISHED, org_id=org_id)
        page = catalog.page_of(selection, WHOLE, by=by)
        return {pathway.slug for pathway in page.items}

    assert listed(anna) == {ours.slug, everybodys.slug}
    assert listed(anna, harbour) == {ours.slug}
    assert listed(a_principal()) == listed(OPERATOR) == {everybodys.slug}
    assert listed(OPERATOR, harbour) == {ours.slug}
    with pytest.raises(OrganizationNotFound):
        listed(a_principal(), harbour)
