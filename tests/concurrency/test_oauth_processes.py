"""Changes to clients and consents on one server are effective on another at the next request."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final
from uuid import UUID

import pytest

from accounts.domain.access import OPERATOR, ClientPk
from tests.support.forms import WireBrowser
from tests.support.provider import WireClient, at_a_browser, register
from tests.support.school import School
from tests.support.server import Server
from tests.support.wire import WireCaller

pytestmark = pytest.mark.database

SCOPE: Final = "openid accounts:read"


@pytest.fixture
def notebook(school: School) -> WireClient:
    return WireClient(
        school.server.port, register(school, allowed_scopes=["openid", "accounts:read"])
    )


@pytest.fixture
def anna(school: School) -> Iterator[WireBrowser]:
    with closing(at_a_browser(school)) as browser:
        yield browser


def is_allowed(tokens: dict[str, Any], server: Server) -> bool:
    """Whether the API and the user info endpoint of the server accept this access token."""
    caller = WireCaller(server.port, tokens["access_token"])
    statuses = {caller.get(path).status for path in ("/v1/me", "/oauth/userinfo")}
    assert statuses in ({200}, {401})
    return statuses == {200}


def test_a_token_that_is_revoked_at_one_is_refused_by_the_other(
    notebook: WireClient, anna: WireBrowser, neighbour: Server
) -> None:
    tokens, elsewhere = notebook.tokens_for(anna, scope=SCOPE), notebook.at(neighbour.port)
    before = is_allowed(tokens, neighbour)

    notebook.post("/oauth/revoke", token=tokens["refresh_token"])

    assert before
    assert not is_allowed(tokens, neighbour)
    assert not elsewhere.says_active(tokens["access_token"])
    assert elsewhere.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_user_deactivated_on_one_server_cannot_use_a_client_on_the_other(
    school: School, notebook: WireClient, anna: WireBrowser, neighbour: Server
) -> None:
    tokens, elsewhere = notebook.tokens_for(anna, scope=SCOPE), notebook.at(neighbour.port)
    code = notebook.code_for(anna, scope=SCOPE)
    user_id = WireCaller(neighbour.port, tokens["access_token"]).get("/v1/me").json["id"]

    school.staff().patch(f"/v1/users/{user_id}", {"is_active": False})

    assert not is_allowed(tokens, neighbour)
    assert elsewhere.exchange(code).json["error"] == "invalid_grant"
    assert elsewhere.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_client_that_is_removed_elsewhere_is_refused_by_both(
    school: School, notebook: WireClient, anna: WireBrowser, neighbour: Server
) -> None:
    tokens = notebook.tokens_for(anna, scope=SCOPE)
    code = notebook.code_for(anna, scope=SCOPE)
    before = [is_allowed(tokens, server) for server in (school.server, neighbour)]

    with school.inside() as services:
        services.clients.remove(ClientPk(UUID(notebook.registered.pk)), by=OPERATOR)

    assert before == [True, True]
    for server in (school.server, neighbour):
        client = notebook.at(server.port)
        assert not is_allowed(tokens, server)
        assert client.exchange(code).json["error"] == "invalid_client"
        assert client.refresh(tokens["refresh_token"]).json["error"] == "invalid_client"


def test_a_code_that_one_has_issued_is_exchanged_at_the_other(
    notebook: WireClient, anna: WireBrowser, neighbour: Server
) -> None:
    code = notebook.code_for(anna, scope=SCOPE)

    answer = notebook.at(neighbour.port).exchange(code)

    assert answer.status == 200
    assert notebook.exchange(code).json["error"] == "invalid_grant"


def test_of_a_code_for_another_client_nothing_is_lost(
    school: School, notebook: WireClient, anna: WireBrowser, neighbour: Server
) -> None:
    code, other = notebook.code_for(anna, scope=SCOPE), register(school)

    answer = WireClient(neighbour.port, other).exchange(code)

    assert answer.json["error"] == "invalid_grant"
    assert notebook.exchange(code).status == 200
