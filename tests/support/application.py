"""The whole application behind its HTTP API, and users who send requests to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.test import Client

from accounts.domain.access import OPERATOR, Authentication, Role, UserId
from accounts.domain.identity.entities.users import User
from authsvc.composition.container import Services
from courses.domain.entities.courses import Course, CourseDefinition
from credentials.domain.entities.definitions import Credential
from tests.support.builders import a_definition, a_session, some_terms

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a problem, to whose type the status info of the Open Badges API leads."""
        if "imsx_codeMajor" in self.text:
            assert self.headers["Content-Type"] == "application/json"
            return str(self.headers["Link"]).partition(">")[0].rpartition("/")[2]
        assert self.headers["Content-Type"] == "application/problem+json", self.text
        return str(self.json["code"])


_HANDLER: Final = Client().handler


def a_client(**options: Any) -> Client:
    """Django's test client, with one handler for all: WhiteNoise scans every static file for each."""
    client = Client(**options)
    client.handler = _HANDLER
    return client


@contextmanager
def rebuilt_middleware() -> Iterator[None]:
    """Let requests within the block, and those after it, find the middleware of the settings of their time."""
    _HANDLER._middleware_chain = None  # type: ignore[attr-defined]  # noqa: SLF001  # as Django does to load it late
    try:
        yield
    finally:
        _HANDLER._middleware_chain = None  # type: ignore[attr-defined]  # noqa: SLF001  # likewise


class Caller:
    """An API client that sends JSON; anonymous until it has a token."""

    def __init__(self, token: str = "") -> None:
        self._client = a_client(raise_request_exception=False)
        self.token = token

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, body, headers=headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PUT", path, body, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PATCH", path, body, headers=headers)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send *body* as JSON, or unchanged if it is bytes. Underscores in header names stand for hyphens."""
        fields = self._fields(headers)
        response = self._client.generic(
            method,
            path,
            encoded(body),
            content_type=fields.pop("Content-Type"),
            headers=fields,
        )
        return Answer(response.status_code, response.headers, response.getvalue().decode())

    def _fields(self, headers: dict[str, str] | None) -> dict[str, str]:
        """The header fields of a request, with the token and the media type unless they are given."""
        fields = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.token:
            fields.setdefault("Authorization", f"Bearer {self.token}")
        fields.setdefault("Content-Type", "application/json")
        return fields


def encoded(body: Any) -> bytes:
    """The body as JSON, or unchanged if it is bytes."""
    if isinstance(body, bytes):
        return body
    return b"" if body is None else json.dumps(body).encode()


@dataclass(frozen=True)
class Person:
    """A signed-in user."""

    id: str
    email: str
    caller: Caller


class Application:
    """The running application, and its services for the set-up of tests."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.stranger = Caller()

    def has_user(self, name: str = "Anna", *, is_verified: bool = True, **parts: Any) -> User:
        """Store a user, by default with a verified e-mail address. No log records it."""
        user = User.registered(
            UserId(uuid4()),
            name=name,
            password_hash=self.services.ports.password_hasher.hash(PASSWORD),
            at=self.services.ports.clock.now(),
            **{"email": f"{name.lower()}-{uuid4().hex[:8]}@school.example"} | parts,
        )
        self.services.repositories.users.add(user)
        if is_verified:
            self.services.repositories.verified_emails.save(user.id, email=user.email)
        return user

    def signed_in(self, *roles: Role, name: str = "Anna") -> Person:
        """A user with a verified e-mail address, and a token of theirs. No log records a sign-in."""
        user, now = self.has_user(name, roles=roles), self.services.ports.clock.now()
        session = a_session(
            user_id=user.id,
            started_at=now,
            expires_at=now + self.services.sign_in.session_policy.ends_after,
            authentication=Authentication(at=now, methods=("pwd",)),
        )
        self.services.repositories.sessions.add(session)
        tokens = self.services.sign_in.pairs.access_only(session, user, at=now)
        return Person(str(user.id), user.email, Caller(tokens.access_token))

    def user_with(self, email: str) -> User:
        """The user with this e-mail address, verified or not."""
        user = self.services.repositories.users.find_by_email(email)
        assert user is not None
        return user

    def published(self, definition: CourseDefinition | None = None) -> Course:
        course = self.services.authoring.create(definition or a_definition(), by=OPERATOR)
        return self.services.authoring.publish(course.slug, by=OPERATOR)

    def earns(self, course: Course, **terms: Any) -> Credential:
        return self.services.credentials.define(
            some_terms(course_id=course.id, **terms), by=OPERATOR
        )
