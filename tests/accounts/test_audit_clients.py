"""Security log of clients: registration, grants, tokens and sessions."""

from uuid import uuid4

import pytest

from accounts.domain.access import ClientPk, GrantType, Right
from accounts.domain.identity.entities.security_log import SecurityEvent
from accounts.domain.identity.entities.sessions import SessionEnd
from accounts.domain.identity.entities.users import User
from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.errors import (
    ClientNotFound,
    DeviceNotFound,
    GrantNotFound,
    UnsuitableClient,
)
from tests.accounts.granting import (
    BROWSER,
    HOW,
    OPENID,
    code_for,
    exchanged,
    has_client,
    has_session,
    stored_session,
    tokens_for,
)
from tests.accounts.noting import of_both, of_end, of_session
from tests.support.builders import a_principal, some_client_terms
from tests.support.worlds import World

ROOT = a_principal(None, Right.MANAGE_CLIENTS)


def decided(memory: World, client: OAuthClient, user: User, status: DeviceStatus) -> str:
    """The code of a device that the user has allowed or denied."""
    device = memory.services.devices.start(client, scopes=OPENID)
    memory.services.devices.decide(device.user_code, status, user_id=user.id, authentication=HOW)
    return device.device_code


def test_the_life_cycle_of_a_client_is_logged_with_its_managers(memory: World) -> None:
    clients = memory.services.clients

    client = clients.register(some_client_terms(), by=ROOT).client
    clients.amend(client.id, some_client_terms(name="Notes"), by=ROOT)
    clients.renew_secret(client.id, by=ROOT)
    clients.remove(client.id, by=ROOT)

    whose = {"by": str(ROOT.user_id), "client_id": client.client_id}
    assert memory.trail.notes == [
        (SecurityEvent.CLIENT_REGISTERED, whose),
        (SecurityEvent.CLIENT_AMENDED, whose),
        (SecurityEvent.CLIENT_SECRET_RENEWED, whose),
        (SecurityEvent.SESSIONS_ENDED, {**whose, "reason": SessionEnd.SECRET_RENEWED}),
        (SecurityEvent.CLIENT_REMOVED, whose),
        (SecurityEvent.SESSIONS_ENDED, {**whose, "reason": SessionEnd.CLIENT_REMOVED}),
    ]


def test_a_rejected_client_is_not_logged(memory: World) -> None:
    with pytest.raises(UnsuitableClient):
        memory.services.clients.register(some_client_terms(name=""), by=ROOT)
    with pytest.raises(ClientNotFound):
        memory.services.clients.remove(ClientPk(uuid4()), by=ROOT)

    assert memory.trail.notes == []


def test_consent_is_logged(memory: World, anna: User, client: OAuthClient) -> None:
    memory.services.authorizations.consent(client, user_id=anna.id, scopes=OPENID)

    assert memory.trail.notes == [(SecurityEvent.CONSENT_GIVEN, of_both(anna, client))]


def test_a_revoked_grant_is_logged_with_the_end_of_its_sessions(
    memory: World, anna: User, client: OAuthClient
) -> None:
    memory.services.authorizations.consent(client, user_id=anna.id, scopes=OPENID)
    memory.trail.notes.clear()

    memory.services.authorizations.revoke(client.id, by=a_principal(anna))

    ended = {**of_both(anna, client), "reason": SessionEnd.REVOKED}
    assert memory.trail.notes == [
        (SecurityEvent.GRANT_TAKEN_BACK, of_both(anna, client)),
        (SecurityEvent.SESSIONS_ENDED, ended),
    ]


def test_a_grant_that_does_not_exist_cannot_be_revoked(
    memory: World, anna: User, client: OAuthClient
) -> None:
    with pytest.raises(GrantNotFound):
        memory.services.authorizations.revoke(client.id, by=a_principal(anna))

    assert memory.trail.notes == []


def test_tokens_issued_for_a_code_are_logged(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna)

    asking = memory.services.access.principal_of(tokens.access_token)
    facts = {**of_both(anna, client), "session_id": asking.session_id}
    assert memory.trail.notes == [
        (SecurityEvent.TOKENS_ISSUED, {**facts, "grant_type": GrantType.AUTHORIZATION_CODE})
    ]


def test_a_reused_code_is_logged_although_it_is_refused(
    memory: World, anna: User, client: OAuthClient
) -> None:
    code = code_for(memory, client, anna)
    exchanged(memory, client, code)
    session_id = memory.trail.facts_of(SecurityEvent.TOKENS_ISSUED)[0]["session_id"]
    memory.trail.notes.clear()

    assert exchanged(memory, client, code) is None

    whose = {**of_both(anna, client), "session_id": session_id}
    assert memory.trail.notes == [
        (SecurityEvent.CODE_REUSED, whose),
        (SecurityEvent.SESSION_ENDED, {**whose, "reason": SessionEnd.CODE_REUSED}),
    ]


