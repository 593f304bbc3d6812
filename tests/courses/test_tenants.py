"""Courses of organizations: authoring, visibility and audit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrganizationId, OrgRole, Principal, Right
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from courses.domain.errors import CourseNotFound, InvalidDefinition, SlugFixed
from tests.courses.tenants import KNOTS, of_another
from tests.support.builders import a_definition, a_principal
from tests.support.organizations import a_member, acts_in, an_access, closed
from tests.support.worlds import World

WHOLE: Final = PageRequest(limit=100)
CHANGED: Final = replace(KNOTS, title="Changed")
Act = Callable[[Services, Course, Principal], Any]
CHANGES: Final[dict[str, Act]] = {
    "revise": lambda services, course, by: services.authoring.revise(course.slug, CHANGED, by=by),
    "publish": lambda services, course, by: services.authoring.publish(course.slug, by=by),
    "retire": lambda services, course, by: services.authoring.retire(course.slug, by=by),
}
LOOKS_OF_AUTHORS: Final[dict[str, Act]] = {
    "export": lambda services, course, by: services.authoring.export(course.slug, by=by),
    "versions": lambda services, course, by: services.authoring.versions_of(
        course.slug, WHOLE, by=by
    ),
}
LOOKS: Final[dict[str, Act]] = {
    "entry": lambda services, course, by: services.catalog.entry(course.slug, by=by),
    "entry by id": lambda services, course, by: services.catalog.entry(str(course.id), by=by),
    "item": lambda services, course, by: services.catalog.item(
        course.slug, KNOTS.draft_of(course.id).outline.modules[0].items[0].id, by=by
    ),
}
change = pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
look = pytest.mark.parametrize(
    "act", [*LOOKS_OF_AUTHORS.values(), *LOOKS.values()], ids=[*LOOKS_OF_AUTHORS, *LOOKS]
)
any_act = pytest.mark.parametrize(
    "act",
    [*CHANGES.values(), *LOOKS_OF_AUTHORS.values(), *LOOKS.values()],
    ids=[*CHANGES, *LOOKS_OF_AUTHORS, *LOOKS],
)


def test_the_address_of_a_course_begins_with_its_organization(
    course: Course, harbour: Organization
) -> None:
    assert (course.slug, course.org_id) == ("harbour--knots", harbour.id)
    assert course.local_slug == "knots"


def test_organizations_take_no_slug_from_one_another(memory: World, course: Course) -> None:
    of_the_platform = memory.services.authoring.create(KNOTS, by=OPERATOR)
    other = memory.has_organization(slug="shipyard")
    theirs = memory.services.authoring.create(
        KNOTS, org_id=other.id, by=a_member(other.id, OrgRole.OWNER)
    )

    assert of_the_platform.slug == of_the_platform.local_slug == "knots"
    assert theirs.slug == "shipyard--knots"


def test_a_slug_that_leaves_no_room_is_refused(
    memory: World, harbour: Organization, bo: Principal
) -> None:
    longest = "k" * (80 - len("harbour--"))
    memory.services.authoring.create(a_definition(slug=longest), org_id=harbour.id, by=bo)

    with pytest.raises(InvalidDefinition) as error:
        memory.services.authoring.create(a_definition(slug=f"{longest}k"), org_id=harbour.id, by=bo)

    (field_error,) = error.value.field_errors
    assert field_error.path == "slug"
    assert "71" in field_error.detail


def test_a_definition_is_taken_from_one_organization_to_another(
    memory: World, course: Course, bo: Principal
) -> None:
    taken = memory.services.authoring.export(course.slug, version=1, by=bo)
    other = memory.has_organization(slug="shipyard")

    draft = memory.services.authoring.import_definition(
        taken, org_id=other.id, by=a_member(other.id, OrgRole.ADMIN)
    )

    assert taken == KNOTS
    assert draft.slug == "shipyard--knots"


def test_a_definition_that_is_imported_again_is_the_draft_of_the_same_course(
    memory: World, harbour: Organization, bo: Principal, course: Course
) -> None:
    again = memory.services.authoring.import_definition(CHANGED, org_id=harbour.id, by=bo)

    assert again.id == course.id
    assert memory.services.authoring.export(course.slug, by=bo) == CHANGED


def test_a_course_keeps_the_slug_of_its_definition(
    memory: World, course: Course, bo: Principal
) -> None:
    with pytest.raises(SlugFixed) as error:
        memory.services.authoring.revise(course.slug, replace(KNOTS, slug="harbour--knots"), by=bo)

    assert error.value.facts == {"slug": "knots"}


@any_act
def test_a_course_is_not_there_for_whoever_is_in_another_organization(
    memory: World, course: Course, act: Act
) -> None:
    for role in OrgRole:
        with pytest.raises(CourseNotFound):
            act(memory.services, course, of_another(memory, role))


@any_act
def test_a_course_is_not_there_for_the_instructors_of_the_platform(
    memory: World, course: Course, act: Act
) -> None:
    with pytest.raises(CourseNotFound):
        act(memory.services, course, a_principal(None, Right.AUTHOR_COURSES, Right.SEE_PROGRESS))


@pytest.mark.parametrize(
    "act",
    [*CHANGES.values(), *LOOKS_OF_AUTHORS.values()],
    ids=[*CHANGES, *LOOKS_OF_AUTHORS],
)
def test_learners_there_see_that_it_is_not_theirs_to_write(
    memory: World, course: Course, act: Act
) -> None:
    assert course.org_id is not None
    anna = a_member(course.org_id)

    with pytest.raises(NotPermitted):
        act(memory.services, course, anna)

    assert memory.services.catalog.entry(course.slug, by=anna).course == course


@any_act
def test_learners_there_learn_nothing_of_a_draft(
    memory: World, harbour: Organization, bo: Principal, act: Act
) -> None:
    draft = memory.services.authoring.create(KNOTS, org_id=harbour.id, by=bo)

    with pytest.raises(CourseNotFound):
        act(memory.services, draft, a_member(harbour.id))


def test_who_teaches_in_one_organization_does_not_teach_on_the_platform(
    memory: World, bo: Principal
) -> None:
    of_the_platform = memory.services.authoring.create(KNOTS, by=OPERATOR)
    memory.services.authoring.publish(of_the_platform.slug, by=OPERATOR)

    with pytest.raises(NotPermitted):
        memory.services.authoring.create(a_definition(), by=bo)
    with pytest.raises(NotPermitted):
        memory.services.authoring.retire("knots", by=bo)


@pytest.mark.parametrize("by", [a_principal(), a_principal(None, Right.AUTHOR_COURSES)])
def test_nobody_starts_a_course_in_an_organization_that_they_cannot_see(
    memory: World, harbour: Organization, by: Principal
) -> None:
    for org_id in (harbour.id, OrganizationId(uuid4())):
        with pytest.raises(OrganizationNotFound):
            memory.services.authoring.create(KNOTS, org_id=org_id, by=by)
        with pytest.raises(OrganizationNotFound):
            memory.services.authoring.import_definition(KNOTS, org_id=org_id, by=by)


def test_learners_there_start_no_course(memory: World, harbour: Organization) -> None:
    with pytest.raises(NotPermitted):
        memory.services.authoring.create(KNOTS, org_id=harbour.id, by=a_member(harbour.id))


@change
def test_nothing_is_changed_in_an_organization_that_is_closed(
    memory: World, harbour: Organization, course: Course, act: Act
) -> None:
    closed(memory.services, harbour)

    with pytest.raises(OrganizationSuspended):
        act(memory.services, course, OPERATOR)
    with pytest.raises(OrganizationSuspended):
        memory.services.authoring.create(a_definition(), org_id=harbour.id, by=OPERATOR)


@look
def test_a_manager_of_all_organizations_accesses_a_closed_one_and_is_recorded(
    memory: World, harbour: Organization, course: Course, act: Act
) -> None:
    closed(memory.services, harbour)

    act(memory.services, course, OPERATOR)

    assert acts_in(memory.services, harbour.id)[-1] == an_access(
        harbour, SubjectType.COURSE, str(course.id)
    )


@look
def test_access_by_a_member_is_not_recorded(
    memory: World, harbour: Organization, course: Course, bo: Principal, act: Act
) -> None:
    before = acts_in(memory.services, harbour.id)

    act(memory.services, course, bo)

    assert acts_in(memory.services, harbour.id) == before


def test_what_authors_do_is_recorded(
    memory: World, harbour: Organization, course: Course, bo: Principal
) -> None:
    memory.services.authoring.revise(course.slug, CHANGED, by=bo)
    memory.services.authoring.retire(course.slug, reason="Out of date.", by=bo)

    created, published, revised, retired = acts_in(memory.services, harbour.id)
    assert {
        (act.subject_type, act.subject_id) for act in (created, published, revised, retired)
    } == {(SubjectType.COURSE, str(course.id))}
    assert created.action is AuditAction.COURSE_CREATED
    assert created.after == {"slug": "harbour--knots", "title": "Knots"}
    assert published.action is AuditAction.COURSE_PUBLISHED
    assert published.before == {"status": "draft", "version": 0}
    assert published.after.keys() == {"status", "version", "bound"}
    assert (published.after["status"], published.after["version"]) == ("published", 1)
    assert revised.action is AuditAction.COURSE_REVISED
    assert revised.after["title"] == "Changed"
    assert retired.action is AuditAction.COURSE_RETIRED
    assert (retired.after, retired.reason) == ({"status": "retired"}, "Out of date.")


def test_what_is_done_to_a_course_of_the_platform_is_recorded_there(memory: World) -> None:
    course = memory.services.authoring.create(KNOTS, by=OPERATOR)

    (act,) = acts_in(memory.services, None)

    assert (act.action, act.subject_id) == (AuditAction.COURSE_CREATED, str(course.id))


def test_an_act_that_fails_is_not_recorded(memory: World, course: Course, bo: Principal) -> None:
    before = acts_in(memory.services, course.org_id)

    with pytest.raises(SlugFixed):
        memory.services.authoring.revise(course.slug, a_definition(), by=bo)

    assert acts_in(memory.services, course.org_id) == before
