"""The demo school: what is in it, that its logs verify, and that it is left alone later."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from pytest_django import Settings

from accounts.domain.access import OPERATOR, OrganizationStatus
from authsvc.composition.container import Services
from authsvc.demo import samples
from authsvc.demo import school as school_module
from authsvc.demo.schedule import DAYS, NAMES, Way, plans
from authsvc.demo.school import COURSE, load_school
from authsvc.kernel.paging import PageRequest
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.overview.entities import Subject, UsagePart
from courses.definitions.courses import read_definition
from progress.domain.entities.attempts import AttemptStatus
from progress.domain.entities.grids import GridSelection
from tests.support.application import Application
from tests.support.commands import output_of
from tests.support.worlds import World, memory_world

NOW: Final = datetime(2026, 11, 29, 15, tzinfo=UTC)
ALL: Final = PageRequest(limit=100)


@pytest.fixture(scope="module")
def school() -> World:
    """The school, for tests that change nothing in it."""
    world = memory_world()
    world.clock.at = NOW
    load_school(world.services, samples.developer_logins(samples.new_passwords()))
    return world


def status_of_organizations(services: Services) -> dict[str, OrganizationStatus]:
    page = services.organizations.page_of(ALL, by=OPERATOR)
    return {own.organization.name: own.organization.status for own in page.items}


def counts_of(services: Services) -> tuple[int, ...]:
    users = services.users.page_of(ALL, by=OPERATOR).items
    course = services.catalog.visible_to(OPERATOR, "harbour-academy--fire-safety")
    learners = services.progress.learners_of(str(course.id), ALL, by=OPERATOR).items
    queue = services.grading.queue_of(str(course.id), ALL, by=OPERATOR).items
    return len(users), len(learners), len(queue)


def test_the_school_has_thirty_learners_and_work_for_its_teacher(school: World) -> None:
    users, learners, queue = counts_of(school.services)

    assert users == len(NAMES) + 4
    assert learners == len(NAMES) == 30
    assert queue == 5


def test_one_of_its_organizations_is_suspended(school: World) -> None:
    assert status_of_organizations(school.services) == {
        "Harbour Academy": OrganizationStatus.ACTIVE,
        "Lakeside Training": OrganizationStatus.SUSPENDED,
    }


def test_its_learners_enrolled_and_completed_over_three_months(school: World) -> None:
    overview = school.services.overview
    period = overview.period(None, None)

    dashboard = overview.dashboard(period, Subject(), scope=ALL_TENANTS)

    enrolled = [day for days in dashboard.days.values() for day in days]
    assert max(enrolled) - min(enrolled) > timedelta(days=80)
    assert max(enrolled) <= NOW.date()
    assert {standing.name for standing in dashboard.courses} >= {
        "Fire safety on board",
        "Claude check",
    }


def test_its_learners_talk_with_two_models_and_staff_have_flags_to_decide(school: World) -> None:
    overview = school.services.overview
    period = overview.period(NOW.date() - timedelta(days=DAYS), NOW.date())

    usage = overview.ai_usage(period, Subject(), scope=ALL_TENANTS)
    results = school.services.ai_prompts.results(by=OPERATOR)

    assert {row.name for row in usage.sums[UsagePart.MODELS]} == {"example-small", "example-large"}
    assert sum(usage.answers.values()) == 28
    assert max(usage.answers) - min(usage.answers) > timedelta(days=70)
    assert min(usage.cost_micro_usd.values()) > 0
    assert overview.counts(scope=ALL_TENANTS).open_flags == 2
    assert sum(result.flags for result in results) == 3
    assert {result.prompt_version for result in results} >= {"1", "2"}


def test_its_logs_and_chains_verify(school: World) -> None:
    report = school.services.verifier.verify(by=OPERATOR)

    assert report.is_clean
    assert school.services.log_verifier.compare(by=OPERATOR).is_clean


def test_nothing_in_it_is_in_the_future(school: World) -> None:
    users = school.services.users.page_of(ALL, by=OPERATOR).items

    assert max(user.created_at for user in users) < NOW
    assert min(user.created_at for user in users) > NOW - timedelta(days=DAYS + 1)


def test_it_is_the_same_each_time() -> None:
    assert list(plans(NOW)) == list(plans(NOW))
    assert len({plan.email for plan in plans(NOW)}) == len(NAMES)


def test_a_store_with_users_is_left_as_it_is(memory: World) -> None:
    memory.has_user(name="Anna")

    load_school(memory.services, ())

    assert len(memory.services.users.page_of(ALL, by=OPERATOR).items) == 1
    assert status_of_organizations(memory.services) == {}


def test_its_course_is_a_valid_definition() -> None:
    assert read_definition(COURSE.read_text(encoding="utf-8")).slug == "fire-safety"


FIRST_OF_EACH_WAY: Final = {plan.way: plan for plan in reversed([*plans(NOW)])}.values()


@pytest.mark.any_database
@pytest.mark.parametrize(
    "learners",
    [
        {plan.number for plan in FIRST_OF_EACH_WAY},
        pytest.param(set(range(len(NAMES))), marks=pytest.mark.nightly),
    ],
    ids=len,
)
def test_a_new_development_database_has_the_school_unless_it_is_switched_off(
    application: Application,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    learners: set[int],
) -> None:
    these = [plan for plan in plans(datetime.now(UTC)) if plan.number in learners]
    monkeypatch.setattr(school_module, "plans", lambda _: these)
    waiting = sum(plan.way is Way.WAITING for plan in these)
    environment = replace(settings.ENVIRONMENT, data_dir=tmp_path / "var", has_demo=True)
    settings.ENVIRONMENT = environment

    output_of("prepare_development")
    before = counts_of(application.services)
    output_of("prepare_development")

    assert before == (len(learners) + 4, len(learners), waiting)
    assert counts_of(application.services) == before
    login = samples.developer_logins(samples.new_passwords())[0]
    staff = application.user_with(login.email)
    assert staff.created_at < application.services.ports.clock.now() - timedelta(days=80)


def test_reports_wait_for_days_and_not_for_months(school: World) -> None:
    course = school.services.catalog.visible_to(OPERATOR, "harbour-academy--fire-safety")

    queue = school.services.grading.queue_of(str(course.id), ALL, by=OPERATOR).items

    assert Counter(attempt.status for attempt in queue) == {AttemptStatus.SUBMITTED: 5}
    waiting = [NOW - attempt.submitted_at for attempt in queue if attempt.submitted_at]
    assert timedelta(hours=1) < min(waiting)
    assert max(waiting) < timedelta(days=14)


def test_one_report_is_late_and_others_are_overdue(school: World) -> None:
    grid = school.services.learner_grids.of_course(
        "harbour-academy--fire-safety", GridSelection(), by=OPERATOR
    )

    assert (grid.counts.late, grid.counts.overdue) == (1, 11)
