"""Sign-ins that have not begun a session: they end with the sessions of their user, grant or browser."""

from collections.abc import Callable

import pytest

from accounts.domain.access import OPERATOR
from accounts.domain.identity.entities.users import User, UserChanges
from accounts.domain.identity.errors import InvalidToken
from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.clients import OAuthClient
from accounts.domain.oauth.services.devices import StartedDevice
from accounts.domain.oauth.services.grants import DeviceAnswer
from tests.accounts.granting import BROWSER, HOW, OPENID, code_for, exchanged, grants_of, has_client
from tests.support.builders import a_principal
from tests.support.worlds import World

End = Callable[[World, User, OAuthClient], object]


def reset_password(world: World, anna: User, client: OAuthClient) -> None:
    world.services.accounts.reset_password(anna.id, password="another walk home")


def deactivate_and_reactivate(world: World, anna: User, client: OAuthClient) -> None:
    for is_active in (False, True):
        world.services.users.edit(anna.id, UserChanges(is_active=is_active), by=OPERATOR)


def revoke_the_grant(world: World, anna: User, client: OAuthClient) -> None:
    world.services.authorizations.revoke(client.id, by=a_principal(anna))


def sign_out_in_the_browser(world: World, anna: User, client: OAuthClient) -> None:
    world.services.logouts.end_browser(BROWSER)


ENDS = [reset_password, deactivate_and_reactivate, revoke_the_grant, sign_out_in_the_browser]


@pytest.fixture
def anna(memory: World) -> User:
    return memory.has_user()


@pytest.fixture
def client(memory: World, anna: User) -> OAuthClient:
    client = has_client(memory)
    memory.services.authorizations.consent(client, user_id=anna.id, scopes=OPENID)
    return client


def allowed_device(world: World, client: OAuthClient, user: User) -> StartedDevice:
    device = world.services.devices.start(client, scopes=OPENID)
    world.services.devices.decide(
        device.user_code, DeviceStatus.ALLOWED, user_id=user.id, authentication=HOW
    )
    return device


def is_allowed(world: World, client: OAuthClient, device: StartedDevice) -> bool:
    outcome = world.services.grants.find_device(device.device_code, client)
    return outcome is not None and not isinstance(outcome, DeviceAnswer)


@pytest.mark.parametrize("end", ENDS)
def test_codes_and_devices_end_with_the_sessions(
    memory: World, anna: User, client: OAuthClient, end: End
) -> None:
    code, device = code_for(memory, client, anna), allowed_device(memory, client, anna)

    end(memory, anna, client)

    assert exchanged(memory, client, code) is None
    assert not is_allowed(memory, client, device)


@pytest.mark.parametrize("end", [revoke_the_grant, sign_out_in_the_browser])
def test_those_of_other_people_continue(
    memory: World, anna: User, client: OAuthClient, end: End
) -> None:
    bo = memory.has_user(name="Bo")
    elsewhere = has_client(memory)
    code = code_for(memory, client, bo) if end is revoke_the_grant else None
    device = memory.services.devices.start(elsewhere, scopes=OPENID)

    end(memory, anna, client)

    assert code is None or exchanged(memory, client, code) is not None
    assert memory.services.grants.find_device(device.device_code, elsewhere) is (
        DeviceAnswer.PENDING
    )


def test_an_allowed_device_is_a_grant(memory: World, anna: User) -> None:
    client = has_client(memory)
    allowed_device(memory, client, anna)

    grants = grants_of(memory, a_principal(anna))

    assert [(consent.scopes, granted.id) for consent, granted in grants] == [(OPENID, client.id)]


def test_a_new_secret_ends_the_own_tokens_of_the_client(
    memory: World, anna: User, client: OAuthClient
) -> None:
    grants, access = memory.services.grants, memory.services.access
    own = grants.redeem_client_credentials(client, scopes=["orgs:read"], resource="")
    of_anna = exchanged(memory, client, code_for(memory, client, anna))

    memory.services.clients.renew_secret(client.id, by=OPERATOR)

    with pytest.raises(InvalidToken):
        access.principal_of(own.access_token)
    assert of_anna is not None
    assert access.principal_of(of_anna.access_token).user_id == anna.id
