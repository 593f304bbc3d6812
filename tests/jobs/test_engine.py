"""Engine of jobs: attempts, retries, dead letters, leases, cancelling, progress and periodic work."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import structlog

from authsvc.jobs.entities import (
    KEPT_FOR,
    LEASE_TIME,
    Job,
    JobFile,
    JobId,
    JobProgress,
    JobRequest,
    JobStatus,
    Lease,
    Queue,
    RetryPolicy,
)
from authsvc.jobs.errors import JobRetry, UnknownJob
from authsvc.jobs.ports import Run
from authsvc.jobs.repositories.memory import InMemoryJobRepository
from tests.support.blocks import failed_block
from tests.support.builders import NOON
from tests.support.jobs import Carried, Result, engine_with, enqueue, quiet_queue, stored
from tests.support.worlds import World

SECRET = "t0k3n"


def succeed(run: Run) -> Result:
    return {"sent": 1}


def fail(run: Run) -> Result:
    raise ConnectionResetError(SECRET)


def refuse(run: Run) -> Result:
    raise UnknownJob


def postpone(run: Run) -> Result:
    raise JobRetry("the server is busy")


def test_a_job_runs_once_and_stores_its_result(memory: World) -> None:
    job_id = enqueue(memory)
    engine = engine_with(memory, succeed)

    assert (engine.run_due(Queue.OUTBOUND), engine.run_due(Queue.OUTBOUND)) == (1, 0)

    job = stored(memory, job_id)
    assert (job.status, job.result, job.ended_at) == (JobStatus.SUCCEEDED, {"sent": 1}, NOON)


def test_a_job_is_not_stored_without_its_cause(memory: World) -> None:
    carrier = Carried()
    queue = replace(memory.services.job_queue, carrier=carrier)
    with failed_block(memory.unit_of_work):
        queue.enqueue(JobRequest(kind="test"))

    assert carrier.jobs == []
    assert engine_with(memory, succeed).run_due(Queue.OUTBOUND) == 0


def test_workers_are_told_after_the_commit_of_what_is_due(memory: World) -> None:
    carrier = Carried()
    queue = replace(memory.services.job_queue, carrier=carrier)

    with memory.unit_of_work.atomic():
        now, _ = queue.enqueue(
            JobRequest(kind="test"), JobRequest(kind="test", delay=timedelta(hours=1))
        )
        assert carrier.jobs == []

    assert [job.id for job in carrier.jobs] == [now]


def test_a_second_request_with_the_same_key_gets_the_first_job(memory: World) -> None:
    first = enqueue(memory, unique_key="rebuild")
    second = enqueue(memory, unique_key="rebuild")

    assert first == second
    assert engine_with(memory, succeed).run_due(Queue.OUTBOUND) == 1
    assert enqueue(memory, unique_key="rebuild") != first


def test_a_failed_attempt_is_repeated_after_pauses_that_double(memory: World) -> None:
    job_id = enqueue(memory)
    policy = RetryPolicy(first_pause=timedelta(minutes=1), longest_pause=timedelta(minutes=3))
    engine = engine_with(memory, postpone, policy=policy)
    pauses = []
    for _ in range(4):
        engine.run_due(Queue.OUTBOUND)
        due_at = stored(memory, job_id).due_at
        assert due_at is not None
        pauses.append((due_at - memory.clock.now()) / timedelta(minutes=1))
        memory.clock.at = due_at

    assert pauses == [1, 2, 3, 3]
    assert stored(memory, job_id).error == "the server is busy"


def test_the_text_of_an_unexpected_error_is_logged_and_not_stored(memory: World) -> None:
    job_id = enqueue(memory)

    with structlog.testing.capture_logs() as lines:
        engine_with(memory, fail).run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).error == "ConnectionResetError"
    assert [line["event"] for line in lines] == ["a job failed"]


def test_a_job_is_a_dead_letter_after_its_last_attempt(memory: World) -> None:
    job_id = enqueue(memory)
    engine = engine_with(memory, fail, policy=RetryPolicy(most_attempts=2))
    engine.run_due(Queue.OUTBOUND)
    memory.clock.go_on(minutes=2)
    engine.run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.attempts, job.due_at) == (JobStatus.FAILED, 2, None)


def test_a_domain_error_is_final(memory: World) -> None:
    job_id = enqueue(memory)

    engine_with(memory, refuse).run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert job.status is JobStatus.FAILED
    assert job.error.startswith("task-not-found: There is no task")


def test_a_job_is_not_attempted_after_its_lifetime(memory: World) -> None:
    job_id = enqueue(memory, lifetime=timedelta(minutes=1))
    memory.clock.go_on(minutes=1)

    engine_with(memory, succeed).run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.error) == (JobStatus.FAILED, "expired")


def test_a_retry_that_would_come_too_late_is_not_waited_for(memory: World) -> None:
    job_id = enqueue(memory, lifetime=timedelta(seconds=10))

    engine_with(memory, postpone).run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).status is JobStatus.FAILED


def test_a_dead_letter_is_retried_by_request(memory: World) -> None:
    job_id = enqueue(memory, lifetime=timedelta(seconds=10))
    engine_with(memory, postpone).run_due(Queue.OUTBOUND)
    memory.clock.go_on(hours=1)

    quiet_queue(memory).retry(job_id)
    engine_with(memory, succeed).run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).status is JobStatus.SUCCEEDED


def test_a_job_that_has_succeeded_is_not_retried(memory: World) -> None:
    job_id = enqueue(memory)
    engine_with(memory, succeed).run_due(Queue.OUTBOUND)

    quiet_queue(memory).retry(job_id)

    assert engine_with(memory, succeed).run_due(Queue.OUTBOUND) == 0


def test_a_job_of_an_unknown_kind_waits_for_a_worker_that_knows_it(memory: World) -> None:
    job_id = enqueue(memory, kind="newer")

    engine_with(memory, succeed).run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.error) == (JobStatus.QUEUED, "no handler")


def test_a_job_whose_worker_was_killed_is_attempted_again(memory: World) -> None:
    job_id = enqueue(memory)
    memory.repositories.jobs.claim(
        Queue.OUTBOUND, Lease(uuid4()), at=NOON, until=NOON + LEASE_TIME, limit=1
    )
    engine = engine_with(memory, succeed)

    assert engine.run_due(Queue.OUTBOUND) == 0
    memory.clock.at += LEASE_TIME
    assert engine.run_due(Queue.OUTBOUND) == 1

    assert stored(memory, job_id).attempts == 2


def test_a_job_that_ends_its_workers_is_a_dead_letter_after_so_many_attempts(memory: World) -> None:
    job_id = enqueue(memory)
    for _ in range(2):
        now = memory.clock.now()
        memory.repositories.jobs.claim(
            Queue.OUTBOUND, Lease(uuid4()), at=now, until=now + LEASE_TIME, limit=1
        )
        memory.clock.at += LEASE_TIME

    engine_with(memory, succeed, policy=RetryPolicy(most_attempts=2)).run_due(Queue.OUTBOUND)

    job = stored(memory, job_id)
    assert (job.status, job.error) == (JobStatus.FAILED, "worker lost")


def test_a_worker_that_lost_its_lease_changes_nothing(memory: World) -> None:
    def outlive_the_lease(run: Run) -> Result:
        memory.clock.at += LEASE_TIME
        engine_with(memory, succeed).run_due(Queue.OUTBOUND)
        return {"sent": 2}

    job_id = enqueue(memory)

    with structlog.testing.capture_logs() as lines:
        engine_with(memory, outlive_the_lease).run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).result == {"sent": 1}
    assert [line["event"] for line in lines] == ["a job lost its lease"]


def test_atomic_work_of_a_worker_that_lost_its_lease_is_undone(memory: World) -> None:
    def outlive_the_lease(run: Run) -> Result:
        memory.repositories.jobs.save(run.job.released(at=NOON))
        enqueue(memory, kind="other")
        return None

    enqueue(memory)

    engine = engine_with(memory, outlive_the_lease, is_atomic=True)
    with structlog.testing.capture_logs():
        engine.run_due(Queue.OUTBOUND)

    assert memory.repositories.jobs.backlogs(at=NOON)[0].due == 0


def test_atomic_work_and_its_success_are_stored_together(world: World) -> None:
    def enqueue_another(run: Run) -> Result:
        enqueue(world, kind="other")
        return {"sent": 1}

    job_id = enqueue(world)

    engine_with(world, enqueue_another, is_atomic=True).run_due(Queue.OUTBOUND)

    assert stored(world, job_id).result == {"sent": 1}
    assert world.repositories.jobs.backlogs(at=NOON)[0].due == 1


def test_progress_is_stored_and_extends_the_lease(memory: World) -> None:
    half = JobProgress(done=1, total=2, message="one of two")
    reported = []

    def report(run: Run) -> Result:
        memory.clock.go_on(seconds=5)
        run.report(half)
        reported.append(stored(memory, run.job.id))
        return None

    enqueue(memory)
    engine_with(memory, report).run_due(Queue.OUTBOUND)

    (job,) = reported
    assert job.progress == half
    assert job.due_at == memory.clock.now() + LEASE_TIME


def test_a_waiting_job_is_cancelled_at_once(memory: World) -> None:
    job_id = enqueue(memory)

    memory.services.job_queue.cancel(job_id)

    assert engine_with(memory, succeed).run_due(Queue.OUTBOUND) == 0
    assert stored(memory, job_id).status is JobStatus.CANCELLED


def test_a_running_job_is_cancelled_at_its_next_report(memory: World) -> None:
    reached = []

    def report(run: Run) -> Result:
        memory.services.job_queue.cancel(run.job.id)
        memory.clock.go_on(seconds=5)
        run.report(JobProgress(done=1))
        reached.append("the end")
        return None

    job_id = enqueue(memory)
    engine_with(memory, report).run_due(Queue.OUTBOUND)

    assert reached == []
    assert stored(memory, job_id).status is JobStatus.CANCELLED


def test_a_cancelled_job_whose_attempt_fails_is_not_attempted_again(memory: World) -> None:
    def cancel_and_fail(run: Run) -> Result:
        memory.services.job_queue.cancel(run.job.id)
        raise JobRetry("the server is busy")

    job_id = enqueue(memory)
    engine = engine_with(memory, cancel_and_fail)
    engine.run_due(Queue.OUTBOUND)
    memory.clock.go_on(minutes=1)
    engine.run_due(Queue.OUTBOUND)

    assert stored(memory, job_id).status is JobStatus.CANCELLED


def test_a_stopping_worker_gives_back_what_it_has_claimed(memory: World) -> None:
    stops = []

    def stop(run: Run) -> Result:
        stops.append(run.job.id)
        return None

    first, second = enqueue(memory), enqueue(memory)

    engine_with(memory, stop).run_due(Queue.OUTBOUND, is_stopping=lambda: bool(stops))

    left = stored(memory, second if stops == [first] else first)
    assert (len(stops), left.status, left.attempts) == (1, JobStatus.QUEUED, 0)


def test_a_long_job_is_interrupted_by_a_stopping_worker_and_begins_again(memory: World) -> None:
    def report(run: Run) -> Result:
        stopping.append(True)
        run.report(JobProgress(done=1))
        return None

    stopping: list[bool] = []
    job_id = enqueue(memory)
    engine_with(memory, report).run_due(Queue.OUTBOUND, is_stopping=lambda: bool(stopping))

    job = stored(memory, job_id)
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    assert engine_with(memory, succeed).run_due(Queue.OUTBOUND) == 1


def test_a_job_reads_its_file_and_attaches_a_result(memory: World) -> None:
    def copy(run: Run) -> Result:
        given = run.input_file()
        run.attach(JobFile(name="copy.csv", media_type="text/csv", content=given.content))
        return None

    file = JobFile(name="list.csv", media_type="text/csv", content=b"a,b")
    job_id = enqueue(memory, file=file)
    engine_with(memory, copy).run_due(Queue.OUTBOUND)

    result = memory.services.job_queue.result_file(job_id)
    assert result is not None
    assert (result.name, result.content) == ("copy.csv", file.content)


def test_one_job_is_run_by_its_id_once_it_is_due(memory: World) -> None:
    job_id, later = enqueue(memory), enqueue(memory, delay=timedelta(hours=1))
    engine = engine_with(memory, succeed)

    for known in (job_id, job_id, later, JobId(uuid4())):
        engine.run(known)

    assert stored(memory, job_id).attempts == 1
    assert stored(memory, later).attempts == 0


def test_a_key_that_is_free_again_meanwhile_is_taken(memory: World) -> None:
    class EndsMeanwhile(InMemoryJobRepository):
        """A store in which the first job ends just after the second was not stored because of it."""

        def add(self, jobs: Sequence[Job], files: Mapping[JobId, JobFile]) -> int:
            added = InMemoryJobRepository.add(self, jobs, files)
            self.save(stored(memory, first).succeeded({}, at=NOON))
            return added

    plain = memory.repositories.jobs
    assert isinstance(plain, InMemoryJobRepository)
    first = enqueue(memory, unique_key="rebuild")
    queue = replace(quiet_queue(memory), jobs=EndsMeanwhile(plain.store, plain.files))

    (second,) = queue.enqueue(JobRequest(kind="test", unique_key="rebuild"))

    assert stored(memory, second).unique_key == "rebuild"


def test_ended_jobs_are_removed_after_a_while(memory: World) -> None:
    enqueue(memory)
    engine_with(memory, succeed).run_due(Queue.OUTBOUND)
    memory.clock.at += KEPT_FOR

    assert memory.services.job_queue.remove_expired() == 0
    memory.clock.go_on(seconds=1)
    assert memory.services.job_queue.remove_expired() == 1
