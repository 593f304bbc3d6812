"""Metrics page: who may read it, and what it counts."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from authsvc.composition.container import services
from authsvc.http.observation import MetricsMiddleware, TracingMiddleware
from authsvc.kernel.metrics import (
    CATALOGUE,
    LOG_POSITION,
    REQUEST_SECONDS,
    Reading,
)
from tests.support.application import Application
from tests.support.metrics import Exposition

TOKEN: Final = "a-token-of-thirty-two-characters-or-more"


def permit(settings: Settings, tmp_path: Path, *, token: str = "", networks: str = "") -> None:
    """Serve metrics to callers with the token, or from the networks."""
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT,
        metrics_token=token,
        metrics_networks=tuple(map(ip_network, networks.split())),
        metrics_dir=tmp_path,
    )
    services.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_services(settings: Settings) -> Iterator[None]:
    """Services that measure as the test says. The library is told where by a variable of the process."""
    services.cache_clear()
    # Each client loads the middleware again. To list the static files, which nobody reads here, takes most of that.
    settings.WHITENOISE_USE_FINDERS = False
    with patch.dict(os.environ):
        yield
    services.cache_clear()


def status_of(*, method: str = "GET", **meta: Any) -> int:
    return Client(raise_request_exception=False).generic(method, "/metrics", **meta).status_code


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_nobody_reads_metrics_by_default(method: str) -> None:
    assert status_of(method=method) == 404
    assert status_of(method=method, HTTP_AUTHORIZATION="Bearer ") == 404


def test_a_caller_without_permission_sees_what_an_unknown_url_shows(
    settings: Settings, tmp_path: Path
) -> None:
    permit(settings, tmp_path, token=TOKEN)
    client = Client()

    rejected, unknown = client.get("/metrics"), client.get("/no-such-page")

    assert rejected.status_code == unknown.status_code == 404
    assert rejected.content.replace(b"metrics", b"") == unknown.content.replace(
        b"no-such-page", b""
    )
    assert rejected.headers.keys() == unknown.headers.keys()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 404),
        (f"Bearer {TOKEN}x", 404),
        (f"Bearer {TOKEN[:-1]}", 404),
        (f"Basic {TOKEN}", 404),
        (f"Bearer {TOKEN}\xe9", 404),
        ("", 404),
    ],
)
def test_a_token_permits_whoever_has_it(
    settings: Settings, tmp_path: Path, header: str, status: int
) -> None:
    permit(settings, tmp_path, token=TOKEN)

    assert status_of(HTTP_AUTHORIZATION=header, REMOTE_ADDR="203.0.113.9") == status


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("::ffff:127.0.0.1", 200),
        ("10.1.2.3", 200),
        ("::1", 200),
        ("127.0.0.2", 404),
        ("11.0.0.1", 404),
        ("2001:db8::1", 404),
        ("", 404),
        ("unix:", 404),
    ],
)
def test_a_network_permits_connections_from_it(
    settings: Settings, tmp_path: Path, address: str, status: int
) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32 10.0.0.0/8 ::1/128")

    assert status_of(REMOTE_ADDR=address) == status


@pytest.mark.parametrize("is_behind_proxy", [True, False])
@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_REAL_IP",
        "HTTP_FORWARDED",
        "HTTP_VIA",
    ],
)
def test_a_proxy_in_a_network_does_not_open_it_to_strangers(
    settings: Settings, tmp_path: Path, *, header: str, is_behind_proxy: bool
) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, is_behind_proxy=is_behind_proxy)

    assert status_of(REMOTE_ADDR="127.0.0.1") == 200
    assert status_of(**{"REMOTE_ADDR": "127.0.0.1", header: "127.0.0.1"}) == 404
    assert status_of(**{"REMOTE_ADDR": "127.0.0.1", header: ""}) == 404


def test_prometheus_is_not_redirected_to_https(settings: Settings, tmp_path: Path) -> None:
    """Where everybody else is: it connects to the port of the service, which has no TLS."""
    permit(settings, tmp_path, networks="127.0.0.1/32")
    settings.SECURE_SSL_REDIRECT = True

    assert status_of() == 200
    assert Client().get("/v1/courses").status_code == 301


def test_only_reading_is_allowed(settings: Settings, tmp_path: Path) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32")

    assert [status_of(method=method) for method in ("HEAD", "POST", "DELETE")] == [200, 405, 405]


def metrics_after(*requests: tuple[str, str]) -> Exposition:
    """The metrics of this process after these requests."""
    client = Client(raise_request_exception=False)
    for method, path in requests:
        client.generic(method, path)
    response = client.get("/metrics")
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    return Exposition(response.content.decode())


def test_requests_are_counted_by_operation_and_class_of_status(
    settings: Settings, tmp_path: Path
) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32")

    shown = metrics_after(
        ("GET", "/v1/courses"),
        ("HEAD", "/v1/courses"),
        ("GET", "/v1/courses/anything"),
        ("GET", "/v1/courses/something-else"),
        ("DELETE", "/v1/courses"),
        ("GET", "/health"),
    )

    name = f"{REQUEST_SECONDS.name}_count"
    assert shown.total(name, operation="listCourses", status="4xx") == 2
    assert shown.total(name, operation="getCourse", status="4xx") == 2
    assert shown.total(name, operation="GET health", status="2xx") == 1
    assert shown.total(name) == 6


@pytest.mark.parametrize("path", ["/", "/v1/", "/static/x", "/admin", "/account", "/oauth/token"])
def test_what_callers_make_up_is_not_part_of_a_label(
    settings: Settings, tmp_path: Path, path: str
) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32")
    made_up = [(f"M{number}", f"{path}{number}?q={number}") for number in range(30)]

    shown = metrics_after(*made_up, *((method, path) for method, _ in made_up))

    labels = shown.labels_of(f"{REQUEST_SECONDS.name}_count")
    assert len(labels) <= 3
    assert not any("M1" in label["operation"] or "29" in label["operation"] for label in labels)


def test_gauges_are_read_from_their_services(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32")
    Application(services()).signed_in()

    shown = metrics_after()

    assert shown.total("authsvc_log_position", log="learning") == 0
    assert shown.total("authsvc_gauges_up", source="event-log") == 1


class Source:
    def __init__(self, read: Callable[[], list[Reading]]) -> None:
        self.readings = read


def test_metrics_are_served_while_a_source_of_gauges_fails(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit(settings, tmp_path, networks="127.0.0.1/32")

    def fail() -> list[Reading]:
        raise DatabaseError("no connection to 10.0.0.7")

    sources = {"down": Source(fail), "up": Source(lambda: [Reading(LOG_POSITION, 7, ("x",))])}
    monkeypatch.setattr(type(services()), "gauge_sources", sources)

    shown = metrics_after(("GET", "/health"))

    assert shown.total("authsvc_gauges_up", source="down") == 0
    assert shown.total("authsvc_gauges_up", source="up") == 1
    assert shown.total("authsvc_log_position", log="x") == 7
    assert shown.total(f"{REQUEST_SECONDS.name}_count", operation="GET health") == 1
    assert "10.0.0.7" not in shown.text


@pytest.mark.parametrize("middleware", [MetricsMiddleware, TracingMiddleware])
def test_requests_cost_nothing_where_nothing_is_recorded(middleware: type[Any]) -> None:
    with pytest.raises(MiddlewareNotUsed):
        middleware(lambda request: HttpResponse())


def test_the_catalogue_names_metrics_as_prometheus_recommends() -> None:
    names = [metric.name for metric in CATALOGUE]

    assert len(set(names)) == len(names)
    assert all(name.startswith("authsvc_") for name in names)
    assert all(metric.description.endswith(".") for metric in CATALOGUE)
    assert all(
        name.endswith("_total") == (type(metric).__name__ == "Counter")
        for name, metric in zip(names, CATALOGUE, strict=True)
    )
