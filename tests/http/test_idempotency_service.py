"""Idempotency service."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.domain.access import OrganizationId, OrgRole, Principal, Right
from accounts.domain.identity.entities.users import User
from accounts.domain.identity.errors import EmailTaken, PasswordsBusy
from authsvc.http.idempotency.records import (
    IdempotencyKeyReused,
    ReplayNotPermitted,
    StoredResponse,
)
from authsvc.http.idempotency.service import request_key_for
from authsvc.kernel.errors import DomainError
from authsvc.kernel.metrics import REPLAYS
from authsvc.kernel.rate_limits import TooManyAttempts
from tests.support.builders import a_principal, a_user
from tests.support.worlds import World

MADE = StoredResponse(status=201, body='{"made":true}', content_type="application/json")
ENTRY = "a" * 64
SCHOOL = OrganizationId(uuid4())
A_DAY = timedelta(hours=24)


@dataclass
class Act:
    """Writes a user, and then can raise an error; each call returns another body."""

    world: World
    error: Exception | None = None
    users: list[User] = field(default_factory=list)

    def __call__(self) -> StoredResponse:
        # As every service does, in a unit of work of its own.
        with self.world.unit_of_work.atomic():
            self.users.append(self.world.has_user())
            if self.error:
                raise self.error
        return replace(MADE, body=f'{{"made":{self.times}}}')

    @property
    def times(self) -> int:
        """The number of calls."""
        return len(self.users)

    @property
    def left(self) -> list[User]:
        """The users it wrote that are stored."""
        find = self.world.repositories.users.find_by_email
        return [user for user in self.users if find(user.email)]


def rendered(error: DomainError) -> StoredResponse:
    return StoredResponse(status=409, body=error.code, content_type="application/problem+json")


def respond_once(
    world: World,
    act: Callable[[], StoredResponse],
    *,
    by: Principal | None = None,
    request_key: str = ENTRY,
    fingerprint: str = "f" * 64,
) -> StoredResponse:
    return world.idempotency.respond_once(
        by=by or a_principal(),
        request_key=request_key,
        fingerprint=fingerprint,
        act=act,
        render_error=rendered,
    )


def in_school(role: OrgRole | None, *rights: Right) -> Principal:
    """A caller with this role in one organization, and these rights on the platform."""
    memberships = {SCHOOL: role} if role else {}
    return replace(a_principal(None, *rights), memberships=memberships)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (in_school(OrgRole.OWNER), in_school(None)),
        (in_school(OrgRole.OWNER), in_school(OrgRole.ADMIN)),
        (in_school(None, Right.MANAGE_USERS), in_school(None)),
    ],
)
def test_a_caller_who_has_lost_rights_gets_no_replay(
    memory: World, then: Principal, now: Principal
) -> None:
    act = Act(memory)
    respond_once(memory, act, by=then)

    with pytest.raises(ReplayNotPermitted):
        respond_once(memory, act, by=now)

    assert act.times == 1


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (in_school(None), in_school(OrgRole.LEARNER)),
        (in_school(OrgRole.LEARNER), in_school(OrgRole.OWNER, Right.READ_AUDIT)),
    ],
)
def test_a_caller_who_has_gained_rights_gets_the_replay(
    memory: World, then: Principal, now: Principal
) -> None:
    act = Act(memory)
    first = respond_once(memory, act, by=then)

    assert respond_once(memory, act, by=now) == replace(first, is_replayed=True)


def test_a_first_request_is_acted_on_and_answered(memory: World) -> None:
    act = Act(memory)

    answer = respond_once(memory, act)

    assert answer == replace(MADE, body='{"made":1}')
    assert not answer.is_replayed
    assert len(act.left) == 1


def test_replays_are_counted(memory: World) -> None:
    act = Act(memory)

    for _ in range(3):
        respond_once(memory, act)
    with pytest.raises(IdempotencyKeyReused):
        respond_once(memory, act, fingerprint="0" * 64)

    assert memory.metrics.counts == {(REPLAYS,): 2}


def test_a_repeated_request_gets_the_same_answer_without_an_act(memory: World) -> None:
    act = Act(memory)
    first = respond_once(memory, act)

    again = respond_once(memory, act)

    assert again == replace(first, is_replayed=True)
    assert act.times == 1


def test_an_error_is_an_answer_and_is_replayed(memory: World) -> None:
    act = Act(memory, error=EmailTaken())

    first, again = respond_once(memory, act), respond_once(memory, act)

    assert (first.status, first.body, first.is_replayed) == (409, "email-taken", False)
    assert again == replace(first, is_replayed=True)
    assert act.times == 1


def test_a_refused_act_leaves_nothing_behind(memory: World) -> None:
    act = Act(memory, error=EmailTaken())

    respond_once(memory, act)

    assert act.times == 1
    assert act.left == []


def test_a_failure_is_no_answer_and_leaves_nothing_behind(memory: World) -> None:
    failing, act = Act(memory, error=EOFError()), Act(memory)

    with pytest.raises(EOFError):
        respond_once(memory, failing)
    answer = respond_once(memory, act)

    assert (failing.times, failing.left) == (1, [])
    assert (act.times, len(act.left)) == (1, 1)
    assert not answer.is_replayed


@pytest.mark.parametrize("error", [TooManyAttempts(retry_after=9), PasswordsBusy(retry_after=1)])
def test_not_now_is_no_answer(memory: World, error: DomainError) -> None:
    act, busy = Act(memory), Act(memory, error=error)
    with pytest.raises(type(error)):
        respond_once(memory, busy)

    answer = respond_once(memory, act)

    assert (busy.times, busy.left) == (1, [])
    assert answer == replace(MADE, body='{"made":1}')


def test_another_request_under_the_same_entry_is_refused(memory: World) -> None:
    act = Act(memory)
    respond_once(memory, act, fingerprint="e" * 64)

    with pytest.raises(IdempotencyKeyReused):
        respond_once(memory, act, fingerprint="f" * 64)

    assert act.times == 1


def test_another_entry_is_another_request(memory: World) -> None:
    act = Act(memory)

    first, other = respond_once(memory, act), respond_once(memory, act, request_key="b" * 64)

    assert not other.is_replayed
    assert other.body != first.body


def test_an_answer_is_repeated_for_24_hours(memory: World) -> None:
    act = Act(memory)
    respond_once(memory, act)

    memory.clock.at += A_DAY
    assert respond_once(memory, act).is_replayed
    memory.clock.go_on(seconds=1)
    assert not respond_once(memory, act).is_replayed


def test_after_24_hours_the_entry_may_serve_another_request(memory: World) -> None:
    act = Act(memory)
    respond_once(memory, act, fingerprint="e" * 64)
    memory.clock.at += A_DAY + timedelta(seconds=1)

    second = respond_once(memory, act, fingerprint="f" * 64)

    assert respond_once(memory, act, fingerprint="f" * 64) == replace(second, is_replayed=True)


def test_answers_are_forgotten_when_they_are_no_longer_repeated(memory: World) -> None:
    respond_once(memory, Act(memory))
    memory.clock.at += A_DAY
    assert memory.idempotency.remove_expired() == 0

    memory.clock.go_on(seconds=1)

    assert memory.idempotency.remove_expired() == 1
    assert memory.idempotency.remove_expired() == 0


def a_program(client_id: str) -> Principal:
    return replace(a_principal(), user_id=None, client_id=client_id)


def test_one_callers_key_is_always_the_same_entry() -> None:
    anna = a_user()

    assert request_key_for(a_principal(anna), "key") == request_key_for(a_principal(anna), "key")
    assert len(request_key_for(a_principal(anna), "key")) == 64


def test_a_user_has_one_record_whatever_the_client() -> None:
    anna = a_principal(a_user())

    assert request_key_for(anna, "key") == request_key_for(
        replace(anna, client_id="another"), "key"
    )


def test_equal_keys_of_two_callers_never_meet() -> None:
    person = a_principal()
    callers = [
        person,
        a_principal(),
        a_program("one"),
        a_program("two"),
        a_program(str(person.user_id)),
    ]

    entries = {request_key_for(caller, "key") for caller in callers}

    assert len(entries) == len(callers)
