"""Webhooks over HTTP: shapes of requests and answers, for an organization and for the platform."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from accounts.domain.access import Role
from accounts.domain.integrations.entities.webhooks import WebhookId
from authsvc.kernel.tenancy import ALL_TENANTS
from tests.support.application import Application, Caller
from tests.support.webhooks import a_delivery

HOOK = "http://127.0.0.1:9/"


@pytest.fixture(params=["organization", "platform"])
def owned(application: Application, request: pytest.FixtureRequest) -> tuple[Caller, str]:
    """Somebody who may manage webhooks, and where."""
    if request.param == "platform":
        return application.signed_in(Role.ADMIN, name="Root").caller, "/v1/webhooks"
    owner = application.signed_in().caller
    org = owner.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"}).json["id"]
    return owner, f"/v1/orgs/{org}/webhooks"


def test_a_webhook_is_created_listed_changed_and_removed(owned: tuple[Caller, str]) -> None:
    caller, place = owned
    body = {"url": HOOK, "description": "Register", "types": ["credential.issued"]}

    created = caller.post(place, body)

    webhook = created.json["webhook"]
    assert created.status == 201
    assert created.json["secret"].startswith("whsec_")
    assert webhook == {
        "id": webhook["id"],
        "org_id": webhook["org_id"],
        **body,
        "status": "active",
        "paused_because": None,
        "paused_since": None,
        "former_secret_expires_at": None,
        "created_at": webhook["created_at"],
    }
    assert caller.get(place).json == {"items": [webhook], "next": None}
    read = caller.get(f"{place}/{webhook['id']}")
    assert read.json == webhook
    changed = caller.patch(f"{place}/{webhook['id']}", {"types": []}, If_Match=read.headers["ETag"])
    assert changed.json == webhook | {"types": []}
    stale = caller.patch(f"{place}/{webhook['id']}", {"types": []}, If_Match=read.headers["ETag"])
    assert stale.code == "precondition-failed"
    assert caller.send("DELETE", f"{place}/{webhook['id']}").status == 204
    assert caller.get(f"{place}/{webhook['id']}").code == "webhook-not-found"


def test_a_webhook_is_paused_resumed_pinged_and_replayed(owned: tuple[Caller, str]) -> None:
    caller, place = owned
    place += f"/{caller.post(place, {'url': HOOK}).json['webhook']['id']}"

    paused = caller.post(f"{place}/pause").json
    assert (paused["status"], paused["paused_because"]) == ("paused", "requested")
    assert caller.post(f"{place}/resume").json["status"] == "active"
    ping = caller.post(f"{place}/ping").json
    assert (ping["is_delivered"], ping["http_status"]) == (False, None)
    assert "refused" in ping["error"]
    assert caller.post(f"{place}/replay", {"after": 0}).json == {"after": 0}
    assert caller.post(f"{place}/replay", {}).code == "unsuitable-replay"


def test_a_rotated_secret_is_new_and_the_former_one_ends_at_the_time_given(
    owned: tuple[Caller, str],
) -> None:
    caller, place = owned
    first = caller.post(place, {"url": HOOK}).json
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    place += f"/{first['webhook']['id']}/rotate-secret"

    second = caller.post(place, {"former_secret_expires_at": until})

    assert second.json["secret"] != first["secret"]
    assert second.json["webhook"]["former_secret_expires_at"] == until
    late = (datetime.now(UTC) + timedelta(days=8)).isoformat()
    assert caller.post(place, {"former_secret_expires_at": late}).code == "unsuitable-overlap"


def test_deliveries_are_listed_and_repeated(
    application: Application, owned: tuple[Caller, str]
) -> None:
    caller, place = owned
    webhook_id = caller.post(place, {"url": HOOK}).json["webhook"]["id"]
    repositories = application.services.repositories
    webhook = repositories.webhooks.get(WebhookId(UUID(webhook_id)), scope=ALL_TENANTS)
    delivery = a_delivery(webhook, 7, attempts=2, http_status=500, duration_ms=12, error="no")
    repositories.deliveries.add([delivery])

    (item,) = caller.get(f"{place}/{webhook_id}/deliveries").json["items"]

    assert item == {
        "id": str(delivery.id),
        "event_id": str(delivery.event_id),
        "position": 7,
        "type": "user.deactivated",
        "user_id": str(delivery.user_id),
        "status": "waiting",
        "attempts": 2,
        "http_status": 500,
        "duration_ms": 12,
        "error": "no",
        "created_at": "2026-03-01T12:00:00Z",
        "attempted_at": None,
        "next_attempt_at": "2026-03-01T12:00:00Z",
    }
    redelivery = f"{place}/{webhook_id}/deliveries/{delivery.id}/redeliver"
    assert caller.post(redelivery).json["attempts"] == 0
    caller.post(f"{place}/{webhook_id}/pause")
    assert caller.post(redelivery).code == "webhook-paused"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/url"),
        ({"url": "ftp://hooks.example/"}, "#/url"),
        ({"url": HOOK, "types": ["no.such"]}, "#/types/0"),
        ({"url": HOOK, "types": "credential.issued"}, "#/types"),
        ({"url": HOOK, "description": "a\nb"}, "#/description"),
    ],
)
def test_invalid_members_are_named(
    owned: tuple[Caller, str], body: dict[str, object], pointer: str
) -> None:
    caller, place = owned

    answer = caller.post(place, body)

    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_feed_and_webhooks_show_an_event_alike(application: Application) -> None:
    root = application.signed_in(Role.ADMIN, name="Root").caller
    root.post("/v1/orgs", {"name": "School of Knots", "slug": "knots"})

    items = root.get("/v1/events").json["items"]

    positions = [item["position"] for item in items]
    recorded = application.services.repositories.outgoing_events.at(positions, scope=ALL_TENANTS)
    assert items
    assert items == [event.members for event in recorded]
