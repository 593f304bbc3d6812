"""Authorization service: consents, codes and revocation."""

from datetime import timedelta

import pytest

from accounts.domain.access import OPERATOR, PersonNeeded
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.authorizations import CODE_LIVES, AuthorizationCode, Permission
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import GrantNotFound
from tests.accounts.granting import (
    HOW,
    OPENID,
    a_consent,
    code_for,
    exchanged,
    grants_of,
    has_client,
    has_session,
    stored_session,
    tokens_for,
)
from tests.support.builders import NOON, a_principal
from tests.support.worlds import World

SECOND = timedelta(seconds=1)


def agrees(world: World, user: User, client: OAuthClient, *scopes: str) -> None:
    world.services.authorizations.consent(client, user_id=user.id, scopes=scopes)


def must_ask(
    world: World,
    user: User,
    client: OAuthClient,
    *scopes: str,
    at: str = "https://app.example/callback",
) -> bool:
    return world.services.authorizations.needs_consent(
        client, user_id=user.id, scopes=scopes, redirect_uri=at
    )


def stored_code(world: World, code: str) -> AuthorizationCode | None:
    code_hash = world.services.ports.opaque_tokens.hash(code)
    return world.repositories.authorization_codes.find_for_update(code_hash)


def test_a_user_who_has_consented_is_not_asked_again(
    memory: World, anna: User, client: OAuthClient
) -> None:
    before = must_ask(memory, anna, client, "openid")

    agrees(memory, anna, client, "openid", "email")

    assert before
    assert not must_ask(memory, anna, client, "openid")


def test_more_scopes_need_another_consent(memory: World, anna: User, client: OAuthClient) -> None:
    agrees(memory, anna, client, "openid")

    assert must_ask(memory, anna, client, "openid", "email")


def test_a_consent_is_for_one_user_and_one_client(
    memory: World, anna: User, client: OAuthClient
) -> None:
    agrees(memory, anna, client, "openid")

    assert must_ask(memory, memory.has_user(name="Bo"), client, "openid")
    assert must_ask(memory, anna, has_client(memory), "openid")


def test_a_trusted_client_needs_no_consent(memory: World, anna: User) -> None:
    assert not must_ask(memory, anna, has_client(memory, is_trusted=True), "openid")


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:49152/callback", "http://[::1]/", "com.example.app:/callback"]
)
def test_a_public_client_that_any_program_could_be_asks_each_time(
    memory: World, anna: User, uri: str
) -> None:
    terms = {"is_public": True, "redirect_uris": (uri, "https://app.example/callback")}
    client = has_client(memory, **terms)
    agrees(memory, anna, client, "openid")

    assert must_ask(memory, anna, client, "openid", at=uri)
    assert must_ask(memory, anna, has_client(memory, is_trusted=True, **terms), "openid", at=uri)
    assert not must_ask(memory, anna, client, "openid")


def test_a_second_consent_adds_to_the_first(memory: World, anna: User, client: OAuthClient) -> None:
    agrees(memory, anna, client, "openid")
    memory.clock.go_on(hours=1)

    agrees(memory, anna, client, "email")

    now = memory.clock.now()
    both = a_consent(anna, client, scopes=frozenset({"openid", "email"}), given_at=now)
    assert grants_of(memory, a_principal(anna)) == [(both, client)]


def test_a_code_stores_the_permission(memory: World, anna: User, client: OAuthClient) -> None:
    permission = Permission(
        user_id=anna.id, scopes=OPENID, resource="https://notes.example/api", nonce="n-1"
    )

    code = memory.services.authorizations.issue_code(
        client,
        permission,
        authentication=HOW,
        redirect_uri="https://app.example/callback",
        code_challenge="a challenge",
    )

    stored = stored_code(memory, code)
    assert stored is not None
    assert (stored.client_pk, stored.permission, stored.authentication) == (
        client.id,
        permission,
        HOW,
    )
    assert stored.redirect_uri == "https://app.example/callback"
    assert stored.code_challenge == "a challenge"
    assert stored.expires_at == NOON + CODE_LIVES
    assert code not in repr(stored)


def test_every_code_is_unique_and_has_its_own_session(
    memory: World, anna: User, client: OAuthClient
) -> None:
    codes = [code_for(memory, client, anna) for _ in range(3)]

    stored = [stored_code(memory, code) for code in codes]
    sessions = {code.session_id for code in stored if code}
    assert (len(set(codes)), len(sessions)) == (3, 3)
    assert min(map(len, codes)) >= 43, "which is 256 bits"


def test_users_see_their_own_grants_alone(memory: World, anna: User, client: OAuthClient) -> None:
    bo = memory.has_user(name="Bo")
    agrees(memory, anna, client, "openid")

    assert grants_of(memory, a_principal(bo)) == []
    with pytest.raises(PersonNeeded):
        grants_of(memory, OPERATOR)


def test_revoking_a_grant_ends_the_sessions_of_that_user_and_client(
    memory: World, anna: User, client: OAuthClient
) -> None:
    bo, other = memory.has_user(name="Bo"), has_client(memory)
    agrees(memory, anna, client, "openid")
    ending = has_session(memory, anna, client)
    staying = [has_session(memory, anna, other), has_session(memory, bo, client)]
    memory.clock.go_on(hours=1)

    memory.services.authorizations.revoke(client.id, by=a_principal(anna))

    now = memory.clock.now()
    assert stored_session(memory, ending) == ending.ended(at=now, because=SessionEnd.REVOKED)
    assert [stored_session(memory, session) for session in staying] == staying
    assert grants_of(memory, a_principal(anna)) == []
    assert must_ask(memory, anna, client, "openid")


def test_revoking_a_grant_revokes_the_tokens(
    memory: World, anna: User, client: OAuthClient
) -> None:
    agrees(memory, anna, client, "openid")
    tokens = tokens_for(memory, client, anna)

    memory.services.authorizations.revoke(client.id, by=a_principal(anna))

    assert (
        memory.services.tokens.introspect(tokens.access_token, client_id=client.client_id) is None
    )
    assert (
        memory.services.tokens.introspect(tokens.refresh_token, client_id=client.client_id) is None
    )


def test_a_grant_of_another_user_cannot_be_revoked(
    memory: World, anna: User, client: OAuthClient
) -> None:
    bo = memory.has_user(name="Bo")
    agrees(memory, anna, client, "openid")
    session = has_session(memory, bo, client)

    with pytest.raises(GrantNotFound):
        memory.services.authorizations.revoke(client.id, by=a_principal(bo))

    assert stored_session(memory, session) == session
    assert not must_ask(memory, anna, client, "openid")


def test_a_grant_can_be_revoked_once(memory: World, anna: User, client: OAuthClient) -> None:
    agrees(memory, anna, client, "openid")
    memory.services.authorizations.revoke(client.id, by=a_principal(anna))

    with pytest.raises(GrantNotFound):
        memory.services.authorizations.revoke(client.id, by=a_principal(anna))


def test_codes_outlive_their_expiry_so_that_a_replay_is_detected(
    memory: World, anna: User, client: OAuthClient
) -> None:
    code = code_for(memory, client, anna)
    exchanged(memory, client, code)

    memory.clock.at = NOON + 2 * CODE_LIVES
    early = memory.services.authorizations.remove_expired()
    memory.clock.at += SECOND
    late = memory.services.authorizations.remove_expired()

    assert (early, late) == (0, 1)
    assert stored_code(memory, code) is None
