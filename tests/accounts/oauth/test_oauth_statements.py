"""Database statements of OAuth requests, with BEGIN and COMMIT."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import GrantType
from authsvc.composition.container import services
from tests.accounts.oauth.acting import an_app, tokens_of
from tests.support.application import Answer, Application
from tests.support.browsing import EMAIL
from tests.support.databases import connected_to, own_database
from tests.support.relying import RelyingParty
from tests.support.staff import a_user_of

pytestmark = pytest.mark.postgres

GRANTS = frozenset(
    {GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.CLIENT_CREDENTIALS}
)
Act = Callable[[], Answer]


def requesting_client_credentials(app: RelyingParty) -> Act:
    return lambda: app.tokens(grant_type="client_credentials", scope="courses:read")


def exchanging_a_code(app: RelyingParty) -> Act:
    attempt = app.allowed()
    return lambda: app.exchange(attempt)


def refreshing(app: RelyingParty) -> Act:
    token = tokens_of(app)["refresh_token"]
    return lambda: app.refresh(token)


def introspecting_an_access_token(app: RelyingParty) -> Act:
    token = tokens_of(app)["access_token"]
    return lambda: app.post("/oauth/introspect", token=token)


COSTS = [
    (requesting_client_credentials, "SELECT INSERT"),
    (exchanging_a_code, "BEGIN SELECT SELECT SELECT INSERT UPDATE INSERT COMMIT"),
    (refreshing, "BEGIN SELECT SELECT SELECT SELECT UPDATE INSERT COMMIT"),
    (introspecting_an_access_token, "SELECT SELECT"),
]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RelyingParty]:
    """A client on a connection that commits: inside a test's transaction there is no BEGIN or COMMIT."""
    with own_database(tmp_path) as url, connected_to(url):
        call_command("migrate", verbosity=0)
        services.cache_clear()
        application = Application(services())
        a_user_of(application, email=EMAIL)
        yield an_app(application, grant_types=GRANTS)
    services.cache_clear()


@pytest.mark.parametrize(
    ("prepare", "statements"), COSTS, ids=[prepare.__name__ for prepare, _ in COSTS]
)
def test_a_request_executes_these_statements_and_no_more(
    app: RelyingParty, prepare: Callable[[RelyingParty], Act], statements: str
) -> None:
    act = prepare(app)

    with CaptureQueriesContext(connection) as captured:
        answer = act()

    assert answer.status == 200
    assert [query["sql"].split()[0] for query in captured.captured_queries] == statements.split()
