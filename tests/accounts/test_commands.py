"""The command that removes expired data."""

from datetime import timedelta
from typing import Final

import pytest
from django.utils import timezone

from accounts.domain.identity.entities.sessions import Session
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import SessionNotFound
from accounts.domain.identity.services.login_attempts import LimitName
from accounts.models import (
    AuthorizationCode,
    DeviceCode,
    IdempotencyRecord,
    LimitState,
    PushedRequest,
    RefreshToken,
)
from authsvc.http.idempotency.service import KEPT_FOR
from tests.accounts.granting import a_code, a_device, a_request, has_client
from tests.support.builders import a_refresh_token, a_session, an_idempotency_record
from tests.support.commands import output_of
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

A_MINUTE: Final = timedelta(minutes=1)


@pytest.fixture
def application() -> World:
    return orm_world()


def removed(**counts: str) -> str:
    """The output of the command with these counts; all others are zero."""
    nothing = {
        "records": "0 idempotency records",
        "tasks": "0 ended tasks",
        "sessions": "0 sessions",
        "challenges": "0 sign-in challenges",
        "sign_ins": "0 sign-in records",
        "counters": "0 rate-limit counters",
        "mails": "0 sent mails",
        "invitations": "0 invitations",
        "claims": "0 claims",
        "reservations": "0 AI reservations",
        "webhooks": "0 sent webhooks",
        "codes": "0 codes",
        "devices": "0 devices",
        "requests": "0 pushed requests",
        "offers": "0 pre-authorized codes",
    }
    *most, last = (nothing | counts).values()
    return f"Removed: {', '.join(most)} and {last}.\n"


def a_stored_session(world: World, user: User, *, ends_in: timedelta) -> Session:
    """A session with a refresh token."""
    session = a_session(user_id=user.id, expires_at=timezone.now() + ends_in)
    world.repositories.sessions.add(session)
    world.repositories.refresh_tokens.add(a_refresh_token(session_id=session.id))
    return session


def test_expired_sessions_are_removed_with_their_tokens(application: World) -> None:
    user = application.has_user()
    old = a_stored_session(application, user, ends_in=-A_MINUTE)
    live = a_stored_session(application, user, ends_in=A_MINUTE)

    output = output_of("remove_expired")

    assert output == removed(sessions="1 session")
    with pytest.raises(SessionNotFound):
        application.repositories.sessions.get_for_update(old.id)
    assert application.repositories.sessions.get_for_update(live.id) == live
    assert list(RefreshToken.objects.values_list("session_id", flat=True)) == [live.id]


def test_expired_idempotency_records_are_removed(application: World) -> None:
    now = timezone.now()
    old = an_idempotency_record(kept_at=now - KEPT_FOR - A_MINUTE)
    older = an_idempotency_record(kept_at=now - 2 * KEPT_FOR)
    live = an_idempotency_record(kept_at=now - KEPT_FOR + A_MINUTE)
    for entry in (old, older, live):
        application.idempotency.records.save(entry)

    output = output_of("remove_expired")

    assert output == removed(records="2 idempotency records")
    assert application.idempotency.records.claim(live.request_key, since=now - KEPT_FOR) == live
    assert (
        IdempotencyRecord.objects.filter(id__in=[old.request_key, older.request_key]).count() == 0
    )


def test_expired_rate_limit_counters_are_removed(application: World) -> None:
    application.clock.at = timezone.now() - A_MINUTE - A_MINUTE
    application.services.limits.count(LimitName.LOG_IN, "192.0.2.1")
    application.services.limits.count(LimitName.REGISTER, "192.0.2.1")

    output = output_of("remove_expired")

    assert output == removed(counters="1 rate-limit counter")
    assert [state.limit for state in LimitState.objects.all()] == ["register"]


def test_expired_codes_devices_and_pushed_requests_are_removed(application: World) -> None:
    anna, client = application.has_user(), has_client(application)
    now = timezone.now()
    an_hour_ago = now - 60 * A_MINUTE
    codes = application.repositories.authorization_codes
    devices, requests = (
        application.repositories.device_codes,
        application.repositories.pushed_requests,
    )
    for at in (an_hour_ago, now + A_MINUTE):
        codes.add(a_code(client, anna, expires_at=at))
        devices.add(a_device(client, expires_at=at))
        requests.add(a_request(client, expires_at=at))

    output = output_of("remove_expired")

    assert output == removed(codes="1 code", devices="1 device", requests="1 pushed request")
    for row in (AuthorizationCode, DeviceCode, PushedRequest):
        assert [code.expires_at for code in row.objects.all()] == [now + A_MINUTE]


def test_a_second_run_removes_nothing(application: World) -> None:
    a_stored_session(application, application.has_user(), ends_in=-A_MINUTE)
    output_of("remove_expired")

    output = output_of("remove_expired")

    assert output == removed()
