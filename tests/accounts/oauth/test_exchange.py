"""Exchange state between oauthlib and our code."""

import pytest
from oauthlib.common import Request

from accounts.domain.identity.entities.tokens import TokenPair
from accounts.oauth.exchange import Exchange, ValidGrant, accept, exchange_of, scopes_of

pytestmark = pytest.mark.memory

TOKENS = TokenPair(access_token="access", refresh_token="refresh", expires_in_seconds=900)


def a_request(body: dict[str, str] | None = None) -> Request:
    return Request("/oauth/token", "POST", body or {})


def test_a_request_has_one_exchange() -> None:
    request = a_request()

    assert exchange_of(request) is exchange_of(request)
    assert exchange_of(request) is not exchange_of(a_request())


def test_an_accepted_grant_is_redeemed_with_the_scopes_of_the_request() -> None:
    request, redeemed = a_request(), []

    def redeem(scopes: object) -> TokenPair:
        redeemed.append(scopes)
        return TOKENS

    accept(request, ValidGrant(scopes=("email", "openid"), redeem=redeem))
    tokens = exchange_of(request).redeem(scopes_of(request))

    assert redeemed == [["email", "openid"]]
    assert tokens is exchange_of(request).issued is TOKENS


@pytest.mark.parametrize("state", ["approved_by", "valid_grant", "issued"])
def test_state_that_is_not_reached_yet_is_an_error(state: str) -> None:
    with pytest.raises(RuntimeError):
        getattr(Exchange(), state)
