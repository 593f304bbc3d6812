"""Course catalog with organizations: which courses each caller sees."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from accounts.domain.access import OPERATOR, NotPermitted, Principal, Right
from accounts.domain.audit.entities import AuditAction, SubjectType
from accounts.domain.organizations.entities import Organization
from accounts.domain.organizations.errors import OrganizationNotFound
from authsvc.kernel.paging import PageRequest
from courses.domain.entities.courses import Course, CourseSelection, CourseStatus
from tests.courses.tenants import KNOTS, of_another
from tests.support.builders import NOON
from tests.support.organizations import a_member, acts_in
from tests.support.worlds import World

WHOLE: Final = PageRequest(limit=100)


def listed(memory: World, by: Principal, **filters: Any) -> list[Course]:
    selection = CourseSelection(**{"status": CourseStatus.PUBLISHED} | filters)
    return list(memory.services.catalog.page_of(selection, WHOLE, by=by).items)


def test_the_catalogue_holds_what_the_asker_can_learn(memory: World, course: Course) -> None:
    assert course.org_id is not None
    of_the_platform = memory.has_course(created_at=NOON - timedelta(seconds=1))

    assert listed(memory, a_member(course.org_id)) == [of_the_platform, course]
    assert listed(memory, of_another(memory)) == [of_the_platform]
    assert listed(memory, OPERATOR) == [of_the_platform]


def test_the_catalogue_of_one_organization_holds_its_own(memory: World, course: Course) -> None:
    memory.has_course()
    assert course.org_id is not None

    assert listed(memory, a_member(course.org_id), org_id=course.org_id) == [course]


def test_the_catalogue_of_another_organization_is_not_there(memory: World, course: Course) -> None:
    with pytest.raises(OrganizationNotFound):
        listed(memory, of_another(memory), org_id=course.org_id)


def test_the_catalog_of_an_organization_is_listed_for_its_managers_on_the_platform_and_the_access_is_recorded(
    memory: World, course: Course
) -> None:
    assert listed(memory, OPERATOR, org_id=course.org_id) == [course]

    last = acts_in(memory.services, course.org_id)[-1]
    assert last.action is AuditAction.LOOKED_INTO
    assert (last.subject_type, last.subject_id) == (SubjectType.ORGANIZATION, str(course.org_id))


def test_drafts_are_listed_for_those_who_author_there(
    memory: World, harbour: Organization, bo: Principal
) -> None:
    draft = memory.services.authoring.create(KNOTS, org_id=harbour.id, by=bo)
    of_the_platform = memory.services.authoring.create(KNOTS, by=OPERATOR)
    drafts = {"status": CourseStatus.DRAFT}

    assert listed(memory, bo, org_id=harbour.id, **drafts) == [draft]
    both = replace(bo, rights=frozenset({Right.AUTHOR_COURSES}))
    assert listed(memory, both, **drafts) == [of_the_platform]
    with pytest.raises(NotPermitted):
        listed(memory, bo, **drafts)
    with pytest.raises(NotPermitted):
        listed(memory, a_member(harbour.id), org_id=harbour.id, **drafts)
