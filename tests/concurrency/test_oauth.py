"""Authorization codes and refresh tokens that are sent twice at once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import repeat
from typing import Any, Final

import psycopg
import pytest

from tests.support.forms import WireBrowser
from tests.support.profiles import PROFILE, TIMES_AS_MANY
from tests.support.provider import WireClient, at_a_browser, register
from tests.support.school import School
from tests.support.wire import at_once

pytestmark = pytest.mark.postgres

FAMILIES: Final = 4
DOUBLED_EACH: Final = 8 * TIMES_AS_MANY[PROFILE]

SESSIONS_OF: Final = """
SELECT session.ended_because, count(token.hash)
FROM accounts_session session LEFT JOIN accounts_refreshtoken token ON token.session_id = session.id
WHERE session.client_id = %s GROUP BY session.id
"""


@pytest.fixture(scope="module")
def notebook(school: School) -> WireClient:
    return WireClient(school.server.port, register(school))


@pytest.fixture(scope="module")
def anna(school: School) -> Iterator[WireBrowser]:
    with closing(at_a_browser(school)) as browser:
        yield browser


def sessions_of(client: WireClient, school: School) -> list[tuple[str, int]]:
    """For each session of the client: how it ended, if it has, and the number of its refresh tokens."""
    with psycopg.connect(school.environment["DATABASE_URL"]) as database:
        return database.execute(SESSIONS_OF, [client.registered.client_id]).fetchall()


def test_of_eight_exchanges_of_a_code_at_once_one_succeeds_and_its_tokens_are_dead_by_then(
    school: School, anna: WireBrowser
) -> None:
    client = WireClient(school.server.port, register(school))
    code = client.code_for(anna)

    answers = at_once(*[lambda: client.exchange(code)] * 8)

    assert Counter(answer.status for answer in answers) == {200: 1, 400: 7}
    errors = [answer.json["error"] for answer in answers if answer.status == 400]
    assert set(errors) == {"invalid_grant"}
    (tokens,) = (answer.json for answer in answers if answer.status == 200)
    assert sessions_of(client, school) == [("code-reused", 1)]
    assert not client.says_active(tokens["access_token"])
    assert client.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_refreshes_that_come_twice_at_once_lose_no_session_and_fork_none(
    school: School, notebook: WireClient, anna: WireBrowser
) -> None:
    families = [notebook.tokens_for(anna) for _ in range(FAMILIES)]

    with ThreadPoolExecutor(FAMILIES) as pool:
        ends = list(pool.map(refreshed_doubly, repeat(notebook), families))

    assert all(notebook.says_active(tokens["refresh_token"]) for tokens in ends)
    assert Counter(sessions_of(notebook, school)) == {("", DOUBLED_EACH + 1): FAMILIES}


def refreshed_doubly(client: WireClient, tokens: dict[str, Any]) -> dict[str, Any]:
    """The last pair of a family whose tokens were all sent twice at once."""
    with ThreadPoolExecutor(2) as pool:
        for _ in range(DOUBLED_EACH):
            answers = list(pool.map(client.refresh, [tokens["refresh_token"]] * 2))
            assert [answer.status for answer in answers] == [200, 200], answers
            first, second = (
                (answer.json["access_token"], answer.json["refresh_token"]) for answer in answers
            )
            assert first == second
            assert first[1] != tokens["refresh_token"]
            tokens = answers[0].json
    return tokens


def test_reusing_a_rotated_token_ends_its_family_and_no_other(
    school: School, anna: WireBrowser
) -> None:
    client = WireClient(school.server.port, register(school))
    families = [client.tokens_for(anna) for _ in range(6)]
    stolen = [tokens["refresh_token"] for tokens in families]
    for _ in range(2):
        families = [client.refresh(tokens["refresh_token"]).json for tokens in families]

    answers = at_once(
        *[lambda old=old: client.refresh(old) for old in stolen[:3] for _ in range(5)]
    )

    assert {(answer.status, answer.json["error"]) for answer in answers} == {(400, "invalid_grant")}
    alive = [client.says_active(tokens["access_token"]) for tokens in families]
    assert alive == [False] * 3 + [True] * 3
    assert Counter(why for why, _ in sessions_of(client, school)) == {"token-reused": 3, "": 3}
    assert [client.refresh(tokens["refresh_token"]).status for tokens in families] == [400] * 3 + [
        200
    ] * 3
