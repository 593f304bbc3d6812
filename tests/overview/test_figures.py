"""Figures of the dashboard: the same on every store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.domain.access import OPERATOR, OrgRole
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import SignInWay
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from authsvc.overview.entities import Dashboard, Period, Series, Standing, Subject
from courses.domain.entities.courses import Course
from tests.support.builders import NOON, a_definition_of, a_principal, some_terms
from tests.support.learning import Learner, a_published_course
from tests.support.worlds import World

TODAY = NOON.date()
PERIOD = Period(since=TODAY - timedelta(days=6), until=TODAY)


def has_learner(world: World, course: Course, *, passes: bool = False) -> None:
    user = world.has_verified_user()
    learner = Learner(services=world.services, principal=a_principal(user))
    if passes:
        learner.passes(course)
    else:
        learner.enrols(course)


def figures(
    world: World, subject: Subject | None = None, scope: TenantScope = ALL_TENANTS
) -> Dashboard:
    return world.services.overview.dashboard(PERIOD, subject or Subject(), scope=scope)


@pytest.fixture
def course(world: World) -> Course:
    return a_published_course(world.services)


def test_a_new_platform_has_no_figures(world: World) -> None:
    dashboard = figures(world)

    assert (dashboard.active_learners, dashboard.learners) == (0, 0)
    assert {series: dashboard.total(series) for series in Series} == dict.fromkeys(Series, 0)
    assert (dashboard.courses, dashboard.organizations) == ((), ())


def test_enrolments_and_completions_count_on_their_days(world: World, course: Course) -> None:
    has_learner(world, course)
    has_learner(world, course, passes=True)

    dashboard = figures(world)

    assert dashboard.days[Series.ENROLMENTS] == {TODAY: 2}
    assert dashboard.days[Series.COMPLETIONS] == {TODAY: 1}
    assert dashboard.parts(Series.ENROLMENTS) == [0, 0, 0, 0, 0, 0, 2]
    assert (dashboard.active_learners, dashboard.learners) == (2, 2)
    assert dashboard.courses == (
        Standing(id=course.id, name=course.title, enrolled=2, completed=1),
    )
    assert dashboard.courses[0].percent == 50
    numbers = world.services.overview.learners_by_course([course.id, uuid4()], scope=ALL_TENANTS)
    assert numbers == {course.id: 2}


def test_the_period_before_is_compared(world: World, course: Course) -> None:
    world.clock.go_on(days=-8)
    has_learner(world, course)
    world.clock.go_on(days=8)
    has_learner(world, course)

    dashboard = figures(world)

    assert dashboard.total(Series.ENROLMENTS) == 1
    assert dashboard.total_before(Series.ENROLMENTS) == 1
    assert (dashboard.active_learners, dashboard.learners) == (1, 2)


def test_figures_are_about_one_course(world: World, course: Course) -> None:
    other = a_published_course(world.services)
    has_learner(world, course)
    has_learner(world, other)

    dashboard = figures(world, Subject(course_id=other.id))

    assert dashboard.total(Series.ENROLMENTS) == 1
    assert [standing.id for standing in dashboard.courses] == [other.id]


def test_organizations_count_within_their_scope_alone(world: World) -> None:
    olga = world.has_verified_user()
    organization = world.services.organizations.create(
        name="Harbour", slug="harbour", owner_id=olga.id, by=OPERATOR
    )
    draft = world.services.authoring.create(
        a_definition_of(required=1), org_id=organization.id, by=OPERATOR
    )
    course = world.services.authoring.publish(draft.slug, by=OPERATOR)
    principal = replace(a_principal(olga), memberships={organization.id: OrgRole.OWNER})
    Learner(services=world.services, principal=principal).enrols(course)

    everything, platform = figures(world), figures(world, scope=TenantScope())

    assert everything.organizations == (
        Standing(id=organization.id, name="Harbour", enrolled=1, completed=0),
    )
    assert (platform.organizations, platform.courses, platform.learners) == ((), (), 0)
    assert figures(world, Subject(org_id=organization.id)).total(Series.ENROLMENTS) == 1


def test_sign_ins_and_each_failed_attempt_count(world: World, course: Course) -> None:
    anna, bo = world.has_verified_user(), world.has_verified_user()
    Learner(services=world.services, principal=a_principal(anna)).enrols(course)
    records = world.services.sign_in_records
    about: dict[str, Any] = {"way": SignInWay.API, "client_ip": None}
    for user in (anna, bo):
        records.record(user.id, **about)
        for _ in range(2):
            records.record_failure(SignInFailure.WRONG_PASSWORD, user_id=user.id, **about)
    records.record_failure(SignInFailure.UNKNOWN_ACCOUNT, email="cy@school.example", **about)

    everybody, learners = figures(world), figures(world, Subject(course_id=course.id))

    assert everybody.days[Series.SIGN_INS] == {TODAY: 2}
    assert everybody.days[Series.FAILED_SIGN_INS] == {TODAY: 5}
    assert learners.days[Series.SIGN_INS] == {TODAY: 1}
    assert learners.days[Series.FAILED_SIGN_INS] == {TODAY: 2}


def test_issued_and_revoked_credentials_count(world: World, course: Course) -> None:
    anna = world.has_verified_user()
    world.services.credentials.define(some_terms(course_id=course.id), by=OPERATOR)
    Learner(services=world.services, principal=a_principal(anna)).passes(course)
    page = world.services.issuing.page_for(a_principal(anna), PageRequest())
    world.services.issuing.revoke(page.items[0].issued.id, reason="A mistake.", by=OPERATOR)

    dashboard = figures(world)

    assert dashboard.days[Series.ISSUED] == {TODAY: 1}
    assert dashboard.days[Series.REVOKED] == {TODAY: 1}
