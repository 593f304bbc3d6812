"""Learning in organizations: enrolment, visibility of progress, and audit entries."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, OrganizationId, OrgRole, Principal, Right
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.composition.container import Services
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course
from courses.domain.errors import CourseNotFound
from tests.support.builders import a_definition_of, a_principal
from tests.support.learning import Learner, items_of
from tests.support.organizations import a_member, acts_in, closed
from tests.support.worlds import World

WHOLE: Final = PageRequest(limit=100)
Act = Callable[[Learner, Course], Any]
LEARNING: Final[dict[str, Act]] = {
    "enrol": lambda learner, course: learner.enrols(course),
    "withdraw": lambda learner, course: learner.withdraws(course),
    "start": lambda learner, course: learner.starts(course, first_item(learner.services, course)),
    "complete": lambda learner, course: learner.completes(
        course, first_item(learner.services, course)
    ),
    "look": lambda learner, course: learner.progress_on(course),
    "read the log": lambda learner, course: learner.log_of(course),
}
every_act = pytest.mark.parametrize("act", LEARNING.values(), ids=LEARNING)


def first_item(services: Services, course: Course) -> Any:
    return items_of(services, course)[0]


@pytest.fixture
def harbour(memory: World) -> Organization:
    return memory.has_organization(slug="harbour")


@pytest.fixture
def course(memory: World, harbour: Organization) -> Course:
    """A published course of the organization, with one item."""
    services, bo = memory.services, a_member(harbour.id, OrgRole.INSTRUCTOR)
    draft = services.authoring.create(a_definition_of(required=1), org_id=harbour.id, by=bo)
    return services.authoring.publish(draft.slug, by=bo)


def learner(memory: World, principal: Principal) -> Learner:
    return Learner(services=memory.services, principal=principal)


def anna_in(memory: World, harbour: Organization) -> Learner:
    return learner(memory, a_member(harbour.id, user=memory.has_user()))


def no_longer_in(memory: World, anna: Learner) -> Learner:
    return learner(memory, replace(anna.principal, memberships={}))


def a_platform_admin() -> Principal:
    return a_principal(None, *Right)


def learners_of(memory: World, course: Course, by: Principal) -> list[Any]:
    return list(memory.services.progress.learners_of(course.slug, WHOLE, by=by).items)


def all_in(memory: World, org_id: OrganizationId, by: Principal) -> list[Any]:
    return list(memory.services.progress.page_in(org_id, WHOLE, by=by).items)


def test_the_events_of_a_member_belong_to_the_organization(
    memory: World, harbour: Organization, course: Course
) -> None:
    anna = anna_in(memory, harbour)

    progress = anna.passes(course)

    assert progress.org_id == harbour.id
    assert {event.org_id for event in anna.log_of(course)} == {harbour.id}


@every_act
def test_nobody_else_learns_there(memory: World, course: Course, act: Act) -> None:
    other = memory.has_organization()

    for principal in (a_principal(), a_member(other.id, OrgRole.OWNER), a_platform_admin()):
        with pytest.raises(CourseNotFound):
            act(learner(memory, principal), course)


@every_act
def test_a_former_member_finds_none_of_their_progress(
    memory: World, harbour: Organization, course: Course, act: Act
) -> None:
    anna = anna_in(memory, harbour)
    anna.enrols(course)

    with pytest.raises(CourseNotFound):
        act(no_longer_in(memory, anna), course)


def test_a_list_of_ones_own_courses_holds_those_in_view(
    memory: World, harbour: Organization, course: Course
) -> None:
    anna = anna_in(memory, harbour)
    progress = anna.enrols(course)
    page_for = memory.services.progress.page_for

    assert page_for(anna.principal, WHOLE).items == (progress,)
    assert page_for(no_longer_in(memory, anna).principal, WHOLE).items == ()


@pytest.mark.parametrize("role", [OrgRole.INSTRUCTOR, OrgRole.ADMIN, OrgRole.OWNER])
def test_those_who_teach_there_see_who_is_on_a_course(
    memory: World, harbour: Organization, course: Course, role: OrgRole
) -> None:
    progress = anna_in(memory, harbour).enrols(course)

    assert learners_of(memory, course, a_member(harbour.id, role)) == [progress]


def test_learners_there_see_nobody_else(
    memory: World, harbour: Organization, course: Course
) -> None:
    with pytest.raises(NotPermitted):
        learners_of(memory, course, a_member(harbour.id))


def test_who_is_on_a_course_of_the_platform_is_for_those_who_teach_on_it(memory: World) -> None:
    draft = memory.services.authoring.create(a_definition_of(required=1), by=OPERATOR)
    course = memory.services.authoring.publish(draft.slug, by=OPERATOR)
    progress = learner(memory, a_principal(memory.has_user())).enrols(course)

    assert learners_of(memory, course, a_principal(None, Right.SEE_PROGRESS)) == [progress]
    with pytest.raises(NotPermitted):
        learners_of(memory, course, a_member(memory.has_organization().id, OrgRole.OWNER))


def test_nobody_of_another_organization_sees_who_is_on_a_course(
    memory: World, course: Course
) -> None:
    other = a_member(memory.has_organization().id, OrgRole.OWNER)

    for by in (other, a_principal(None, Right.SEE_PROGRESS)):
        with pytest.raises(CourseNotFound):
            learners_of(memory, course, by)


@pytest.mark.parametrize("role", [OrgRole.ADMIN, OrgRole.OWNER])
def test_those_who_manage_members_see_everybody_on_every_course(
    memory: World, harbour: Organization, course: Course, role: OrgRole
) -> None:
    progress = anna_in(memory, harbour).enrols(course)

    assert all_in(memory, harbour.id, a_member(harbour.id, role)) == [progress]


@pytest.mark.parametrize("role", [OrgRole.LEARNER, OrgRole.INSTRUCTOR])
def test_others_there_do_not(memory: World, harbour: Organization, role: OrgRole) -> None:
    with pytest.raises(NotPermitted):
        all_in(memory, harbour.id, a_member(harbour.id, role))


def test_an_organization_that_is_not_there_has_no_learners(
    memory: World, harbour: Organization
) -> None:
    other = a_member(memory.has_organization().id, OrgRole.OWNER)

    for org_id in (harbour.id, OrganizationId(uuid4())):
        with pytest.raises(OrganizationNotFound):
            all_in(memory, org_id, other)


def test_access_by_a_manager_of_all_organizations_is_audited(
    memory: World, harbour: Organization, course: Course
) -> None:
    progress = anna_in(memory, harbour).enrols(course)
    closed(memory.services, harbour)

    assert learners_of(memory, course, a_platform_admin()) == [progress]
    assert all_in(memory, harbour.id, a_platform_admin()) == [progress]

    looks = acts_in(memory.services, harbour.id)[-2:]
    assert {act.action for act in looks} == {AuditAction.LOOKED_INTO}
    assert [(act.subject_type, act.subject_id) for act in looks] == [
        (SubjectType.LEARNERS, str(course.id)),
        (SubjectType.LEARNERS, str(harbour.id)),
    ]


@pytest.mark.parametrize("act", ["compare", "rebuild"])
def test_only_callers_who_may_see_the_whole_log_verify_it(
    memory: World, harbour: Organization, course: Course, act: str
) -> None:
    anna_in(memory, harbour).passes(course)
    prove = getattr(memory.services.log_verifier, act)

    report = prove(by=a_platform_admin())

    assert (report.streams, report.flaws) == (1, ())
    for by in (a_member(harbour.id, OrgRole.OWNER), a_principal(None, Right.SEE_PROGRESS)):
        with pytest.raises(NotPermitted):
            prove(by=by)
