"""Registrations and secrets of clients that are changed twice at once."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.support.application import Answer
from tests.support.school import School
from tests.support.wire import WireCaller, at_once

pytestmark = pytest.mark.postgres

METADATA: Final[dict[str, Any]] = {"redirect_uris": ["https://app.example/callback"]}


@pytest.fixture
def registered(school: School) -> dict[str, Any]:
    """The response to a client that has registered itself."""
    token = school.output_of("invite_client").strip()
    answer = WireCaller(school.server.port, token).post("/oauth/register", METADATA)
    assert answer.status == 201, answer.text
    members: dict[str, Any] = answer.json
    return members


def test_of_eight_replacements_with_one_token_one_succeeds(
    school: School, registered: dict[str, Any]
) -> None:
    path = urlsplit(registered["registration_client_uri"]).path
    client = WireCaller(school.server.port, registered["registration_access_token"])

    def replace_as(name: str) -> Callable[[], Answer]:
        body = METADATA | {"client_id": registered["client_id"], "client_name": name}
        return lambda: client.send("PUT", path, body)

    answers = at_once(*(replace_as(f"Client {number}") for number in range(8)))

    assert Counter(answer.status for answer in answers) == {200: 1, 401: 7}
    (winner,) = (answer.json for answer in answers if answer.status == 200)
    now = WireCaller(school.server.port, winner["registration_access_token"]).get(path)
    assert now.json["client_name"] == winner["client_name"]


def test_of_eight_renewals_with_an_overlap_one_succeeds(school: School) -> None:
    owner = school.staff()
    founding = {"name": "Acme", "slug": f"acme-{uuid4().hex[:8]}"}
    place = f"/v1/orgs/{owner.post('/v1/orgs', founding).json['id']}/clients"
    ends_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    terms = {"name": "Sync", "scopes": ["orgs:read"], "expires_at": ends_at}
    client = owner.post(place, terms).json["client"]["id"]
    until = {"former_secret_expires_at": ends_at}

    answers = at_once(*[lambda: owner.post(f"{place}/{client}/renew-secret", until)] * 8)

    assert Counter(answer.status for answer in answers) == {200: 1, 409: 7}
    codes = {answer.code for answer in answers if answer.status == 409}
    assert codes == {"secrets-overlap"}
