"""Response times of errors: subjects that exist, here or in another organization, next to some that do not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from statistics import median
from time import perf_counter
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.domain.access import OPERATOR, GrantType
from accounts.domain.identity.entities.tokens import SignedIn
from accounts.domain.oauth.entities.clients import ClientTerms, RegisteredClient
from accounts.domain.organizations.entities import Organization
from authsvc.composition.container import services
from tests.support.application import Answer
from tests.support.builders import a_definition_of
from tests.support.server import running_server
from tests.support.wire import WireCaller

CSRF_TOKEN: Final = "c" * 32
FORM: Final = "application/x-www-form-urlencoded"
LINE: Final = "{:22}{:>10}{:>10}{:>8}"

Ask = Callable[[str], Answer]


@dataclass(frozen=True)
class Names:
    """The subjects and the callers: a client that owns no device, and a user who is a member of no organization."""

    client_id: str
    token: str
    known: dict[str, str]
    unknown: dict[str, str]


def compare(*, tries: int) -> None:
    """Fill an empty database, start the server, and print a line for each pair."""
    names = _build(tries=tries)
    print(LINE.format("", "known", "unknown", "apart"))
    with running_server({}, workers=1, threads=4) as server:
        caller = WireCaller(server.port)
        for name, ask in _questions(caller, names).items():
            _compare(name, ask, tries=tries, known=names.known[name], unknown=names.unknown[name])


def _build(*, tries: int) -> Names:
    """Fill an empty database with the subjects that exist."""
    call_command("migrate", verbosity=0)
    for number in range(tries):
        _person(f"known-{number}")
    anna, bo = _person("anna"), _person("bo")
    asks, owns = _client("Asks", is_public=True), _client("Owns", is_public=True)
    confidential = _client("Keeps", is_public=False)
    device = services().devices.start(owns.client, scopes=())
    school = _school(anna)
    connection.close()
    known = {
        "users": anna.user.email,
        "sign-ups": "known",
        "password resets": "known",
        "clients": confidential.client.client_id,
        "devices of others": device.device_code,
        "courses of others": f"{school.slug}--knots",
        "schools of others": str(school.id),
    }
    unknown = {name: "x" * len(subject) for name, subject in known.items()} | {
        "users": "nobody@school.example",
        "sign-ups": "unknown",
        "password resets": "nobody",
        "schools of others": str(uuid4()),
    }
    return Names(
        client_id=asks.client.client_id, token=bo.access_token, known=known, unknown=unknown
    )


def _person(name: str) -> SignedIn:
    return services().sign_in.register(
        email=f"{name}@school.example", name=name, password="a long walk home"
    )


def _client(name: str, *, is_public: bool) -> RegisteredClient:
    grant = GrantType.DEVICE_CODE if is_public else GrantType.CLIENT_CREDENTIALS
    terms = ClientTerms(name=name, is_public=is_public, grant_types=frozenset({grant}))
    return services().clients.register(terms, by=OPERATOR)


def _school(owner: SignedIn) -> Organization:
    """With a published course."""
    school = services().organizations.create(
        name="Knots",
        slug="knots",
        owner_id=owner.user.id,
        by=services().access.principal_of(owner.access_token),
    )
    definition = a_definition_of(required=1, slug="knots")
    course = services().authoring.create(definition, org_id=school.id, by=OPERATOR)
    services().authoring.publish(course.slug, by=OPERATOR)
    return school


def _questions(caller: WireCaller, names: Names) -> dict[str, Ask]:
    bo = WireCaller(caller.port, names.token)

    def log_in(email: str) -> Answer:
        return caller.post("/v1/auth/login", {"email": email, "password": "not their password"})

    numbers = {
        (page, name): count() for page in ("up", "reset") for name in ("known", "unknown", "nobody")
    }

    def sign_up(name: str) -> Answer:
        """An address of its own for each request: after the first one, it is known and its mails are limited."""
        email = f"{name}-{next(numbers['up', name])}@school.example"
        answer = caller.post("/v1/auth/register", {"email": email, "password": "a long walk home"})
        return replace(answer, text=answer.text.replace(email, "the address"))

    def reset(name: str) -> Answer:
        """From a network of its own for each request, because the page limits each one."""
        number = next(numbers["reset", name])
        form = {"email": f"{name}-{number}@school.example", "csrfmiddlewaretoken": CSRF_TOKEN}
        return caller.post(
            "/password/reset",
            urlencode(form).encode(),
            Content_Type=FORM,
            Cookie=f"{settings.CSRF_COOKIE_NAME}={CSRF_TOKEN}",
            X_Forwarded_For=f"2001:db8:{name == 'known':x}:{number:x}::1",
        )

    def token(**form: str) -> Answer:
        return caller.post("/oauth/token", urlencode(form).encode(), Content_Type=FORM)

    def show(secret_of: str) -> Answer:
        wrong = {"client_id": secret_of, "client_secret": "not its secret"}
        return token(grant_type="client_credentials", **wrong)

    def take(device_code: str) -> Answer:
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        return token(grant_type=grant, client_id=names.client_id, device_code=device_code)

    return {
        "users": log_in,
        "sign-ups": sign_up,
        "password resets": reset,
        "clients": show,
        "devices of others": take,
        "courses of others": lambda slug: bo.get(f"/v1/courses/{slug}"),
        "schools of others": lambda org_id: bo.get(f"/v1/orgs/{org_id}"),
    }


def _compare(name: str, ask: Ask, *, tries: int, known: str, unknown: str) -> None:
    times: dict[str, list[float]] = {known: [], unknown: []}
    answers = set()
    for _ in range(tries):
        for subject, taken in times.items():
            asked_at = perf_counter()
            answer = ask(subject)
            taken.append((perf_counter() - asked_at) * 1000)
            answers.add((answer.status, answer.text))
    assert len(answers) == 1, answers
    known_time, unknown_time = median(times[known]), median(times[unknown])
    print(
        LINE.format(
            name,
            f"{known_time:.2f}",
            f"{unknown_time:.2f}",
            f"{abs(known_time - unknown_time):.2f}",
        ),
        flush=True,
    )
