"""Periodic work: expiry, overdue attempts, anchors and the weekly verification."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.adapters.browser_sessions import SessionStore
from accounts.domain.audit.errors import AuditLogBusy
from accounts.domain.audit.services.anchors import AnchorService
from accounts.domain.tasks.services.upkeep import Anchoring
from accounts.models import BrowserSession
from authsvc.jobs.entities import JobStatus, Queue
from authsvc.jobs.services.engine import JobEngine
from tests.support.attempts import under_time_limits
from tests.support.worlds import World, orm_world

JOBS = {"anchor", "remove-expired", "submit-overdue-attempts", "verify-weekly"}


def engine_of(world: World) -> JobEngine:
    """The engine, with the periodic jobs stored."""
    engine = world.services.job_engine
    engine.ensure_periodic(world.services.periodic_jobs)
    return engine


def work(world: World) -> None:
    while world.services.job_engine.run_due(Queue.LONG):
        pass


def anchor_with(world: World, anchors: AnchorService) -> None:
    """Run the jobs that are due with a service that anchors in another way."""
    kind = Anchoring(anchors=anchors).kind
    engine = world.services.job_engine
    engine = replace(engine, kinds={**engine.kinds, kind.name: kind})
    while engine.run_due(Queue.LONG):
        pass


def job(world: World, kind: str) -> Any:
    return world.repositories.jobs.find_by_key(f"periodic:{kind}")


def test_each_periodic_job_has_a_kind_and_runs(world: World) -> None:
    engine_of(world)
    work(world)
    world.clock.go_on(hours=13)
    work(world)

    jobs = {kind: job(world, kind) for kind in JOBS}

    assert {request.kind for request in world.services.periodic_jobs} >= JOBS
    assert {kind: stored.error for kind, stored in jobs.items()} == dict.fromkeys(JOBS, "")
    assert {stored.status for stored in jobs.values()} == {JobStatus.QUEUED}
    assert all(stored.ended_at for stored in jobs.values())


@pytest.mark.parametrize(
    ("kind", "period"),
    [
        ("anchor", timedelta(hours=1)),
        ("remove-expired", timedelta(days=1)),
        ("submit-overdue-attempts", timedelta(minutes=5)),
        ("verify-weekly", timedelta(weeks=1)),
    ],
)
def test_a_periodic_job_has_its_period(memory: World, kind: str, period: timedelta) -> None:
    engine_of(memory)

    assert job(memory, kind).period == period


def test_expiry_names_how_much_of_each_kind_was_deleted(memory: World) -> None:
    engine_of(memory)
    work(memory)
    memory.clock.go_on(days=1)
    work(memory)

    removed = job(memory, "remove-expired").result

    assert set(removed) == set(memory.services.expiring)
    assert "idempotency record" in removed


@pytest.mark.database
def test_expiry_deletes_browser_sessions_that_have_ended() -> None:
    world = orm_world()
    ended, live = SessionStore(), SessionStore()
    for session, lifetime in ((ended, -10), (live, 60)):
        session.set_expiry(lifetime)
        session.save()
    engine_of(world)

    work(world)

    assert [row.pk for row in BrowserSession.objects.all()] == [live.session_key]


def test_overdue_attempts_are_submitted_by_the_job(memory: World) -> None:
    anna = under_time_limits(memory)
    anna.begins()
    memory.clock.go_on(minutes=90)
    engine_of(memory)

    work(memory)

    assert job(memory, "submit-overdue-attempts").result == {"submitted": 1}


def test_an_anchor_is_made_every_hour(memory: World) -> None:
    engine_of(memory)
    work(memory)
    memory.clock.go_on(hours=1)
    work(memory)

    last = memory.repositories.anchors.last()

    assert last is not None
    assert (last.sequence, job(memory, "anchor").result["sequence"]) == (2, 2)


def test_an_anchor_that_cannot_be_exported_is_tried_again(memory: World) -> None:
    class FullDisk:
        def export(self, anchor: object) -> str:
            raise OSError(28, "No space left on device")

    anchors = replace(memory.services.anchors, exporter=FullDisk())
    engine_of(memory)

    anchor_with(memory, anchors)

    stored = job(memory, "anchor")
    assert stored.error == "anchor 1 is stored, but cannot be exported: No space left on device"
    assert stored.due_at < memory.clock.now() + timedelta(minutes=1)


def test_a_busy_log_is_anchored_later(memory: World) -> None:
    class Busy:
        def settled_position(self) -> int:
            raise AuditLogBusy

        def hashes(self, *, after: int, up_to: int | None = None) -> Iterator[tuple[int, str]]:
            return iter(())

        def count(self) -> int:
            return 0

    anchors = replace(memory.services.anchors, logs={"log": Busy()})
    engine_of(memory)

    anchor_with(memory, anchors)

    assert job(memory, "anchor").due_at < memory.clock.now() + timedelta(minutes=1)
    assert memory.repositories.anchors.last() is None


def test_the_weekly_verification_keeps_its_report(memory: World) -> None:
    engine_of(memory)
    memory.clock.go_on(hours=12)

    work(memory)

    stored = job(memory, "verify-weekly")
    report = memory.services.job_queue.result_file(stored.id)
    assert report is not None
    assert (stored.result["is_clean"], stored.result["findings"]) == (True, 0)
    assert b'"is_clean": true' in report.content
