"""Jobs enqueued and done by two processes of the embedded engine, in a queue with few or very many other rows."""

import multiprocessing
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from threading import Barrier as ThreadBarrier
from time import perf_counter, sleep
from typing import Final

import django
from django.core.management import call_command
from django.db import connection

from authsvc.jobs.entities import JobRequest
from tests.support.postgres import Cluster

PROCESSES: Final = 2
THREADS: Final = 2
LINE: Final = "{:28}{:>10}{:>12}{:>8}"

_COLUMNS: Final = """
INSERT INTO jobs_job (id, kind, arguments, queue, priority, status, attempts, done, message, error, caller, trace,
    is_cancelled, created_at, expires_at, due_at, ended_at) """
_DUE: Final = (
    _COLUMNS
    + """
SELECT gen_random_uuid(), 'bench', '{"mail": "1"}', 'outbound', 1, 'queued', 0, 0, '', '', '', '{}',
    false, now(), now() + interval '7 days', now(), NULL FROM generate_series(1, %s) AS n"""
)
_OTHERS: Final = (
    _COLUMNS
    + """
SELECT gen_random_uuid(), 'other', '{"mail": "1"}', 'outbound', n %% 3,
    CASE n %% 3 WHEN 0 THEN 'queued' WHEN 1 THEN 'failed' ELSE 'succeeded' END, 0, 0, '', '', '', '{}',
    false, now() - interval '1 day', now() + interval '7 days',
    CASE n %% 3 WHEN 0 THEN now() + n * interval '1 second' + interval '1 hour' END,
    CASE n %% 3 WHEN 0 THEN NULL ELSE now() - n * interval '1 second' END
FROM generate_series(1, %s) AS n"""
)
_INSERT_IN_PGBENCH: Final = f"{_DUE % 1};\n".replace("\n", " ").strip() + "\n"
_DONE_IN_PGBENCH: Final = """
BEGIN;
SELECT id AS job FROM jobs_job WHERE queue = 'outbound' AND priority = 1 AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED \\gset
UPDATE jobs_job SET status = 'running', lease = gen_random_uuid(), attempts = attempts + 1,
    due_at = now() + interval '3 minutes', started_at = now() WHERE id = (:job)::text::uuid;
COMMIT;
UPDATE jobs_job SET status = 'succeeded', lease = NULL, due_at = NULL, ended_at = now(), result = '{}'
    WHERE id = (:job)::text::uuid;
"""


def measure(cluster: Cluster, folder: Path, *, jobs: int, others: int, rounds: int) -> None:
    """Print the best rates of all rounds, each next to that of pgbench in the same round."""
    call_command("migrate", verbosity=0)
    print(LINE.format("", "jobs/s", "pgbench/s", "ratio"))
    alone = _measure("alone", cluster, folder, jobs=jobs, rounds=rounds)
    _execute(_OTHERS, others)
    crowded = _measure(f"{others} others", cluster, folder, jobs=jobs, rounds=rounds)
    for name, rate in alone.items():
        print(f"{name}: {rate / crowded[name]:.2f} times as long with {others} other rows")


def _measure(
    rows: str, cluster: Cluster, folder: Path, *, jobs: int, rounds: int
) -> dict[str, float]:
    rates = {}
    kinds: dict[str, tuple[Callable[[int], float], str]] = {
        "enqueued": (_enqueued, _INSERT_IN_PGBENCH),
        "done": (_done, _DONE_IN_PGBENCH),
    }
    for name, (measured, script) in kinds.items():
        best = pgbench = 0.0
        for _ in range(rounds):
            _clear()
            best = max(best, measured(jobs))
            _clear()
            if name == "done":
                _execute(_DUE, jobs)
            pgbench = max(pgbench, _pgbench(script, cluster, folder, jobs=jobs))
        rates[name] = best
        ratio = f"{best / pgbench:.3f}"
        print(LINE.format(f"{name}, {rows}", f"{best:.0f}", f"{pgbench:.0f}", ratio), flush=True)
    return rates


def _enqueued(jobs: int) -> float:
    """Jobs a second, each in a transaction of its own."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES + 1)
    processes = [
        context.Process(target=_enqueue, args=(jobs // PROCESSES, barrier))
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    barrier.wait()
    began = perf_counter()
    barrier.wait()
    seconds = perf_counter() - began
    for process in processes:
        process.join()
    return jobs / seconds


def _done(jobs: int) -> float:
    """Jobs a second that do nothing."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Barrier(PROCESSES + 1), context.Event()
    workers = [context.Process(target=_work, args=(ready, stop)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    ready.wait()
    _execute(_DUE, jobs)
    while _waiting() == jobs:
        sleep(0.001)
    began, left = perf_counter(), _waiting()
    while _waiting():
        sleep(0.01)
    seconds = perf_counter() - began
    stop.set()
    for worker in workers:
        worker.join()
    return left / seconds


def _enqueue(jobs: int, barrier: Barrier) -> None:
    """Enqueue jobs in a process of its own, between two meetings at the barrier."""
    django.setup()
    from authsvc.composition.container import services  # noqa: PLC0415  # needs Django set up

    queue, has_begun = services().job_queue, ThreadBarrier(THREADS + 1)

    def enqueue(_: int) -> None:
        connection.ensure_connection()
        has_begun.wait()
        for _ in range(jobs // THREADS):
            queue.enqueue(JobRequest(kind="bench", arguments={"mail": "1"}))

    with ThreadPoolExecutor(THREADS) as pool:
        work = pool.map(enqueue, range(THREADS))
        barrier.wait()
        has_begun.wait()
        list(work)
        barrier.wait()


def _work(ready: Barrier, stop: Event) -> None:
    """Run jobs in a process of its own until it is told to stop."""
    django.setup()
    from tests.support.job_kinds import worker_of_nothing  # noqa: PLC0415  # needs Django set up

    worker = worker_of_nothing("bench", threads=THREADS)
    worker.start()
    ready.wait()
    stop.wait()
    worker.stop()


def _pgbench(script: str, cluster: Cluster, folder: Path, *, jobs: int) -> float:
    clients = PROCESSES * THREADS
    file = folder / "jobs.sql"
    file.write_text(script)
    ran = subprocess.run(
        [
            cluster.binaries / "pgbench", "--no-vacuum", "--protocol=prepared",
            "--client", str(clients), "--jobs=2", "--transactions", str(max(1, jobs // clients)),
            "--file", file, cluster.url,
        ],
        check=False,
        capture_output=True,
        text=True,
    )  # fmt: skip
    rate = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or not rate:
        raise RuntimeError(ran.stderr)
    return float(rate[1])


def _execute(statement: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [number])
        cursor.execute("VACUUM ANALYZE jobs_job")


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_job WHERE kind = 'bench'")
        cursor.execute("VACUUM ANALYZE jobs_job")


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs_job WHERE kind = 'bench' AND due_at IS NOT NULL")
        (number,) = cursor.fetchone()
    return int(number)
