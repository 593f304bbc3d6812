"""Contract of the progress repository: several courses of one learner."""

from authsvc.kernel.tenancy import ALL_TENANTS, TenantScope
from courses.domain.entities.courses import Course
from progress.domain.entities.progress import CourseProgress
from tests.support.builders import a_progress, a_user
from tests.support.worlds import World


def on_each(world: World, *courses: Course) -> list[CourseProgress]:
    """Anna's progress on each course."""
    anna = world.has_user()
    stored = [a_progress(course, anna) for course in courses]
    for progress in stored:
        world.repositories.progress.add(progress, scope=ALL_TENANTS)
    return stored


def test_progress_is_found_on_the_courses_that_the_learner_has_been_on(world: World) -> None:
    first, second, other = (world.has_course() for _ in range(3))
    stored = on_each(world, first, second)
    on_each(world, first)
    (anna, ids) = stored[0].user_id, {first.id, other.id}

    result = world.repositories.progress.on_courses(anna, ids, scope=ALL_TENANTS)
    with world.unit_of_work.atomic():
        locked = world.repositories.progress.on_courses_for_update(anna, ids, scope=ALL_TENANTS)

    assert result == locked == [stored[0]]


def test_nothing_is_found_on_no_courses(world: World) -> None:
    assert world.repositories.progress.on_courses(a_user().id, [], scope=ALL_TENANTS) == []


def test_all_progress_of_a_learner_is_listed_by_time_of_enrolment(world: World) -> None:
    course, other = world.has_course(), world.has_course(org_id=world.has_organization().id)
    stored = on_each(world, course, other)
    on_each(world, course)
    anna, progress = stored[0].user_id, world.repositories.progress

    result = progress.all_of(anna, scope=ALL_TENANTS)

    assert result == sorted(stored, key=lambda progress: progress.sort_key)
    assert progress.all_of(anna, scope=TenantScope()) == [stored[0]]


def test_progress_in_organizations_is_found_in_their_scope_alone(world: World) -> None:
    course = world.has_course(org_id=world.has_organization().id)
    (stored,) = on_each(world, course)
    ids, anna, progress = {course.id}, stored.user_id, world.repositories.progress

    inside = progress.on_courses(anna, ids, scope=TenantScope.into(course.org_id))
    outside = progress.on_courses(anna, ids, scope=TenantScope())
    with world.unit_of_work.atomic():
        locked = progress.on_courses_for_update(anna, ids, scope=TenantScope())

    assert inside == [stored]
    assert outside == locked == []
