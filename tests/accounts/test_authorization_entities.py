"""Authorization entities, and logout notices."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accounts.domain.oauth.entities.authorizations import DeviceStatus
from tests.accounts.granting import HOW, a_code, a_consent, a_device, a_request
from tests.support.builders import NOON, a_client_of, a_session, a_user, some_client_terms

SECOND = timedelta(seconds=1)
CLIENT = a_client_of(some_client_terms())
ANNA = a_user()
SCOPES = frozenset({"openid", "email"})


@pytest.mark.parametrize(
    ("scopes", "covers"),
    [
        ([], True),
        (["openid"], True),
        (["email", "openid"], True),
        (["profile"], False),
        (["openid", "profile"], False),
    ],
)
def test_a_consent_covers_its_scopes_and_no_others(
    scopes: Collection[str], *, covers: bool
) -> None:
    assert a_consent(ANNA, CLIENT, scopes=SCOPES).covers(scopes) is covers


def test_a_widened_consent_adds_scopes_and_has_a_new_time() -> None:
    consent = a_consent(ANNA, CLIENT, scopes=SCOPES, given_at=NOON)

    widened = consent.widened(["profile", "email"], at=NOON + SECOND)

    assert widened == replace(consent, scopes=SCOPES | {"profile"}, given_at=NOON + SECOND)


@pytest.mark.parametrize(
    ("at", "is_live"), [(NOON - SECOND, True), (NOON, False), (NOON + SECOND, False)]
)
def test_codes_and_devices_are_valid_until_they_expire(at: datetime, *, is_live: bool) -> None:
    assert a_code(CLIENT, ANNA, expires_at=NOON).is_live(at=at) is is_live
    assert a_device(CLIENT, expires_at=NOON).is_live(at=at) is is_live


def test_a_used_code_is_not_valid() -> None:
    code = a_code(CLIENT, ANNA, expires_at=NOON + SECOND)

    used = code.used(at=NOON - SECOND)

    assert used == replace(code, used_at=NOON - SECOND)
    assert not used.is_live(at=NOON)


def test_an_opened_request_has_a_new_expiry() -> None:
    request = a_request(CLIENT, expires_at=NOON)

    opened = request.opened(until=NOON + SECOND)

    assert opened == replace(request, expires_at=NOON + SECOND, is_opened=True)


def test_a_decision_records_the_user_and_their_authentication() -> None:
    device = a_device(CLIENT)

    decided = device.decided(DeviceStatus.DENIED, user_id=ANNA.id, authentication=HOW)

    assert decided == replace(
        device, status=DeviceStatus.DENIED, user_id=ANNA.id, authentication=HOW
    )


@pytest.mark.parametrize(
    ("polled_at", "is_too_soon"),
    [
        (None, False),
        (NOON, True),
        (NOON - timedelta(seconds=6), True),
        (NOON - timedelta(seconds=7), False),
    ],
)
def test_a_device_can_poll_after_its_interval(
    polled_at: datetime | None, *, is_too_soon: bool
) -> None:
    device = a_device(CLIENT, interval_seconds=7, polled_at=polled_at)

    assert device.polls_too_soon(at=NOON) is is_too_soon


def test_polling_too_soon_makes_the_interval_longer_each_time() -> None:
    waits = []
    device = a_device(CLIENT)
    for _ in range(4):
        device = device.polled(at=NOON)
        waits.append(device.interval_seconds)

    assert waits == [5, 10, 15, 20]
    assert device.polled_at == NOON


def test_polling_in_time_keeps_the_interval() -> None:
    device = a_device(CLIENT, interval_seconds=10, polled_at=NOON)

    polled = device.polled(at=NOON + timedelta(seconds=10))

    assert polled == replace(device, polled_at=NOON + timedelta(seconds=10))


@pytest.mark.parametrize(
    ("scopes", "outlives"), [({"openid"}, False), ({"openid", "offline_access"}, True), ((), False)]
)
def test_a_session_outlives_the_sign_out_with_offline_access(
    scopes: Collection[str], *, outlives: bool
) -> None:
    assert a_session(scopes=frozenset(scopes)).outlives_sign_out is outlives


@pytest.mark.parametrize(
    ("methods", "context"),
    [(("pwd",), "pwd"), (("pwd", "otp", "mfa"), "mfa"), ((), "pwd"), (("hwk",), "pwd")],
)
def test_the_acr_of_a_sign_in_states_the_second_factor(
    methods: tuple[str, ...], context: str
) -> None:
    assert replace(HOW, methods=methods).context == context
