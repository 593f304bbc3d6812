"""Backlogs of jobs: gauges, and the lag of a queue that nobody works off."""

from datetime import timedelta

from authsvc.jobs.entities import Queue
from authsvc.kernel.metrics import JOBS_DUE, JOBS_FAILED, JOBS_OLDEST_SECONDS, JOBS_RUNNING
from tests.support.jobs import enqueue
from tests.support.worlds import World


def test_each_queue_has_its_gauges(memory: World) -> None:
    enqueue(memory)
    memory.clock.go_on(seconds=30)
    enqueue(memory)

    readings = {
        (reading.gauge, *reading.labels): reading.value
        for reading in memory.services.job_backlogs.readings()
    }

    assert readings == {
        (JOBS_DUE, "outbound"): 2,
        (JOBS_RUNNING, "outbound"): 0,
        (JOBS_FAILED, "outbound"): 0,
        (JOBS_OLDEST_SECONDS, "outbound"): 30,
        (JOBS_DUE, "long"): 0,
        (JOBS_RUNNING, "long"): 0,
        (JOBS_FAILED, "long"): 0,
        (JOBS_OLDEST_SECONDS, "long"): 0,
        (JOBS_DUE, "webhooks"): 0,
        (JOBS_RUNNING, "webhooks"): 0,
        (JOBS_FAILED, "webhooks"): 0,
        (JOBS_OLDEST_SECONDS, "webhooks"): 0,
    }


def test_a_queue_that_is_not_worked_off_lags(memory: World) -> None:
    enqueue(memory, queue=Queue.LONG)
    enqueue(memory, delay=timedelta(hours=1))

    memory.clock.go_on(minutes=5)
    assert memory.services.job_backlogs.lag() is None
    memory.clock.go_on(minutes=2)
    lag = memory.services.job_backlogs.lag()

    assert lag == "Jobs of the queue long have been waiting for 7 minutes. Is a worker running?"
