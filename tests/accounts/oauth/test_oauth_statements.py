"""Database statements of OAuth requests, with BEGIN and COMMIT."""

from collections.abc import Callable

import pytest

from accounts.domain.access import GrantType
from tests.accounts.oauth.acting import tokens_of
from tests.support.application import Answer, Application
from tests.support.relying import RelyingParty, a_relying_party
from tests.support.sql import each_cost, statements_of
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
def app(committing_application: Application) -> RelyingParty:
    """A client, with Anna signed in at its browser."""
    anna = a_user_of(committing_application)
    app = a_relying_party(committing_application, grant_types=GRANTS)
    assert app.browser.sign_in(anna.email).status == 302
    return app


@each_cost(COSTS)
def test_a_request_executes_these_statements_and_no_more(
    app: RelyingParty, prepare: Callable[[RelyingParty], Act], statements: str
) -> None:
    answer, executed = statements_of(prepare(app))

    assert answer.status == 200
    assert executed == statements.split()
