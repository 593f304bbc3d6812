"""Database statements of the endpoints for wallets, with BEGIN and COMMIT."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest

from accounts.domain.access import Principal, Scope, UserId
from credentials.domain.entities.credentials import IssuedCredentialId
from credentials.domain.entities.wallets import WalletOffer
from tests.credentials.holding import Holding, a_holding
from tests.support.application import Answer, Application
from tests.support.sql import each_cost, statements_of
from tests.support.wallets import collected, redeemed

pytestmark = pytest.mark.postgres

Act = Callable[[], Answer]


@dataclass(frozen=True)
class Offered:
    holding: Holding
    offer: WalletOffer


@pytest.fixture
def offered(committing_application: Application) -> Offered:
    holding = a_holding(committing_application)
    by = Principal(
        user_id=UserId(UUID(holding.anna.id)),
        roles=(),
        rights=frozenset(),
        scopes=frozenset(Scope),
        client_id="pages",
    )
    issued_id = IssuedCredentialId(UUID(holding.id))
    return Offered(holding, committing_application.services.wallets.offer(issued_id, by=by))


def reading_an_offer(offered: Offered) -> Act:
    path = f"/wallets/offer?code={offered.offer.code}"
    return lambda: offered.holding.application.stranger.get(path)


def redeeming_a_code(offered: Offered) -> Act:
    return lambda: redeemed(offered.offer.code, offered.offer.pin)


def collecting_a_credential(offered: Offered) -> Act:
    token = redeemed(offered.offer.code, offered.offer.pin).json["access_token"]
    return lambda: collected(token, credential_identifier=offered.holding.id)


COSTS = [
    (reading_an_offer, "SELECT"),
    # The code, its user, the session, and that the code was used.
    (redeeming_a_code, "BEGIN SELECT SELECT INSERT UPDATE COMMIT"),
    # The session; the credential with its document, its last event, and the token.
    (collecting_a_credential, "SELECT SELECT SELECT SELECT"),
]


@each_cost(COSTS)
def test_a_request_executes_these_statements_and_no_more(
    offered: Offered, prepare: Callable[[Offered], Act], statements: str
) -> None:
    answer, executed = statements_of(prepare(offered))

    assert answer.status == 200
    assert executed == statements.split()
