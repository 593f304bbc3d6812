"""UnitOfWork: one contract for every store."""

import pytest

from authsvc.composition.adapters import DjangoUnitOfWork
from authsvc.kernel.memory import InMemoryDatabase
from authsvc.kernel.tenancy import ALL_TENANTS
from authsvc.kernel.unit_of_work import InsideUnitOfWork, UnitOfWork
from courses.domain.errors import CourseNotFound
from tests.support.blocks import Oops, failed_block
from tests.support.builders import a_course
from tests.support.store import STORE
from tests.support.worlds import World


@pytest.fixture
def unit_of_work(committing: None) -> UnitOfWork:
    """That of this run's store."""
    return InMemoryDatabase() if STORE == "memory" else DjangoUnitOfWork()


def test_a_block_that_ends_well_keeps_every_write(world: World) -> None:
    first, other = a_course(), a_course()

    with world.unit_of_work.atomic():
        world.repositories.courses.add(first, scope=ALL_TENANTS)
        world.repositories.courses.add(other, scope=ALL_TENANTS)

    assert world.repositories.courses.at(first.slug, scope=ALL_TENANTS) == first
    assert world.repositories.courses.at(other.slug, scope=ALL_TENANTS) == other


def test_a_failed_block_writes_nothing(world: World) -> None:
    course = a_course()

    with failed_block(world.unit_of_work):
        world.repositories.courses.add(course, scope=ALL_TENANTS)

    with pytest.raises(CourseNotFound):
        world.repositories.courses.at(course.slug, scope=ALL_TENANTS)


def test_a_failed_inner_block_leaves_the_outer_writes(world: World) -> None:
    outer, inner = a_course(), a_course()

    with world.unit_of_work.atomic():
        world.repositories.courses.add(outer, scope=ALL_TENANTS)
        with failed_block(world.unit_of_work):
            world.repositories.courses.add(inner, scope=ALL_TENANTS)

    assert world.repositories.courses.at(outer.slug, scope=ALL_TENANTS) == outer
    with pytest.raises(CourseNotFound):
        world.repositories.courses.at(inner.slug, scope=ALL_TENANTS)


def test_a_failed_outer_block_takes_the_inner_writes_along(world: World) -> None:
    inner = a_course()

    with failed_block(world.unit_of_work), world.unit_of_work.atomic():
        world.repositories.courses.add(inner, scope=ALL_TENANTS)

    with pytest.raises(CourseNotFound):
        world.repositories.courses.at(inner.slug, scope=ALL_TENANTS)


def test_a_failure_flies_on_as_it_is(unit_of_work: UnitOfWork) -> None:
    failure = Oops()

    with pytest.raises(Oops) as caught, unit_of_work.atomic(), unit_of_work.atomic():
        raise failure

    assert caught.value is failure


def test_callbacks_wait_for_the_outermost_block_and_come_in_their_order(
    unit_of_work: UnitOfWork,
) -> None:
    messages = list[str]()

    with unit_of_work.atomic():
        unit_of_work.on_commit(lambda: messages.append("outer"))
        with unit_of_work.atomic():
            unit_of_work.on_commit(lambda: messages.append("inner"))
        before_the_end = list(messages)

    assert before_the_end == []
    assert messages == ["outer", "inner"]


def test_a_callback_runs_once(unit_of_work: UnitOfWork) -> None:
    messages = list[str]()
    with unit_of_work.atomic():
        unit_of_work.on_commit(lambda: messages.append("first"))

    with unit_of_work.atomic():
        pass

    assert messages == ["first"]


def test_callbacks_of_a_failed_block_are_forgotten(unit_of_work: UnitOfWork) -> None:
    messages = list[str]()

    with failed_block(unit_of_work):
        unit_of_work.on_commit(lambda: messages.append("never"))
    with unit_of_work.atomic():
        pass

    assert messages == []


def test_callbacks_of_a_failed_inner_block_alone_are_forgotten(unit_of_work: UnitOfWork) -> None:
    messages = list[str]()

    with unit_of_work.atomic():
        unit_of_work.on_commit(lambda: messages.append("before"))
        with failed_block(unit_of_work):
            with unit_of_work.atomic():
                unit_of_work.on_commit(lambda: messages.append("innermost"))
            unit_of_work.on_commit(lambda: messages.append("inner"))
        unit_of_work.on_commit(lambda: messages.append("after"))

    assert messages == ["before", "after"]


def test_a_callback_runs_at_once_where_no_block_is_open(unit_of_work: UnitOfWork) -> None:
    messages = list[str]()

    unit_of_work.on_commit(lambda: messages.append("now"))

    assert messages == ["now"]


def test_a_callback_may_open_a_block_of_its_own(unit_of_work: UnitOfWork) -> None:
    messages = list[str]()

    def follow_up() -> None:
        with unit_of_work.atomic():
            unit_of_work.on_commit(lambda: messages.append("follow-up"))
        messages.append("callback")

    with unit_of_work.atomic():
        unit_of_work.on_commit(follow_up)

    assert messages == ["follow-up", "callback"]


def test_a_callback_that_fails_stops_those_behind_it_and_undoes_nothing(
    unit_of_work: UnitOfWork,
) -> None:
    messages = list[str]()

    def fail() -> None:
        raise Oops

    def commit() -> None:
        with unit_of_work.atomic():
            unit_of_work.on_commit(lambda: messages.append("first"))
            unit_of_work.on_commit(fail)
            unit_of_work.on_commit(lambda: messages.append("third"))

    with pytest.raises(Oops):
        commit()
    with unit_of_work.atomic():
        pass

    assert messages == ["first"]


def test_nothing_is_open_outside_of_a_block(unit_of_work: UnitOfWork) -> None:
    unit_of_work.require_outside()

    with unit_of_work.atomic():
        pass

    unit_of_work.require_outside()


def test_a_failed_block_is_not_open_any_more(unit_of_work: UnitOfWork) -> None:
    with failed_block(unit_of_work):
        pass

    unit_of_work.require_outside()


def test_an_open_block_is_noticed(unit_of_work: UnitOfWork) -> None:
    with unit_of_work.atomic(), pytest.raises(InsideUnitOfWork, match="a unit of work is open"):
        unit_of_work.require_outside()


def test_the_outer_block_is_open_when_the_inner_one_has_ended(unit_of_work: UnitOfWork) -> None:
    with unit_of_work.atomic():
        with unit_of_work.atomic():
            pass

        with pytest.raises(InsideUnitOfWork):
            unit_of_work.require_outside()


def test_a_callback_runs_outside_of_the_block(unit_of_work: UnitOfWork) -> None:
    with unit_of_work.atomic():
        unit_of_work.on_commit(unit_of_work.require_outside)
