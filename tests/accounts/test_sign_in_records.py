"""What is recorded of sign-ins and failed attempts for staff."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import SessionId
from accounts.domain.identity.entities.browsers import BrowserSession
from accounts.domain.identity.entities.security_log import SignInFailure
from accounts.domain.identity.entities.sign_in_records import SignInRecord, SignInWay
from accounts.domain.identity.entities.users import RequiredAction
from accounts.domain.identity.errors import (
    ActionRequired,
    InvalidCredentials,
    SecondFactorMissing,
    UnverifiedEmail,
)
from accounts.models import SignInRecord as Row
from accounts.models import User as UserRow
from authsvc.kernel.errors import DomainError
from authsvc.kernel.rate_limits import TooManyAttempts
from authsvc.kernel.unit_of_work import InsideUnitOfWork
from tests.accounts.limiting import limited
from tests.accounts.signing_in import EMAIL, PASSWORD, registered
from tests.support.application import PASSWORD as APPLICATION_PASSWORD
from tests.support.application import Application
from tests.support.browsing import Visitor, recovery_codes, set_up_app, somebody
from tests.support.staff import a_user_of
from tests.support.worlds import World

ADDRESS: Final = "192.0.2.1"
NO_PASSKEY: Final = json.dumps(
    {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": dict.fromkeys(
            ("clientDataJSON", "authenticatorData", "signature", "userHandle"), "AAAA"
        ),
    }
)


def records_of(world: World) -> list[SignInRecord]:
    """All records but that of the registration, in the order of their first attempts."""
    records: list[SignInRecord] = list(world.repositories.sign_in_records.store.values())  # type: ignore[attr-defined]  # the store of the in-memory repository
    return [record for record in records if record.client_ip == ADDRESS]


def fails(world: World, *, email: str = EMAIL, password: str = "wrong") -> None:
    with pytest.raises(InvalidCredentials):
        world.services.sign_in.log_in(email=email, password=password, client_ip=ADDRESS)


def test_a_sign_in_over_the_api_is_recorded(memory: World) -> None:
    anna = registered(memory).user

    memory.services.sign_in.log_in(email=EMAIL, password=PASSWORD, client_ip=ADDRESS)

    (record,) = records_of(memory)
    assert (record.user_id, record.way, record.failure) == (anna.id, SignInWay.API, None)
    assert memory.services.sign_in_records.latest_of(anna.id)[0].at == memory.clock.now()


@pytest.mark.parametrize(
    ("is_active", "password", "reason"),
    [
        (True, "wrong", SignInFailure.WRONG_PASSWORD),
        (False, "wrong", SignInFailure.WRONG_PASSWORD),
        (False, PASSWORD, SignInFailure.INACTIVE),
    ],
)
def test_a_failure_is_recorded_although_it_is_refused(
    memory: World, *, is_active: bool, password: str, reason: SignInFailure
) -> None:
    anna = registered(memory).user
    memory.repositories.users.save(replace(anna, is_active=is_active))

    fails(memory, password=password)

    (record,) = records_of(memory)
    assert (record.user_id, record.failure, record.attempts) == (anna.id, reason, 1)


@pytest.mark.parametrize(
    ("policy", "actions", "error", "reason"),
    [
        ({"needs_verified_email": True}, (), UnverifiedEmail, SignInFailure.UNVERIFIED_EMAIL),
        (
            {"staff_needs_second_factor": True},
            (),
            SecondFactorMissing,
            SignInFailure.SECOND_FACTOR_MISSING,
        ),
        ({}, (RequiredAction.CHANGE_PASSWORD,), ActionRequired, SignInFailure.ACTION_REQUIRED),
    ],
)
def test_a_right_password_that_is_refused_is_recorded_with_the_reason(
    memory: World,
    policy: dict[str, Any],
    actions: tuple[RequiredAction, ...],
    error: type[DomainError],
    reason: SignInFailure,
) -> None:
    anna = replace(registered(memory).user, is_staff=True, required_actions=actions)
    memory.repositories.users.save(anna)
    sign_in = memory.services.sign_in
    sign_in = replace(sign_in, policy=replace(sign_in.policy, **policy))

    for _ in range(2):
        with pytest.raises(error):
            sign_in.log_in(email=EMAIL, password=PASSWORD, client_ip=ADDRESS)

    (record,) = records_of(memory)
    assert (record.user_id, record.way, record.failure) == (anna.id, SignInWay.API, reason)
    assert record.attempts == 2


def test_a_right_password_is_no_attack(memory: World) -> None:
    records = memory.services.sign_in_records
    for number, reason in enumerate(SignInFailure):
        for _ in range(10):
            records.record_failure(reason, way=SignInWay.API, client_ip=f"192.0.2.{number}")

    addresses = records.addresses_with_failures()

    assert {
        reason
        for number, reason in enumerate(SignInFailure)
        if f"192.0.2.{number}" not in addresses
    } == {
        SignInFailure.INACTIVE,
        SignInFailure.UNVERIFIED_EMAIL,
        SignInFailure.SECOND_FACTOR_MISSING,
        SignInFailure.ACTION_REQUIRED,
    }
    assert set(addresses.values()) == {10}


def test_attempts_at_unknown_accounts_share_a_record_that_names_none(memory: World) -> None:
    for name in ("bo", "cy", "dee"):
        fails(memory, email=f"{name}@school.example")

    (record,) = records_of(memory)
    assert (record.user_id, record.failure) == (None, SignInFailure.UNKNOWN_ACCOUNT)
    assert record.attempts == 3
    assert "school" not in repr(record)


def test_a_flood_of_attempts_takes_two_records_an_hour(memory: World) -> None:
    anna, sign_in = registered(memory).user, limited(memory).sign_in

    for _ in range(20):
        with suppress(InvalidCredentials, TooManyAttempts):
            sign_in.log_in(email=EMAIL, password="wrong", client_ip=ADDRESS)

    checked, rejected = records_of(memory)
    assert (checked.user_id, rejected.user_id) == (anna.id, None)
    assert rejected.failure is SignInFailure.TOO_MANY_ATTEMPTS
    assert checked.attempts + rejected.attempts == 20


def test_a_failure_is_not_recorded_where_it_would_be_rolled_back(memory: World) -> None:
    record, reason = memory.services.sign_in_records.record_failure, SignInFailure.UNKNOWN_ACCOUNT

    with pytest.raises(InsideUnitOfWork), memory.unit_of_work.atomic():
        record(reason, way=SignInWay.API, client_ip=ADDRESS)


def test_a_session_at_a_network_without_an_earlier_sign_in_is_at_a_new_one(memory: World) -> None:
    anna, records = memory.has_user().id, memory.services.sign_in_records

    def begins(client_ip: str) -> BrowserSession:
        memory.clock.go_on(days=1)
        records.record(anna, way=SignInWay.PASSWORD, client_ip=client_ip)
        now = memory.clock.now()
        return BrowserSession(
            id=SessionId(uuid4()),
            user_id=anna,
            user_agent="",
            client_ip=client_ip,
            started_at=now,
            seen_at=now,
            expires_at=now,
        )

    first, neighbour = begins("192.0.2.1"), begins("192.0.2.99")
    elsewhere = [begins(client_ip) for client_ip in ("198.51.100.7", "2001:db8::/64")]
    again = begins("198.51.100.7")

    new = records.new_networks([first, neighbour, *elsewhere, again])

    assert new == {browser.id for browser in elsewhere}
    assert records.new_networks([]) == frozenset()


def test_records_are_removed_after_their_time(memory: World) -> None:
    fails(memory)

    memory.clock.go_on(days=90)
    assert memory.services.sign_in_records.remove_expired() == 0
    memory.clock.go_on(seconds=1)
    assert memory.services.sign_in_records.remove_expired() == 1


@pytest.mark.database
def test_sign_ins_on_pages_are_recorded_with_their_way(application: Application) -> None:
    user, owner = somebody(application)
    set_up_app(owner)
    code, visitor = recovery_codes(owner)[0], Visitor(REMOTE_ADDR=ADDRESS)

    visitor.sign_in(password="wrong")
    visitor.sign_in()
    for entered in ("00000000", "11111111", code):
        visitor.post("/signin/code", code=entered)
    Visitor(REMOTE_ADDR=ADDRESS).post("/signin/passkey", credential=NO_PASSKEY)

    rows = Row.objects.filter(client_ip=ADDRESS).order_by("-at")
    assert list(rows.values_list("way", "failure", "attempts", "user_id")) == [
        ("passkey", "wrong-passkey", 1, None),
        ("second-factor", "", 1, user.id),
        ("second-factor", "wrong-second-factor", 2, user.id),
        ("password", "wrong-password", 1, user.id),
    ]


@pytest.mark.database
def test_a_sign_in_with_a_passkey_alone_is_recorded_as_such(application: Application) -> None:
    user, client = a_user_of(application), Visitor().client
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0, "passwordless": True}]
    session["account_authentication_methods_user"] = str(user.id)
    session.save()

    client.force_login(UserRow.objects.get(pk=user.id))

    assert Row.objects.get().way == SignInWay.PASSKEY


@pytest.mark.database
def test_a_record_takes_one_statement(application: Application) -> None:
    somebody(application)

    for password in (APPLICATION_PASSWORD, "wrong"):
        with CaptureQueriesContext(connection) as queries, suppress(InvalidCredentials):
            application.services.sign_in.log_in(email=EMAIL, password=password, client_ip=ADDRESS)

        about = [query["sql"] for query in queries if "accounts_signinrecord" in query["sql"]]
        assert len(about) == 1
        assert about[0].startswith("INSERT")
