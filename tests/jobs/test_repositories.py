"""Contract of job repositories, on the store of this run."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from authsvc.jobs.entities import (
    FileRole,
    Job,
    JobFile,
    JobProgress,
    JobStatus,
    Lease,
    Priority,
    Queue,
)
from authsvc.jobs.errors import UnknownJob
from authsvc.jobs.repositories.protocols import Backlog, Failure
from authsvc.kernel.paging import PageRequest
from tests.support.builders import NOON
from tests.support.jobs import a_job
from tests.support.worlds import World

A_MINUTE = timedelta(minutes=1)
LATER = NOON + A_MINUTE
PICTURE = JobFile(name="a.png", media_type="image/png", content=b"\x00\x89PNG")


def add(world: World, *jobs: Job) -> None:
    assert world.repositories.jobs.add(jobs, {}) == len(jobs)


def claim(world: World, queue: Queue = Queue.OUTBOUND, limit: int = 10) -> list[Job]:
    lease = Lease(uuid4())
    with world.unit_of_work.atomic():
        return world.repositories.jobs.claim(queue, lease, at=NOON, until=LATER, limit=limit)


def test_a_stored_job_is_found_with_all_its_parts(world: World) -> None:
    requested = a_job(
        arguments={"mails": ["a", 1]},
        queue=Queue.LONG,
        priority=Priority.LOW,
        unique_key="rebuild",
        owner_id=uuid4(),
        org_id=uuid4(),
        caller="sync",
        period=timedelta(hours=2),
    )
    job = replace(requested, trace={"traceparent": "00-4bf92f35-00f067aa-01"})
    add(world, job)

    assert world.repositories.jobs.find(job.id) == job
    assert world.repositories.jobs.find_by_key("rebuild") == job
    with world.unit_of_work.atomic():
        assert world.repositories.jobs.find_for_update(job.id) == job


def test_a_job_that_was_never_stored_is_not_found(world: World) -> None:
    assert world.repositories.jobs.find(a_job().id) is None
    assert world.repositories.jobs.find_by_key("rebuild") is None
    with world.unit_of_work.atomic():
        assert world.repositories.jobs.find_for_update(a_job().id) is None


def test_a_second_job_with_the_same_key_is_left_out(world: World) -> None:
    first, second, other = a_job(unique_key="a"), a_job(unique_key="a"), a_job(unique_key="b")

    added = world.repositories.jobs.add([first, second, other], {})

    assert added == 2
    assert world.repositories.jobs.find(second.id) is None


def test_a_key_is_free_again_once_its_job_has_ended(world: World) -> None:
    first, second = a_job(unique_key="a"), a_job(unique_key="a")
    add(world, first)
    world.repositories.jobs.save(first.succeeded({}, at=NOON))

    add(world, second)

    assert world.repositories.jobs.find_by_key("a") == second


def test_jobs_are_claimed_by_priority_and_then_by_time(world: World) -> None:
    low = a_job(priority=Priority.LOW, at=NOON - 3 * A_MINUTE)
    late, early = a_job(), a_job(at=NOON - A_MINUTE)
    high = a_job(priority=Priority.HIGH)
    add(world, low, late, early, high)

    assert [job.id for job in claim(world, limit=3)] == [high.id, early.id, late.id]
    assert [job.id for job in claim(world)] == [low.id]


def test_a_claimed_job_is_leased(world: World) -> None:
    job = a_job()
    add(world, job)

    (claimed,) = claim(world)

    assert (claimed.status, claimed.attempts, claimed.due_at) == (JobStatus.RUNNING, 1, LATER)
    assert world.repositories.jobs.find(job.id) == claimed
    assert claim(world) == []


def test_jobs_of_other_queues_later_ones_and_ended_ones_are_not_claimed(world: World) -> None:
    ended = a_job()
    add(world, a_job(queue=Queue.LONG), a_job(delay=A_MINUTE), ended)
    world.repositories.jobs.save(ended.succeeded({}, at=NOON))

    assert claim(world) == []


def test_due_jobs_are_listed_in_the_order_in_which_they_are_claimed(world: World) -> None:
    late, early = a_job(), a_job(at=NOON - A_MINUTE)
    later, long = a_job(delay=A_MINUTE), a_job(queue=Queue.LONG)
    world.repositories.jobs.add([late, early, later, long], {})

    due = world.repositories.jobs.due(Queue.OUTBOUND, at=NOON, limit=10)
    first = world.repositories.jobs.due(Queue.OUTBOUND, at=NOON, limit=1)

    assert ([job.id for job in due], [job.id for job in first]) == (
        [early.id, late.id],
        [early.id],
    )


def test_the_next_due_time_is_that_of_the_queue(world: World) -> None:
    add(world, a_job(delay=2 * A_MINUTE, priority=Priority.HIGH), a_job(delay=A_MINUTE))

    assert world.repositories.jobs.next_due(Queue.OUTBOUND) == LATER
    assert world.repositories.jobs.next_due(Queue.LONG) is None


def test_only_the_holder_of_the_lease_saves(world: World) -> None:
    add(world, a_job())
    (job,) = claim(world)
    assert job.lease is not None
    advanced = job.advanced(JobProgress(done=1, total=2, message="half"), until=LATER)

    is_foreign_saved = world.repositories.jobs.save_if_leased(advanced, Lease(uuid4()))
    assert not is_foreign_saved
    assert world.repositories.jobs.find(job.id) == job

    is_saved = world.repositories.jobs.save_if_leased(advanced, job.lease)
    assert is_saved
    assert world.repositories.jobs.find(job.id) == advanced


def test_only_the_holder_of_the_lease_extends_it(world: World) -> None:
    add(world, a_job())
    (job,) = claim(world)
    assert job.lease is not None

    assert not world.repositories.jobs.extend(job.id, Lease(uuid4()), until=LATER + A_MINUTE)
    assert world.repositories.jobs.find(job.id) == job
    assert world.repositories.jobs.extend(job.id, job.lease, until=LATER + A_MINUTE)
    assert world.repositories.jobs.find(job.id) == replace(job, due_at=LATER + A_MINUTE)


def test_only_the_holder_of_the_lease_removes(world: World) -> None:
    add(world, a_job(unique_key="a"), a_job(at=LATER))
    (job,) = claim(world)
    assert job.lease is not None

    assert not world.repositories.jobs.remove_if_leased(job.id, Lease(uuid4()))
    assert world.repositories.jobs.find(job.id) == job
    assert world.repositories.jobs.remove_if_leased(job.id, job.lease)
    assert not world.repositories.jobs.remove_if_leased(job.id, job.lease)
    assert world.repositories.jobs.find(job.id) is None


def test_saving_with_a_lease_does_not_undo_a_cancellation(world: World) -> None:
    add(world, a_job())
    (job,) = claim(world)
    assert job.lease is not None
    advanced = job.advanced(JobProgress(done=1), until=LATER)
    assert world.repositories.jobs.save_if_leased(advanced, job.lease, unless_cancelled=True)
    world.repositories.jobs.save(job.cancelled(at=NOON))

    assert not world.repositories.jobs.save_if_leased(advanced, job.lease, unless_cancelled=True)
    assert world.repositories.jobs.save_if_leased(job, job.lease)

    assert world.repositories.jobs.find(job.id) == job.cancelled(at=NOON)


def test_pages_have_the_jobs_of_an_owner_or_an_organization_newest_first(world: World) -> None:
    anna, knots = uuid4(), uuid4()
    first = a_job(owner_id=anna)
    second = a_job(owner_id=uuid4(), org_id=knots, at=LATER)
    third = a_job(owner_id=anna, org_id=knots, at=LATER + A_MINUTE)
    add(world, first, second, third, a_job(), a_job(owner_id=uuid4()))

    def ids(**of: object) -> list[object]:
        given = {"owner_id": None, "org_id": None} | of
        page = world.repositories.jobs.page_of(PageRequest(), **given)  # type: ignore[arg-type]  # either of both
        return [job.id for job in page.items]

    assert ids(owner_id=anna) == [third.id, first.id]
    assert ids(org_id=knots) == [third.id, second.id]
    assert ids() == []


def test_a_list_shows_the_jobs_in_one_status(world: World) -> None:
    anna = uuid4()
    ended, waiting = a_job(owner_id=anna), a_job(owner_id=anna)
    add(world, ended, waiting, a_job(owner_id=uuid4()))
    world.repositories.jobs.save(ended.succeeded({}, at=NOON))

    page = world.repositories.jobs.page_of(
        PageRequest(), owner_id=anna, org_id=None, status=JobStatus.SUCCEEDED
    )

    assert [job.id for job in page.items] == [ended.id]


def test_the_jobs_of_a_caller_are_counted_until_they_end(world: World) -> None:
    ended, waiting, running = a_job(caller="anna"), a_job(caller="anna"), a_job(caller="anna")
    add(world, ended, waiting, running, a_job(caller="bo"), a_job())
    world.repositories.jobs.save(ended.succeeded({}, at=NOON))
    world.repositories.jobs.save(running.leased(Lease(uuid4()), at=NOON, until=LATER))

    with world.unit_of_work.atomic():
        assert world.repositories.jobs.count_unfinished("anna") == 2
        assert world.repositories.jobs.count_unfinished("olga") == 0


def test_pages_continue_where_the_last_one_ended(world: World) -> None:
    anna = uuid4()
    jobs = [a_job(owner_id=anna, at=NOON + number * A_MINUTE) for number in range(3)]
    add(world, *jobs)

    request = PageRequest(limit=2)
    first = world.repositories.jobs.page_of(request, owner_id=anna, org_id=None)
    rest = PageRequest(limit=2, cursor=first.next_cursor)
    second = world.repositories.jobs.page_of(rest, owner_id=anna, org_id=None)

    assert [job.id for job in (*first.items, *second.items)] == [job.id for job in reversed(jobs)]


def test_failures_are_counted_by_kind_and_error(world: World) -> None:
    def failed(kind: str, error: str, **changes: object) -> Job:
        return replace(a_job(kind=kind), error=error, started_at=NOON, **changes)  # type: ignore[arg-type]  # any of them

    given_up = failed("mail", "timeout").ended(JobStatus.FAILED, at=NOON)
    waiting = replace(failed("mail", "timeout"), started_at=LATER)
    cancelled = failed("mail", "timeout").stopped(at=NOON)
    add(world, given_up, waiting, cancelled, failed("verify", "OSError"), a_job())
    for job in (given_up, waiting, cancelled):
        world.repositories.jobs.save(job)

    assert world.repositories.jobs.failures(limit=9) == [
        Failure(kind="mail", error="timeout", jobs=2, given_up=1, latest_at=LATER),
        Failure(kind="verify", error="OSError", jobs=1, given_up=0, latest_at=NOON),
    ]
    assert len(world.repositories.jobs.failures(limit=1)) == 1


def test_files_come_with_a_job_and_leave_with_it(world: World) -> None:
    job = a_job()
    result = JobFile(name="b.csv", media_type="text/csv", content=b"a,b")
    world.repositories.jobs.add([job], {job.id: PICTURE})
    world.repositories.jobs.attach(job.id, PICTURE)
    world.repositories.jobs.attach(job.id, result)

    assert file_of(world, job, FileRole.INPUT) == PICTURE
    assert file_of(world, job, FileRole.RESULT) == result
    world.repositories.jobs.save(job.succeeded({}, at=NOON))
    world.repositories.jobs.remove_ended(before=LATER)
    assert world.repositories.jobs.file_of(job.id, FileRole.INPUT) is None


def test_a_file_has_its_pieces_in_their_order_until_it_is_replaced(world: World) -> None:
    job, shorter = a_job(), [b"b"]
    add(world, job)
    for contents in ([b"a" * 3, b"", b"c"], shorter):
        for number, content in enumerate(contents):
            piece = replace(PICTURE, content=content)
            world.repositories.jobs.attach(job.id, piece, number=number)
        file = world.repositories.jobs.file_of(job.id, FileRole.RESULT)
        assert file is not None
        assert (list(file.pieces), file.size) == (contents, sum(map(len, contents)))


@pytest.mark.database
def test_a_file_that_is_removed_while_it_is_read_is_not_read_as_a_shorter_one(world: World) -> None:
    job = a_job()
    add(world, job)
    for number in range(2):
        world.repositories.jobs.attach(job.id, PICTURE, number=number)
    file = world.repositories.jobs.file_of(job.id, FileRole.RESULT)
    assert file is not None
    pieces = iter(file.pieces)
    assert next(pieces) == PICTURE.content

    world.repositories.jobs.save(job.succeeded({}, at=NOON))
    world.repositories.jobs.remove_ended(before=LATER)

    with pytest.raises(UnknownJob):
        next(pieces)


def file_of(world: World, job: Job, role: FileRole) -> JobFile | None:
    file = world.repositories.jobs.file_of(job.id, role)
    if file is None:
        return None
    return JobFile(name=file.name, media_type=file.media_type, content=file.content)


def test_only_jobs_that_ended_before_are_removed(world: World) -> None:
    old, recent, waiting = a_job(), a_job(), a_job()
    add(world, old, recent, waiting)
    world.repositories.jobs.save(old.succeeded({}, at=NOON - A_MINUTE))
    world.repositories.jobs.save(recent.succeeded({}, at=NOON))

    removed = world.repositories.jobs.remove_ended(before=NOON)

    assert removed == 1
    assert world.repositories.jobs.find(old.id) is None
    assert world.repositories.jobs.find(waiting.id) == waiting


@pytest.mark.parametrize("queue", Queue)
def test_an_idle_queue_has_an_empty_backlog(world: World, queue: Queue) -> None:
    assert Backlog(queue=queue) in world.repositories.jobs.backlogs(at=NOON)


def test_the_backlog_counts_due_running_and_failed_jobs(world: World) -> None:
    failed = a_job()
    add(world, a_job(priority=Priority.HIGH), failed)
    claim(world, limit=1)
    world.repositories.jobs.save(failed.expired(at=NOON))
    add(world, a_job(delay=A_MINUTE), a_job(), a_job(at=NOON - A_MINUTE))

    backlog, *_ = world.repositories.jobs.backlogs(at=NOON)

    assert backlog == Backlog(
        queue=Queue.OUTBOUND, due=2, running=1, failed=1, oldest_due_at=NOON - A_MINUTE
    )
