"""Health checks: liveness and readiness."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from authsvc.composition.container import services
from authsvc.http.methods import read_only
from authsvc.http.problems import http_problem

log: Final = structlog.get_logger(__name__)


class NotMigrated(DatabaseError):
    """The tables are older than the code."""


@read_only
def live(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers. Nothing else is checked."""
    return JsonResponse({"status": "ok"})


@read_only
def ready(request: HttpRequest) -> HttpResponse:
    """Readiness: 200 if everything that this process needs works; otherwise 503, naming what failed.

    Background work that lags makes the service `degraded`, still with 200: requests are answered as ever.
    """
    checks = {name: _outcome(name, check) for name, check in _checks().items()}
    if set(checks.values()) == {"ok"}:
        lags = _lags()
        if lags:
            return JsonResponse({"status": "degraded", "checks": checks, "lags": lags})
        return JsonResponse({"status": "ok", "checks": checks})
    return http_problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        detail="A check failed; `checks` names it.",
        checks=checks,
    )


def _checks() -> Mapping[str, Callable[[], object]]:
    keys = {"keys": services().access.public_keys}
    if not settings.ENVIRONMENT.has_database:
        return keys
    return keys | {"database": _query_database, "migrations": _require_migrations}


def _outcome(name: str, check: Callable[[], object]) -> str:
    try:
        check()
    except DatabaseError as error:
        log.warning("not ready", check=name, error=str(error))
        return "failed"
    return "ok"


def _lags() -> dict[str, str]:
    """Why background work lags, by its name. What cannot be checked is left to the next request."""
    lags: dict[str, str] = {}
    for name, check in services().lag_checks.items():
        try:
            reason = check.lag()
        except DatabaseError as error:
            log.warning("lag unknown", check=name, error=str(error))
            reason = "It could not be checked."
        if reason is not None:
            lags[name] = reason
    return lags


def _query_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def _require_migrations() -> None:
    """Raise NotMigrated if migrations are missing. Cached once all are applied."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated("some migrations are not applied")