def test_a_code_of_another_client_is_not_logged_as_reused(
    memory: World, anna: User, client: OAuthClient
) -> None:
    code = code_for(memory, client, anna)
    exchanged(memory, client, code)
    memory.trail.notes.clear()

    exchanged(memory, has_client(memory), code)

    assert memory.trail.notes == []


def test_a_refresh_by_a_client_is_logged(memory: World, anna: User, client: OAuthClient) -> None:
    grants = memory.services.grants
    tokens = tokens_for(memory, client, anna)
    memory.trail.notes.clear()

    renewal = grants.find_renewal(tokens.refresh_token, client)
    assert renewal is not None
    grants.redeem_renewal(renewal, scopes=OPENID)

    assert memory.trail.notes == [(SecurityEvent.TOKENS_REFRESHED, of_session(renewal.session))]


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (DeviceStatus.ALLOWED, SecurityEvent.DEVICE_LET_IN),
        (DeviceStatus.DENIED, SecurityEvent.DEVICE_DENIED),
    ],
)
def test_decisions_about_a_device_are_logged(
    memory: World, anna: User, client: OAuthClient, status: DeviceStatus, event: SecurityEvent
) -> None:
    decided(memory, client, anna, status)

    *consent, (logged, facts) = memory.trail.notes
    assert (logged, facts) == (event, {**of_both(anna, client), "session_id": facts["session_id"]})
    assert facts["session_id"] is not None
    consented = [(SecurityEvent.CONSENT_GIVEN, of_both(anna, client))]
    assert consent == (consented if status is DeviceStatus.ALLOWED else [])


def test_a_device_that_is_not_pending_is_not_logged(memory: World, anna: User) -> None:
    with pytest.raises(DeviceNotFound):
        memory.services.devices.decide(
            "BCDF-GHJK", DeviceStatus.ALLOWED, user_id=anna.id, authentication=HOW
        )

    assert memory.trail.notes == []


def test_tokens_issued_to_a_device_are_logged_with_their_session(
    memory: World, anna: User, client: OAuthClient
) -> None:
    grants, code = memory.services.grants, decided(memory, client, anna, DeviceStatus.ALLOWED)
    (allowed,) = memory.trail.facts_of(SecurityEvent.DEVICE_LET_IN)

    admission = grants.find_device(code, client)
    grants.redeem_device(admission, client)  # type: ignore[arg-type]  # it was allowed

    (issued,) = memory.trail.facts_of(SecurityEvent.TOKENS_ISSUED)
    assert issued == {**allowed, "grant_type": GrantType.DEVICE_CODE}


def test_client_credentials_are_logged_without_a_user(memory: World, client: OAuthClient) -> None:
    memory.services.grants.redeem_client_credentials(client, scopes=[], resource="")

    (facts,) = memory.trail.facts_of(SecurityEvent.TOKENS_ISSUED)
    assert facts == {
        "user_id": None,
        "client_id": client.client_id,
        "session_id": facts["session_id"],
        "grant_type": GrantType.CLIENT_CREDENTIALS,
    }


def test_a_revoked_token_is_logged_with_the_end_of_its_session(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna)
    facts = memory.trail.facts_of(SecurityEvent.TOKENS_ISSUED)[0]
    memory.trail.notes.clear()

    memory.services.tokens.revoke(tokens.refresh_token, client_id=client.client_id)

    whose = {**of_both(anna, client), "session_id": facts["session_id"]}
    assert memory.trail.notes == [
        (SecurityEvent.TOKEN_REVOKED, whose),
        (SecurityEvent.SESSION_ENDED, {**whose, "reason": SessionEnd.REVOKED}),
    ]


def test_a_client_cannot_revoke_the_token_of_another_client(
    memory: World, anna: User, client: OAuthClient
) -> None:
    tokens = tokens_for(memory, client, anna)
    memory.trail.notes.clear()

    memory.services.tokens.revoke(tokens.refresh_token, client_id=has_client(memory).client_id)

    assert memory.trail.notes == []


def test_sessions_ended_with_a_browser_session_are_logged(
    memory: World, anna: User, client: OAuthClient
) -> None:
    ends = has_session(memory, anna, client, authentication=HOW)
    goes_on = has_session(
        memory, anna, client, authentication=HOW, scopes=frozenset({"offline_access"})
    )

    memory.services.logouts.end_browser(BROWSER)

    assert stored_session(memory, goes_on).ended_at is None
    assert memory.trail.notes == [
        (SecurityEvent.SESSION_ENDED, of_end(ends, SessionEnd.LOGGED_OUT))
    ]
