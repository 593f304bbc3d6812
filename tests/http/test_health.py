"""Health checks."""

from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from authsvc.composition.container import Services
from authsvc.http import health
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.application import Application
from tests.support.builders import a_progress, an_event
from tests.support.databases import connected_to
from tests.support.postgres import free_port
from tests.support.store import STORE


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_process_that_answers_is_alive(application: Application, method: str) -> None:
    answer = application.stranger.send(method, "/health")

    assert answer.status == 200
    assert answer.text == ("" if method == "HEAD" else '{"status": "ok"}')


def test_ready_names_what_it_has_checked(application: Application) -> None:
    answer = application.stranger.get("/health/ready")

    needed = {"keys"} if STORE == "memory" else {"keys", "database", "migrations"}
    assert answer.status == 200
    assert answer.json == {"status": "ok", "checks": dict.fromkeys(needed, "ok")}


@dataclass(frozen=True)
class Work:
    """Background work that lags for a reason, or does not."""

    reason: str | None = None
    error: Exception | None = None

    def lag(self) -> str | None:
        if self.error:
            raise self.error
        return self.reason


def test_background_work_that_lags_makes_it_degraded_but_ready(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = {
        "mail": Work("Mail has been waiting for 20 minutes."),
        "jobs": Work(),
        "webhooks": Work(error=DatabaseError("canceling statement of anna")),
    }
    monkeypatch.setattr(Services, "lag_checks", works)

    answer = application.stranger.get("/health/ready")

    assert answer.status == 200
    assert answer.json["status"] == "degraded"
    assert set(answer.json["checks"].values()) == {"ok"}
    assert answer.json["lags"] == {
        "mail": "Mail has been waiting for 20 minutes.",
        "webhooks": "It could not be checked.",
    }


def test_progress_that_misses_events_makes_it_degraded(application: Application) -> None:
    anna = application.user_with(application.signed_in().email)
    event = an_event(a_progress(application.published(), anna))
    application.services.repositories.events.append([event], scope=ALL_TENANTS)

    answer = application.stranger.get("/health/ready")

    assert answer.status == 200
    assert answer.json["status"] == "degraded"
    assert answer.json["lags"]["event-log"].startswith("1 of the last 100 events")


@pytest.mark.postgres
def test_without_its_database_it_lives_but_is_not_ready(application: Application) -> None:
    stranger = application.stranger
    with connected_to(f"postgres://nobody@127.0.0.1:{free_port()}/nothing"):
        alive = stranger.get("/health")
        ready = stranger.get("/health/ready")
        used = stranger.post("/v1/auth/login", {"email": "a@b.c", "password": "d"})

    assert alive.status == 200
    assert ready.status == 503
    assert ready.code == "unavailable"
    assert ready.json["checks"] == {"keys": "ok", "database": "failed", "migrations": "failed"}
    assert used.code == "unavailable"
    assert used.headers["Retry-After"] == "1"
    assert "127.0.0.1" not in ready.text + used.text


@pytest.mark.any_database
def test_it_is_ready_once_all_migrations_are_applied(application: Application) -> None:
    health._require_migrations.cache_clear()  # noqa: SLF001  # as in a new process
    recorder = MigrationRecorder(connection)
    last = max(migration for migration in recorder.applied_migrations() if migration[0] == "jobs")
    recorder.record_unapplied(*last)
    before = application.stranger.get("/health/ready")
    recorder.record_applied(*last)
    after = application.stranger.get("/health/ready")

    assert before.status == 503
    assert before.json["checks"] == {"keys": "ok", "database": "ok", "migrations": "failed"}
    assert after.status == 200
