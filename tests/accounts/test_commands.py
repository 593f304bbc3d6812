"""The command that forgets what is past its time."""

from datetime import timedelta
from typing import Final

import pytest
from django.utils import timezone

from accounts.domain.entities import Session, User
from accounts.domain.errors import SessionNotFound
from accounts.domain.services import LimitName
from accounts.domain.services.ledger import KEPT_FOR
from accounts.models import LedgerEntry, LimitState, RefreshToken
from tests.support.builders import a_ledger_entry, a_refresh_token, a_session
from tests.support.commands import said_by
from tests.support.worlds import World, orm_world

pytestmark = pytest.mark.database

A_MINUTE: Final = timedelta(minutes=1)


@pytest.fixture
def house() -> World:
    return orm_world()


def a_kept_session(world: World, user: User, *, ends_in: timedelta) -> Session:
    """With a token of its own."""
    session = a_session(user_id=user.id, expires_at=timezone.now() + ends_in)
    world.repositories.sessions.add(session)
    world.repositories.refresh_tokens.add(a_refresh_token(session_id=session.id))
    return session


def test_sessions_past_their_end_are_forgotten_with_their_tokens(house: World) -> None:
    user = house.has_user()
    old = a_kept_session(house, user, ends_in=-A_MINUTE)
    live = a_kept_session(house, user, ends_in=A_MINUTE)

    said = said_by("remove_expired")

    assert said == "Forgotten: 1 session, 0 kept answers and 0 traces of attempts.\n"
    with pytest.raises(SessionNotFound):
        house.repositories.sessions.get_for_update(old.id)
    assert house.repositories.sessions.get_for_update(live.id) == live
    assert list(RefreshToken.objects.values_list("session_id", flat=True)) == [live.id]


def test_answers_that_are_no_longer_repeated_are_forgotten(house: World) -> None:
    now = timezone.now()
    old = a_ledger_entry(kept_at=now - KEPT_FOR - A_MINUTE)
    older = a_ledger_entry(kept_at=now - 2 * KEPT_FOR)
    live = a_ledger_entry(kept_at=now - KEPT_FOR + A_MINUTE)
    for entry in (old, older, live):
        house.repositories.ledger.keep(entry)

    said = said_by("remove_expired")

    assert said == "Forgotten: 0 sessions, 2 kept answers and 0 traces of attempts.\n"
    assert house.repositories.ledger.claim(live.id, since=now - KEPT_FOR) == live
    assert LedgerEntry.objects.filter(id__in=[old.id, older.id]).count() == 0


def test_attempts_that_no_limit_counts_any_more_are_forgotten(house: World) -> None:
    house.clock.at = timezone.now() - A_MINUTE - A_MINUTE
    house.services.limits.count(LimitName.LOG_IN, "192.0.2.1")
    house.services.limits.count(LimitName.REGISTER, "192.0.2.1")

    said = said_by("remove_expired")

    assert said == "Forgotten: 0 sessions, 0 kept answers and 1 trace of attempts.\n"
    assert [state.limit for state in LimitState.objects.all()] == ["register"]


def test_to_forget_again_finds_nothing(house: World) -> None:
    a_kept_session(house, house.has_user(), ends_in=-A_MINUTE)
    said_by("remove_expired")

    said = said_by("remove_expired")

    assert said == "Forgotten: 0 sessions, 0 kept answers and 0 traces of attempts.\n"
