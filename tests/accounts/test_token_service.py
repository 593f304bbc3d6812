"""Token introspection and revocation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.tokens import TokenFacts, TokenPair
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.clients import OAuthClient
from tests.accounts.granting import HOW, OPENID, has_client, tokens_for
from tests.support.builders import NOON
from tests.support.worlds import World

NOTES = "https://notes.example/api"
WHICH = pytest.mark.parametrize("which", ["access_token", "refresh_token"])


@pytest.fixture
def tokens(memory: World, client: OAuthClient, anna: User) -> TokenPair:
    return tokens_for(memory, client, anna, resource=NOTES)


def facts_of(world: World, client: OAuthClient, token: str) -> TokenFacts | None:
    return world.services.tokens.introspect(token, client_id=client.client_id)


def test_both_tokens_are_introspected(
    memory: World, client: OAuthClient, anna: User, tokens: TokenPair
) -> None:
    ports = memory.services.ports
    signed = ports.access_tokens.inspect(tokens.access_token, at=NOON)
    of_access = TokenFacts(
        is_access_token=True,
        token_id=signed.claims.token_id,
        client_id=client.client_id,
        user_id=anna.id,
        scopes=OPENID,
        resource=NOTES,
        authentication=replace(HOW, browser_id=None),
        issued_at=NOON,
        expires_at=NOON + ports.access_tokens.lifetime,
    )
    of_refresh = replace(
        of_access,
        is_access_token=False,
        token_id=None,
        authentication=HOW,
        expires_at=NOON + ports.session_policy.refresh_within,
    )

    assert facts_of(memory, client, tokens.access_token) == of_access
    assert facts_of(memory, client, tokens.refresh_token) == of_refresh


def test_a_token_of_a_client_for_itself_is_of_nobody(memory: World, client: OAuthClient) -> None:
    own = memory.services.grants.redeem_client_credentials(client, scopes=OPENID, resource="")

    facts = facts_of(memory, client, own.access_token)

    assert facts is not None
    assert (facts.user_id, facts.resource) == (None, "")


def test_an_access_token_expires_with_its_session(
    memory: World, client: OAuthClient, tokens: TokenPair
) -> None:
    signed = memory.services.ports.access_tokens.inspect(tokens.access_token, at=NOON)
    session = memory.repositories.sessions.get_for_update(signed.claims.session_id)
    end = NOON + timedelta(seconds=9)
    memory.repositories.sessions.save(replace(session, expires_at=end))

    facts = facts_of(memory, client, tokens.access_token)

    assert facts is not None
    assert facts.expires_at == end


@WHICH
def test_a_token_of_another_client_is_inactive(
    memory: World, tokens: TokenPair, which: str
) -> None:
    assert facts_of(memory, has_client(memory), getattr(tokens, which)) is None


@WHICH
def test_an_expired_token_is_inactive(
    memory: World, client: OAuthClient, tokens: TokenPair, which: str
) -> None:
    memory.clock.at += memory.services.ports.session_policy.refresh_within

    assert facts_of(memory, client, getattr(tokens, which)) is None


@WHICH
def test_a_token_of_an_inactive_user_is_inactive(
    memory: World, client: OAuthClient, anna: User, tokens: TokenPair, which: str
) -> None:
    memory.repositories.users.save(replace(anna, is_active=False))

    assert facts_of(memory, client, getattr(tokens, which)) is None


def test_a_redeemed_refresh_token_is_inactive(
    memory: World, client: OAuthClient, tokens: TokenPair
) -> None:
    grants = memory.services.grants
    renewal = grants.find_renewal(tokens.refresh_token, client)
    assert renewal is not None
    grants.redeem_renewal(renewal, scopes=OPENID)

    assert facts_of(memory, client, tokens.refresh_token) is None


def test_a_token_of_a_removed_session_is_inactive(
    memory: World, client: OAuthClient, tokens: TokenPair
) -> None:
    memory.repositories.sessions.remove_expired(before=NOON + timedelta(days=999))

    assert facts_of(memory, client, tokens.access_token) is None
    assert not memory.services.tokens.revoke(tokens.access_token, client_id=client.client_id)


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "ø"])
def test_a_malformed_token_is_inactive(memory: World, client: OAuthClient, token: str) -> None:
    assert facts_of(memory, client, token) is None
    assert not memory.services.tokens.revoke(token, client_id=client.client_id)


@WHICH
def test_revoking_a_token_ends_its_session(
    memory: World, client: OAuthClient, tokens: TokenPair, which: str
) -> None:
    signed = memory.services.ports.access_tokens.inspect(tokens.access_token, at=NOON)

    assert memory.services.tokens.revoke(getattr(tokens, which), client_id=client.client_id)

    session = memory.repositories.sessions.get_for_update(signed.claims.session_id)
    assert (session.ended_at, session.ended_because) == (NOON, SessionEnd.REVOKED)
    assert facts_of(memory, client, tokens.access_token) is None
    assert facts_of(memory, client, tokens.refresh_token) is None


@WHICH
def test_a_token_of_another_client_cannot_be_revoked(
    memory: World, client: OAuthClient, tokens: TokenPair, which: str
) -> None:
    assert not memory.services.tokens.revoke(
        getattr(tokens, which), client_id=has_client(memory).client_id
    )

    assert facts_of(memory, client, tokens.access_token)
