"""Grant service: codes, refresh tokens and client credentials are redeemed for tokens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.access import GrantType, Right
from accounts.domain.identity.entities.sessions import Session, SessionEnd
from accounts.domain.identity.entities.tokens import TokenPair
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.authorizations import CODE_LIVES
from accounts.domain.oauth.entities.clients import OAuthClient
from tests.accounts.granting import HOW, OPENID, code_for, exchanged, has_client, tokens_for
from tests.support.blocks import Oops
from tests.support.builders import NOON
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
NOTES = "https://notes.example/api"
BOTH = frozenset({"openid", "email"})


def session_of(world: World, tokens: TokenPair) -> Session:
    ports = world.services.ports
    signed = ports.access_tokens.inspect(tokens.access_token, at=world.clock.now())
    return world.repositories.sessions.get_for_update(signed.claims.session_id)


def renewed(
    world: World, client: OAuthClient, refresh_token: str, *scopes: str
) -> TokenPair | None:
    grants = world.services.grants

    def refresh() -> TokenPair | None:
        renewal = grants.find_renewal(refresh_token, client)
        return (
            grants.redeem_renewal(renewal, scopes=scopes or renewal.session.scopes)
            if renewal
            else None
        )

    return grants.atomically(refresh)


def test_a_code_starts_the_session_that_the_user_has_agreed_to(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna, scopes=BOTH, resource=NOTES)

    session = session_of(memory, tokens)
    assert session == Session(
        id=session.id,
        user_id=anna.id,
        client_id=client.client_id,
        scopes=BOTH,
        started_at=NOON,
        expires_at=NOON + memory.services.ports.session_policy.ends_after,
        resource=NOTES,
        authentication=HOW,
    )


def test_the_access_token_of_a_code_is_for_the_permitted_resource(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna, scopes=BOTH, resource=NOTES)

    claims = memory.services.ports.access_tokens.inspect(tokens.access_token, at=NOON).claims
    assert (claims.user_id, claims.client_id) == (anna.id, client.client_id)
    assert (claims.scopes, claims.audience) == (BOTH, NOTES)
    assert tokens.expires_in_seconds == 900


def test_a_code_can_be_redeemed_once(memory: World, anna: User, client: OAuthClient) -> None:
    code = code_for(memory, client, anna)

    assert exchanged(memory, client, code)
    assert exchanged(memory, client, code) is None


def test_a_reused_code_ends_its_session(memory: World, anna: User, client: OAuthClient) -> None:
    code = code_for(memory, client, anna)
    tokens, other = exchanged(memory, client, code), tokens_for(memory, client, anna)
    assert tokens is not None
    memory.clock.go_on(minutes=5)

    exchanged(memory, client, code)

    now, session = memory.clock.now(), session_of(memory, tokens)
    assert (session.ended_at, session.ended_because) == (now, SessionEnd.CODE_REUSED)
    assert (
        memory.services.tokens.introspect(tokens.access_token, client_id=client.client_id) is None
    )
    assert renewed(memory, client, tokens.refresh_token) is None
    assert renewed(memory, client, other.refresh_token)


def test_a_reused_code_is_rejected_when_its_session_is_deleted(
    memory: World, anna: User, client: OAuthClient
) -> None:
    code = code_for(memory, client, anna)
    exchanged(memory, client, code)
    memory.clock.at += memory.services.ports.session_policy.ends_after + SECOND
    memory.services.sessions.remove_expired()

    assert exchanged(memory, client, code) is None


def test_a_code_of_another_client_is_not_found_and_stays_valid(
    memory: World, anna: User, client: OAuthClient
) -> None:
    thief, code = has_client(memory), code_for(memory, client, anna)

    before = exchanged(memory, thief, code)
    tokens = exchanged(memory, client, code)
    after = exchanged(memory, thief, code)

    assert (before, after) == (None, None)
    assert tokens is not None
    assert session_of(memory, tokens).ended_at is None


def test_an_unknown_code_is_not_found(memory: World, anna: User, client: OAuthClient) -> None:
    code_for(memory, client, anna)

    assert exchanged(memory, client, "unknown") is None


def test_a_code_is_valid_for_a_minute(memory: World, anna: User, client: OAuthClient) -> None:
    first, second = code_for(memory, client, anna), code_for(memory, client, anna)
    memory.clock.at = NOON + CODE_LIVES - SECOND

    assert exchanged(memory, client, first)

    memory.clock.at += SECOND
    assert exchanged(memory, client, second) is None


def test_a_code_of_a_deactivated_user_is_rejected(
    memory: World, anna: User, client: OAuthClient
) -> None:
    code = code_for(memory, client, anna)
    memory.repositories.users.save(replace(anna, is_active=False))

    assert exchanged(memory, client, code) is None


def test_a_failed_exchange_does_not_use_up_the_code(
    memory: World, anna: User, client: OAuthClient
) -> None:
    grants, code = memory.services.grants, code_for(memory, client, anna)

    def break_off() -> None:
        redemption = grants.find_code(code, client)
        assert redemption is not None
        grants.redeem_code(redemption, client)
        raise Oops

    with pytest.raises(Oops):
        grants.atomically(break_off)

    assert exchanged(memory, client, code)


def test_a_client_without_the_refresh_grant_gets_no_refresh_token(
    memory: World, anna: User
) -> None:
    client = has_client(memory, grant_types=frozenset({GrantType.AUTHORIZATION_CODE}))

    tokens = tokens_for(memory, client, anna)

    assert tokens.refresh_token == ""
    assert memory.services.tokens.introspect(tokens.access_token, client_id=client.client_id)


def test_a_refresh_token_is_redeemed_for_a_new_pair_of_the_same_session(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna, scopes=BOTH, resource=NOTES)
    memory.clock.go_on(hours=1)

    following = renewed(memory, client, tokens.refresh_token)

    assert following is not None
    claims = memory.services.ports.access_tokens.inspect(
        following.access_token, at=memory.clock.now()
    ).claims
    assert (claims.user_id, claims.scopes, claims.audience) == (anna.id, BOTH, NOTES)
    assert session_of(memory, following).started_at == NOON
    assert following.refresh_token != tokens.refresh_token


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (["openid"], {"openid"}),
        (["openid", "email"], {"openid", "email"}),
        (["openid", "courses:write"], {"openid"}),
    ],
)
def test_a_refresh_can_narrow_the_scopes_of_one_access_token(
    memory: World, anna: User, client: OAuthClient, wanted: list[str], given: set[str]
) -> None:
    tokens = tokens_for(memory, client, anna, scopes=BOTH)

    narrow = renewed(memory, client, tokens.refresh_token, *wanted)

    assert narrow is not None
    facts = memory.services.tokens.introspect(narrow.access_token, client_id=client.client_id)
    assert facts is not None
    assert facts.scopes == given
    wide = renewed(memory, client, narrow.refresh_token)
    assert wide is not None
    kept_facts = memory.services.tokens.introspect(wide.access_token, client_id=client.client_id)
    assert kept_facts is not None
    assert kept_facts.scopes == BOTH


def test_a_refresh_token_of_another_client_is_not_found_and_stays_valid(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens, thief = tokens_for(memory, client, anna), has_client(memory)

    assert renewed(memory, thief, tokens.refresh_token) is None
    assert renewed(memory, client, tokens.refresh_token)


def test_our_own_refresh_tokens_belong_to_no_client(memory: World, client: OAuthClient) -> None:
    signed_in = memory.services.sign_in.register(
        email="bo@school.example", name="Bo", password="a long walk home"
    )

    assert renewed(memory, client, signed_in.refresh_token) is None
    assert memory.services.sessions.refresh(signed_in.refresh_token)


def test_an_unknown_refresh_token_is_not_found(memory: World, client: OAuthClient) -> None:
    assert renewed(memory, client, "unknown") is None


def test_a_reused_refresh_token_ends_its_session(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna)
    following = renewed(memory, client, tokens.refresh_token)
    assert following is not None
    memory.clock.at += memory.services.ports.session_policy.repeats_within

    assert renewed(memory, client, tokens.refresh_token) is None

    assert session_of(memory, following).ended_because is SessionEnd.TOKEN_REUSED
    assert renewed(memory, client, following.refresh_token) is None


def test_client_credentials_start_a_session_without_a_user(
    memory: World, client: OAuthClient
) -> None:
    tokens = memory.services.grants.redeem_client_credentials(
        client, scopes=["courses:read"], resource=""
    )

    principal = memory.services.access.principal_of(tokens.access_token)
    assert (principal.user_id, principal.client_id) == (None, client.client_id)
    assert (principal.roles, principal.rights) == ((), frozenset({Right.READ_EVENTS}))
    assert principal.scopes == {"courses:read"}
    assert tokens.refresh_token == ""


def test_a_session_of_client_credentials_ends_with_its_token(
    memory: World, client: OAuthClient
) -> None:
    tokens = memory.services.grants.redeem_client_credentials(client, scopes=OPENID, resource=NOTES)

    session = session_of(memory, tokens)
    assert session.expires_at == NOON + memory.services.ports.access_tokens.lifetime
    assert tokens.expires_in_seconds == 900
    assert (session.resource, session.authentication) == (NOTES, None)


def test_a_renewal_does_not_print_the_refresh_token(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna)

    renewal = memory.services.grants.find_renewal(tokens.refresh_token, client)

    assert renewal is not None
    assert tokens.refresh_token not in repr(renewal)
