"""Security log: durability, and absence of secrets."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from accounts.adapters.security_log import StructlogSecurityLogWriter
from accounts.domain.access import OPERATOR, GrantType
from accounts.domain.identity.entities.impersonation import ImpersonationEnd
from accounts.domain.identity.entities.security_log import SecurityEvent, SignInFailure
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import InvalidCredentials, RefreshTokenReused
from accounts.domain.oauth.entities.authorizations import DeviceStatus
from accounts.domain.oauth.entities.clients import OAuthClient
from tests.accounts.granting import HOW, OPENID, code_for, exchanged
from tests.accounts.signing_in import EMAIL, PASSWORD, principal, registered
from tests.support.blocks import failed_block
from tests.support.builders import a_principal, some_client_terms
from tests.support.log_lines import LogRecords
from tests.support.store import STORE
from tests.support.tenants import has_root
from tests.support.trail import lines_in
from tests.support.worlds import World

NEW = "a longer walk home"
STRANGER = "bo@school.example"
OF_PAGES = {
    SecurityEvent.SECOND_FACTOR_ADDED,
    SecurityEvent.SECOND_FACTOR_RENEWED,
    SecurityEvent.SECOND_FACTOR_REMOVED,
}
OF_COMMANDS = {SecurityEvent.SIGNING_KEYS_ROTATED}


@pytest.fixture
def committed(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[object]]:
    """A block after which callbacks run as if it had been committed."""
    if STORE == "memory":
        return nullcontext
    capture = request.getfixturevalue("django_capture_on_commit_callbacks")
    return lambda: capture(execute=True)


def test_committed_events_are_logged_and_rolled_back_ones_are_not(
    world: World, committed: Callable[[], AbstractContextManager[object]]
) -> None:
    clients = world.services.clients

    with committed():
        with failed_block(world.unit_of_work):
            clients.register(some_client_terms(), by=OPERATOR)
        client = clients.register(some_client_terms(), by=OPERATOR).client

    assert world.trail.notes == [
        (SecurityEvent.CLIENT_REGISTERED, {"by": "command-line", "client_id": client.client_id})
    ]


def test_nothing_is_logged_before_the_outermost_unit_of_work_ends(memory: World) -> None:
    with memory.unit_of_work.atomic():
        registered(memory)
        assert memory.trail.notes == []

    assert len(memory.trail.notes) == 2


@pytest.mark.database
def test_logging_takes_no_statements(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        world.services.security_log.record_failure_for(EMAIL, SignInFailure.UNKNOWN_ACCOUNT)


def test_a_log_line_has_ids_and_omits_missing_ones(caplog: LogRecords) -> None:
    anna = a_principal()

    StructlogSecurityLogWriter().write(
        SecurityEvent.TOKENS_ISSUED,
        user_id=anna.user_id,
        client_id="notebook",
        session_id=None,
        grant_type=GrantType.DEVICE_CODE,
    )

    (line,) = lines_in(caplog)
    facts = {name: line[name] for name in line if name not in {"timestamp", "logger", "level"}}
    assert facts == {
        "event": "tokens-issued",
        "user_id": str(anna.user_id),
        "client_id": "notebook",
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
    }
    assert (line["logger"], line["level"]) == ("authsvc.audit", "info")


def test_no_secret_and_no_e_mail_address_is_logged(memory: World, caplog: LogRecords) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    secrets = [EMAIL, STRANGER, PASSWORD, NEW, *secrets_of_everything(logged(memory))]

    log = "\n".join([*map(str, lines_in(caplog)), caplog.text]).lower()

    events = {line["event"] for line in lines_in(caplog)}
    assert events == set(SecurityEvent) - OF_PAGES - OF_COMMANDS
    assert len(secrets) > 20
    assert all(secrets)
    assert [secret for secret in secrets if secret.lower() in log] == []


def logged(world: World) -> World:
    """The same world with the security log of the application."""
    ports = replace(world.services.ports, security_log_writer=StructlogSecurityLogWriter())
    return replace(world, services=replace(world.services, ports=ports))


def secrets_of_everything(world: World) -> list[str]:
    """Every secret issued while all events happened, and their hashes."""
    anna = registered(world)
    secrets = [
        anna.access_token,
        anna.refresh_token,
        *secrets_of_signing_in(world, anna.refresh_token),
    ]
    registration = world.services.clients.register(
        some_client_terms(allowed_scopes=OPENID), by=OPERATOR
    )
    client = registration.client
    secrets += [
        registration.secret,
        world.services.clients.renew_secret(client.id, by=OPERATOR).secret,
    ]
    secrets += secrets_of_client(world, client, anna.user)
    world.services.clients.amend(client.id, client.terms, by=OPERATOR)
    world.services.authorizations.revoke(client.id, by=a_principal(anna.user))
    world.services.clients.remove(client.id, by=OPERATOR)
    world.services.accounts.reset_password(anna.user.id, password=PASSWORD)
    impersonate(world, anna.user)
    secrets += secrets_of_a_wallet(world, anna.user)
    return [*secrets, *map(world.services.ports.opaque_tokens.hash, secrets)]


def impersonate(world: World, user: User) -> None:
    root, service = has_root(world), world.services.impersonation
    started = service.start(user.id, may_write=False, reason="Asked for help", by=root)
    service.end(started, because=ImpersonationEnd.STOPPED, by=root)


def secrets_of_a_wallet(world: World, user: User) -> list[str]:
    """Those of a pre-authorized code. Its PIN is left out: six digits are in many lines by chance."""
    service = world.services.pre_authorized_codes
    code = service.issue(uuid4(), configuration_id="open-badge-badge", by=a_principal(user))
    assert service.redeem(code.code, "wrong") is None
    redeemed = service.redeem(code.code, code.pin)
    assert redeemed is not None
    return [code.code, redeemed.tokens.access_token]


def secrets_of_signing_in(world: World, refresh_token: str) -> list[str]:
    sign_in, sessions = world.services.sign_in, world.services.sessions
    renewed = sessions.refresh(refresh_token)
    for email in (EMAIL, STRANGER):
        with suppress(InvalidCredentials):
            sign_in.log_in(email=email, password=NEW)
    world.clock.go_on(minutes=1)
    with suppress(RefreshTokenReused):
        sessions.refresh(refresh_token)
    again = sign_in.log_in(email=EMAIL, password=PASSWORD)
    sessions.log_out(by=principal(world, again))
    last = sign_in.log_in(email=EMAIL, password=PASSWORD)
    asking = principal(world, last)
    world.services.accounts.change_password(current=PASSWORD, new=NEW, by=asking)
    tokens = [renewed.tokens, again.tokens, last.tokens]
    return [secret for pair in tokens for secret in (pair.access_token, pair.refresh_token)]


def secrets_of_client(world: World, client: OAuthClient, user: User) -> list[str]:
    services = world.services
    services.authorizations.consent(client, user_id=user.id, scopes=OPENID)
    code = code_for(world, client, user)
    tokens = exchanged(world, client, code)
    exchanged(world, client, code)
    other_code = code_for(world, client, user)
    others = exchanged(world, client, other_code)
    own = services.grants.redeem_client_credentials(client, scopes=[], resource="")
    assert tokens is not None
    assert others is not None
    services.tokens.revoke(others.access_token, client_id=client.client_id)
    devices = [services.devices.start(client, scopes=OPENID) for _ in DeviceStatus]
    for device, status in zip(devices, (DeviceStatus.ALLOWED, DeviceStatus.DENIED), strict=False):
        services.devices.decide(device.user_code, status, user_id=user.id, authentication=HOW)
    pairs = [
        secret for pair in (tokens, others) for secret in (pair.access_token, pair.refresh_token)
    ]
    codes = [secret for device in devices for secret in (device.device_code, device.user_code)]
    return [code, other_code, own.access_token, *pairs, *codes]
