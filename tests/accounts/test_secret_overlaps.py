"""Renewal of client secrets with an overlap, and the waiver of PKCE."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accounts.domain.access import GrantType, NotPermitted, Principal, Right
from accounts.domain.audit.entities import AuditAction
from accounts.domain.identity.entities.sessions import Session
from accounts.domain.oauth.entities.clients import OAuthClient, RegisteredClient
from accounts.domain.oauth.errors import (
    PublicClient,
    PublicClientNeedsPkce,
    SecretsOverlap,
    UnsuitableExpiry,
)
from accounts.domain.oauth.services.clients import LONGEST_OVERLAP
from tests.accounts.auditing import log_of
from tests.support.builders import NOON, a_principal, some_client_terms
from tests.support.worlds import World

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
UNTIL = NOON + HOUR
ROOT: Principal = a_principal(None, *Right)


@pytest.fixture
def registered(memory: World) -> RegisteredClient:
    terms = some_client_terms(
        grant_types=frozenset({GrantType.CLIENT_CREDENTIALS}),
        allowed_scopes=frozenset({"courses:read"}),
    )
    return memory.services.clients.register(terms, by=ROOT)


@pytest.fixture
def authenticated(
    memory: World, registered: RegisteredClient
) -> Callable[[str], OAuthClient | None]:
    return lambda secret: memory.services.clients.authenticated(registered.client.client_id, secret)


def renewed(
    memory: World, client: OAuthClient, former_until: datetime | None = UNTIL
) -> RegisteredClient:
    return memory.services.clients.renew_secret(client.id, former_until=former_until, by=ROOT)


def session_of(memory: World, client: OAuthClient | None) -> Session:
    """The session of a token that the client gets for itself."""
    assert client is not None
    tokens = memory.services.grants.redeem_client_credentials(
        client, scopes=["courses:read"], resource=""
    )
    claims = memory.services.ports.access_tokens.inspect(
        tokens.access_token, at=memory.clock.now()
    ).claims
    return memory.repositories.sessions.get_for_update(claims.session_id)


def test_both_secrets_are_valid_until_the_former_one_expires(
    memory: World,
    registered: RegisteredClient,
    authenticated: Callable[[str], OAuthClient | None],
) -> None:
    new = renewed(memory, registered.client)

    assert authenticated(registered.secret)
    assert authenticated(new.secret) == new.client
    memory.clock.go_on(seconds=3599)
    assert authenticated(registered.secret)
    memory.clock.go_on(seconds=1)
    assert authenticated(registered.secret) is None
    assert authenticated(new.secret) == new.client


def test_tokens_end_with_the_secret_with_which_the_client_got_them(
    memory: World,
    registered: RegisteredClient,
    authenticated: Callable[[str], OAuthClient | None],
) -> None:
    before = session_of(memory, authenticated(registered.secret))
    until = NOON + timedelta(minutes=1)
    new = renewed(memory, registered.client, until)
    with_former = session_of(memory, authenticated(registered.secret))
    with_new = session_of(memory, authenticated(new.secret))

    ends = [
        memory.repositories.sessions.get_for_update(session.id).expires_at
        for session in (before, with_former, with_new)
    ]

    assert before.expires_at > until
    assert ends == [until, until, before.expires_at]


def test_a_renewal_without_an_overlap_ends_both_secrets(
    memory: World,
    registered: RegisteredClient,
    authenticated: Callable[[str], OAuthClient | None],
) -> None:
    second = renewed(memory, registered.client)
    session = session_of(memory, authenticated(second.secret))

    third = renewed(memory, registered.client, None)

    assert authenticated(registered.secret) is None
    assert authenticated(second.secret) is None
    assert authenticated(third.secret) == third.client
    assert memory.repositories.sessions.get_for_update(session.id).ended_at == NOON


def test_there_are_never_three_secrets(memory: World, registered: RegisteredClient) -> None:
    renewed(memory, registered.client)

    with pytest.raises(SecretsOverlap) as error:
        renewed(memory, registered.client, UNTIL + HOUR)
    memory.clock.go_on(hours=1)

    assert error.value.facts == {"until": UNTIL.isoformat()}
    assert renewed(memory, registered.client, UNTIL + HOUR).secret


@pytest.mark.parametrize("until", [NOON - SECOND, NOON, NOON + LONGEST_OVERLAP + SECOND])
def test_an_overlap_has_a_longest_time(
    memory: World, registered: RegisteredClient, until: datetime
) -> None:
    with pytest.raises(UnsuitableExpiry):
        renewed(memory, registered.client, until)

    assert renewed(memory, registered.client, NOON + LONGEST_OVERLAP).client.former_secret


def test_an_overlap_is_recorded(memory: World, registered: RegisteredClient) -> None:
    renewed(memory, registered.client)

    act = log_of(memory)[-1].act
    assert act.action is AuditAction.CLIENT_SECRET_RENEWED
    assert act.after == {"former_secret_expires_at": UNTIL.isoformat()}


def test_a_public_client_has_no_secrets_to_overlap(memory: World) -> None:
    terms = some_client_terms(is_public=True, grant_types=frozenset({GrantType.AUTHORIZATION_CODE}))
    client = memory.services.clients.register(terms, by=ROOT).client

    with pytest.raises(PublicClient):
        renewed(memory, client)


def test_a_client_that_expires_earlier_expires_then(
    memory: World, registered: RegisteredClient
) -> None:
    client = renewed(memory, registered.client).client
    expiring = replace(client, expires_at=NOON + SECOND)

    assert client.as_authenticated_by_former_secret().expires_at == UNTIL
    assert expiring.as_authenticated_by_former_secret().expires_at == NOON + SECOND
    assert registered.client.as_authenticated_by_former_secret() == registered.client


def test_pkce_is_waived_for_a_reason_and_required_again(
    memory: World, registered: RegisteredClient
) -> None:
    change = memory.services.clients.set_pkce_waiver

    waived = change(registered.client.id, is_waived=True, reason="Old library.", by=ROOT)
    waiver = log_of(memory)[-1].act
    required = change(registered.client.id, is_waived=False, reason="Updated.", by=ROOT)

    assert (waived.needs_pkce, waived.pkce_waived_because) == (False, "Old library.")
    assert (waiver.action, waiver.reason) == (AuditAction.CLIENT_AMENDED, "Old library.")
    assert (waiver.before, waiver.after) == ({"needs_pkce": True}, {"needs_pkce": False})
    assert required.needs_pkce
    assert log_of(memory)[-1].act.after == {"needs_pkce": True}


def test_pkce_is_not_waived_for_public_clients(memory: World) -> None:
    terms = some_client_terms(is_public=True, grant_types=frozenset({GrantType.AUTHORIZATION_CODE}))
    client = memory.services.clients.register(terms, by=ROOT).client

    with pytest.raises(PublicClientNeedsPkce):
        memory.services.clients.set_pkce_waiver(client.id, is_waived=True, reason="x", by=ROOT)


def test_a_client_that_becomes_public_needs_pkce(
    memory: World, registered: RegisteredClient
) -> None:
    memory.services.clients.set_pkce_waiver(
        registered.client.id, is_waived=True, reason="Old library.", by=ROOT
    )
    renewed(memory, registered.client)
    terms = some_client_terms(is_public=True, grant_types=frozenset({GrantType.AUTHORIZATION_CODE}))

    client = memory.services.clients.amend(registered.client.id, terms, by=ROOT)

    assert client.needs_pkce
    assert (client.secret_hash, client.former_secret) == ("", None)


def test_waiving_pkce_needs_the_right_to_manage_clients(
    memory: World, registered: RegisteredClient
) -> None:
    with pytest.raises(NotPermitted):
        memory.services.clients.set_pkce_waiver(
            registered.client.id, is_waived=True, reason="x", by=a_principal(memory.has_user())
        )
