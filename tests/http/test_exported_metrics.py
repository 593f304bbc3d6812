"""Exported metrics: the catalogue, the page about them, the dashboard and the alerts name the same ones."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from uuid import uuid4

import pytest
import yaml
from django.test import Client
from pytest_django import Settings

from accounts.domain.mail.entities import Letter
from authsvc.composition.container import services
from authsvc.kernel.metrics import CATALOGUE, Counter, Gauge, Histogram
from authsvc.kernel.outbound import OutboundFailed, OutboundRequest
from tests.support.application import PASSWORD, Application, rebuilt_middleware
from tests.support.attempts import a_definition_with_exams
from tests.support.databases import connected_to
from tests.support.documents import page, table_under
from tests.support.learning import assessment_in
from tests.support.metrics import LOOPBACK, Exposition
from tests.support.postgres import free_port

DASHBOARD: Final = page("deploy/grafana/authsvc.json")
ALERTS: Final = page("deploy/alerts.yml")
PAGE: Final = page("docs/monitoring.md")
NAMES: Final = {metric.name for metric in CATALOGUE}
_NAME: Final = re.compile(r"\bauthsvc_\w+")


@pytest.fixture
def application(settings: Settings, tmp_path: Path, database_url: str) -> Iterator[Application]:
    """The application with metrics, on a database where commits are real. A variable says where they are."""
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, metrics_networks=(ip_network(LOOPBACK),), metrics_dir=tmp_path
    )
    with patch.dict(os.environ), connected_to(database_url), rebuilt_middleware():
        services.cache_clear()
        yield Application(services())
    services.cache_clear()


def use_everything(application: Application) -> None:
    """Do something that each metric measures."""
    anna = application.signed_in()
    caller, slug = anna.caller, f"knots-{uuid4().hex[:8]}"
    course = application.published(a_definition_with_exams(slug))
    for _ in range(2):
        caller.post(f"/v1/courses/{slug}/enroll", Idempotency_Key="once")
    quiz = assessment_in(application.services, course, "quiz").id
    attempt = caller.post(f"/v1/assessments/{quiz}/attempts").json["id"]
    assert caller.post(f"/v1/attempts/{attempt}/submit").status == 200
    for password in (PASSWORD, "wrong"):
        application.stranger.post("/v1/auth/login", {"email": anna.email, "password": password})
    with pytest.raises(OutboundFailed):
        send_nowhere(application)
    letter = Letter(recipient="bo@school.example", subject="Knots", body="Tie them.")
    assert list(application.services.ports.mail_transport.send([letter])) == [""]


def send_nowhere(application: Application) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    application.services.ports.outbound_http.send(OutboundRequest(method="GET", url=url))


@pytest.mark.postgres
def test_everything_in_the_catalogue_is_exported_and_nothing_else(
    application: Application,
) -> None:
    use_everything(application)

    shown = Exposition(Client().get("/metrics").content.decode())

    assert shown.names == NAMES
    assert used_in(DASHBOARD) | used_in(ALERTS) <= shown.sample_names
    assert shown.total("authsvc_sign_ins_total", outcome="success") == 1
    assert shown.total("authsvc_sign_ins_total", outcome="wrong-password") == 1
    assert shown.total("authsvc_idempotent_replays_total") == 1
    assert shown.total("authsvc_attempts_started_total") == 1
    assert shown.total("authsvc_attempts_submitted_total") == 1
    assert shown.total("authsvc_mails_total", outcome="sent") == 1
    assert shown.total("authsvc_outbound_request_duration_seconds_count", outcome="failed") == 1
    assert shown.total("authsvc_log_position", log="learning") >= 2
    assert shown.total("authsvc_projection_lag_events") == 0
    assert shown.total("authsvc_database_connections", state="active") >= 1


@pytest.mark.postgres
def test_statements_are_counted_as_they_are_sent(application: Application) -> None:
    anna = application.signed_in()

    anna.caller.get("/v1/courses")

    shown = Exposition(Client().get("/metrics").content.decode())
    assert shown.total("authsvc_request_statements_total", operation="listCourses") == 2


def samples_of(metric: Counter | Histogram | Gauge) -> set[str]:
    """The names of its samples in queries."""
    if isinstance(metric, Histogram):
        return {f"{metric.name}_{part}" for part in ("bucket", "sum", "count")}
    return {metric.name}


def used_in(text: str) -> set[str]:
    return set(_NAME.findall(text))


@pytest.mark.parametrize("text", [DASHBOARD, ALERTS], ids=["dashboard", "alerts"])
def test_a_file_for_deployment_names_samples_that_exist(text: str) -> None:
    known = set[str]().union(*map(samples_of, CATALOGUE))

    assert used_in(text)
    assert used_in(text) - known == set()


def test_every_metric_is_on_the_dashboard_and_most_have_an_alert() -> None:
    shown, alerting = used_in(DASHBOARD), used_in(ALERTS)

    assert [metric.name for metric in CATALOGUE if not samples_of(metric) & shown] == []
    # What is normal differs from school to school.
    assert {metric.name for metric in CATALOGUE if not samples_of(metric) & alerting} == {
        "authsvc_idempotent_replays_total",
        "authsvc_attempts_started_total",
        "authsvc_attempts_submitted_total",
        "authsvc_log_position",
        "authsvc_jobs_due",
        "authsvc_jobs_running",
    }


def test_labels_in_queries_exist() -> None:
    labels = {label for metric in CATALOGUE for label in metric.labels}
    prometheus = {"job", "instance", "le"}
    queried = {
        name
        for text in (DASHBOARD, ALERTS)
        for names in re.findall(r"by \(([\w, ]+)\)", text)
        for name in names.split(", ")
    } | set(re.findall(r"[{,]\s*(\w+)!?=", DASHBOARD.replace("\\", "") + ALERTS))

    assert queried - labels - prometheus == set()


def test_the_page_describes_every_metric_as_the_catalogue_does() -> None:
    assert table_under("## Metrics", PAGE) == [
        [
            f"`{metric.name}`",
            type(metric).__name__.lower(),
            ", ".join(f"`{label}`" for label in metric.labels),
            metric.description,
        ]
        for metric in CATALOGUE
    ]


def test_the_page_describes_every_alert() -> None:
    rules: list[dict[str, Any]] = yaml.safe_load(ALERTS)["groups"][0]["rules"]

    described = {row[0].strip("`"): row[1] for row in table_under("## Alerts", PAGE)}

    assert described == {rule["alert"]: rule["labels"]["severity"] for rule in rules}
    assert all(rule["annotations"]["summary"].endswith(".") for rule in rules)


def test_the_dashboard_is_laid_out_without_overlaps() -> None:
    panels: list[dict[str, Any]] = json.loads(DASHBOARD)["panels"]
    places = [panel["gridPos"] for panel in panels]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["type"] == "row" or panel["targets"] for panel in panels)
