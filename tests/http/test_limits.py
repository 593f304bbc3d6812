"""Rate limits over HTTP, with the default settings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from pytest_django import Settings

from tests.support.application import PASSWORD, Answer, Application, Caller
from tests.support.limits import bounded_part_of, default_limits

NOBODY = "nobody@school.example"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
Clock = time_machine.Traveller


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[Clock]:
    """The clock of the limits, which stands still unless the test moves it."""
    hour = timedelta(hours=1)
    with default_limits(settings, is_behind_proxy=True, access_token=hour) as clock:
        yield clock


def log_in(caller: Caller) -> Answer:
    """Make a login attempt on a new account."""
    return log_in_as(caller, f"{uuid4()}@school.example")


def log_in_as(
    caller: Caller, email: str, password: str = "a wrong password", **headers: str
) -> Answer:
    return caller.post("/v1/auth/login", {"email": email, "password": password}, **headers)


def register(caller: Caller) -> Answer:
    body = {"email": f"{uuid4()}@school.example", "password": PASSWORD}
    return caller.post("/v1/auth/register", body)


def change_password(caller: Caller, **headers: str) -> Answer:
    body = {"current_password": "a wrong password", "new_password": "a short way back"}
    return caller.post("/v1/me/password", body, **headers)


def anna(application: Application) -> Caller:
    return application.signed_in().caller


def stranger(application: Application) -> Caller:
    return application.stranger


@dataclass(frozen=True)
class Limited:
    """A limited act: how often it is allowed in how many seconds, and who does it."""

    act: Callable[[Caller], Answer]
    by: Callable[[Application], Caller]
    name: str
    most: int
    seconds: int


every = pytest.mark.parametrize(
    "limited",
    [
        Limited(log_in, stranger, "log-in", 30, 60),
        Limited(register, stranger, "register", 10, 60 * 60),
        Limited(change_password, anna, "change-password", 5, 15 * 60),
    ],
    ids=lambda limited: limited.name,
)


@every
def test_as_many_requests_as_documented_are_allowed_and_the_next_is_rejected(
    application: Application, clock: Clock, limited: Limited
) -> None:
    caller = limited.by(application)
    allowed = [limited.act(caller) for _ in range(limited.most)]
    rejection = limited.act(caller)
    clock.shift(limited.seconds)
    allowed.append(limited.act(caller))

    assert {answer.status for answer in allowed} <= {201, 401, 422}
    assert (rejection.status, rejection.code) == (429, "too-many-attempts")
    assert rejection.headers["Retry-After"] == str(limited.seconds)
    assert rejection.json["retry_after"] == limited.seconds


@every
def test_every_answer_states_the_remaining_requests(
    application: Application, clock: Clock, limited: Limited
) -> None:
    caller = limited.by(application)
    headers = [limited.act(caller).headers for _ in range(limited.most)]
    clock.shift(1.5)
    headers += [limited.act(caller).headers for _ in range(2)]

    policy = f'"{limited.name}";q={limited.most};w={limited.seconds}'
    assert {fields["RateLimit-Policy"] for fields in headers} == {policy}
    assert [fields["RateLimit"] for fields in headers] == [
        *(f'"{limited.name}";r={n};t={limited.seconds}' for n in reversed(range(limited.most))),
        *[f'"{limited.name}";r=0;t={limited.seconds - 1}'] * 2,
    ]


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b""])
def test_a_malformed_request_counts_and_states_the_remaining_ones_too(
    application: Application, body: bytes
) -> None:
    answers = [application.stranger.post("/v1/auth/login", body) for _ in range(31)]

    assert {answer.status for answer in answers[:-1]} <= {400, 422}
    assert answers[0].headers["RateLimit"].startswith('"log-in";r=29;')
    assert answers[-1].code == "too-many-attempts"


def test_addresses_are_counted_each_by_itself(application: Application) -> None:
    for _ in range(31):
        rejection = log_in_as(application.stranger, str(uuid4()), X_Forwarded_For=HOME)

    answer = log_in_as(application.stranger, str(uuid4()), X_Forwarded_For=f"{HOME}, {ELSEWHERE}")

    assert rejection.status == 429
    assert answer.status == 401


def test_people_who_change_their_passwords_are_counted_each_by_himself(
    application: Application,
) -> None:
    anna, bo = application.signed_in(), application.signed_in(name="Bo")
    for _ in range(6):
        rejection = change_password(anna.caller)

    assert rejection.status == 429
    assert change_password(bo.caller).status == 422
    assert change_password(application.stranger).status == 401


def test_login_attempts_are_slowed_down_whether_or_not_the_account_exists(
    application: Application,
    clock: Clock,
) -> None:
    anna = application.signed_in()
    for email in (anna.email, NOBODY):
        for _ in range(5):
            log_in_as(application.stranger, email)
    known, unknown = (
        log_in_as(application.stranger, anna.email, PASSWORD),
        log_in_as(application.stranger, NOBODY),
    )
    clock.shift(1)
    afterwards = log_in_as(application.stranger, anna.email, PASSWORD)

    assert (known.status, known.code) == (429, "too-many-attempts")
    assert known.headers["Retry-After"] == "1"
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert {*known.headers} == {*unknown.headers}
    assert afterwards.status == 200


def test_the_owner_is_allowed_from_a_known_address(application: Application) -> None:
    anna = application.signed_in()
    log_in_as(application.stranger, anna.email, PASSWORD, X_Forwarded_For=HOME)
    for _ in range(6):
        rejection = log_in_as(application.stranger, anna.email, X_Forwarded_For=ELSEWHERE)

    answer = log_in_as(application.stranger, anna.email, PASSWORD, X_Forwarded_For=HOME)

    assert rejection.status == 429
    assert answer.status == 200


def test_registering_makes_the_address_known(application: Application) -> None:
    body = {"email": NOBODY, "password": PASSWORD}
    application.stranger.post("/v1/auth/register", body, X_Forwarded_For=HOME)
    for _ in range(5):
        log_in_as(application.stranger, NOBODY, X_Forwarded_For=ELSEWHERE)

    assert log_in_as(application.stranger, NOBODY, PASSWORD, X_Forwarded_For=HOME).status == 200


def test_a_temporary_error_is_not_stored_under_a_key(application: Application) -> None:
    anna = application.signed_in().caller
    for _ in range(5):
        change_password(anna)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        rejection = change_password(anna, Idempotency_Key="once")

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        answer = change_password(anna, Idempotency_Key="once")

    assert rejection.status == 429
    assert answer.code == "wrong-password"
    assert "Idempotent-Replayed" not in answer.headers


def test_a_request_that_is_repeated_counts_each_time(application: Application) -> None:
    anna = application.signed_in().caller

    answers = [change_password(anna, Idempotency_Key="once") for _ in range(6)]

    assert [answer.code for answer in answers] == ["wrong-password"] * 5 + ["too-many-attempts"]
    assert answers[4].headers["Idempotent-Replayed"] == "true"
    assert answers[4].headers["RateLimit"].startswith('"change-password";r=0;')


def test_one_pupil_with_wrong_passwords_does_not_lock_a_class_out(
    application: Application,
) -> None:
    pupil, *others = [application.signed_in(name=f"Pupil-{number}") for number in range(40)]

    answers = [
        log_in_as(application.stranger, pupil.email, X_Forwarded_For=HOME) for _ in range(200)
    ]
    sign_ins = [
        log_in_as(application.stranger, other.email, PASSWORD, X_Forwarded_For=HOME)
        for other in others
    ]

    assert {answer.status for answer in answers} == {401, 429}
    assert {answer.status for answer in sign_ins} == {200}


def test_one_pupil_who_tries_many_accounts_does_not_lock_out_who_has_signed_in_there(
    application: Application,
) -> None:
    others = [application.signed_in(name=f"Pupil-{number}") for number in range(39)]

    def sign_in_all() -> set[int]:
        return {
            log_in_as(application.stranger, other.email, PASSWORD, X_Forwarded_For=HOME).status
            for other in others
        }

    before = sign_in_all()
    rejection = [
        log_in_as(application.stranger, str(uuid4()), X_Forwarded_For=HOME) for _ in range(200)
    ][-1]

    assert (before, sign_in_all()) == ({200}, {200})
    assert rejection.code == "too-many-attempts"
    newcomer = application.signed_in(name="Newcomer")
    late = log_in_as(application.stranger, newcomer.email, PASSWORD, X_Forwarded_For=HOME)
    assert late.status == 429


BUSY: dict[str, Callable[[Application, Caller], Answer]] = {
    "a known account": lambda application, anna: log_in_as(
        application.stranger, "anna@school.example"
    ),
    "an unknown account": lambda application, anna: log_in_as(application.stranger, NOBODY),
    "registering": lambda application, anna: register(application.stranger),
    "changing a password": lambda application, anna: change_password(anna, Idempotency_Key="once"),
}


@pytest.mark.parametrize("act", BUSY.values(), ids=BUSY)
def test_when_too_many_passwords_are_at_work_others_are_refused_for_a_moment(
    application: Application, act: Callable[[Application, Caller], Answer]
) -> None:
    application.services.accounts.register(
        email="anna@school.example", name="Anna", password=PASSWORD
    )
    bo = application.signed_in(name="Bo").caller
    hasher = application.services.ports.password_hasher
    hasher = bounded_part_of(hasher)

    with hasher._turn():  # noqa: SLF001  # the only turn that there is
        rejection = act(application, bo)
    answer = act(application, bo)

    assert (rejection.status, rejection.code) == (503, "busy")
    assert rejection.headers["Retry-After"] == "1"
    assert rejection.json["retry_after"] == 1
    assert answer.status in (201, 401, 422)
    assert "Idempotent-Replayed" not in answer.headers


def test_busy_looks_the_same_whether_or_not_there_is_such_an_account(
    application: Application,
) -> None:
    anna, hasher = application.signed_in(), application.services.ports.password_hasher
    hasher = bounded_part_of(hasher)

    with hasher._turn():  # noqa: SLF001  # the only turn that there is
        known, unknown = (
            log_in_as(application.stranger, anna.email),
            log_in_as(application.stranger, NOBODY),
        )

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert {*known.headers} == {*unknown.headers}
