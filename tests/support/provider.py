"""The OAuth provider on the real server, at a fixed URL, and clients registered with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from typing import IO, Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from accounts.domain.access import OPERATOR, GrantType
from accounts.domain.oauth.entities.clients import ClientTerms
from tests.support.application import PASSWORD, Answer
from tests.support.forms import WireBrowser
from tests.support.patience import PATIENCE
from tests.support.postgres import free_port
from tests.support.relying import FORM, challenge_of
from tests.support.school import School, open_school
from tests.support.wire import WireCaller

LANDING: Final = "http://127.0.0.1:49152/callback"
"""Where browsers are redirected to. Nothing listens there; tests look at the URL."""

LOGOUT_LANDING: Final = "http://127.0.0.1:49152/bye"


LOG: Final = "provider.log"


@dataclass(frozen=True)
class Registered:
    """A registered client; `pk` is its id in the admin site."""

    pk: str
    client_id: str
    secret: str


@dataclass(frozen=True)
class Code:
    """An authorization code, and the values that only its client knows."""

    secret: str
    verifier: str


@dataclass(frozen=True)
class WireClient:
    """A client of the server on this port, usable by several threads."""

    port: int
    registered: Registered

    def at(self, port: int) -> "WireClient":
        """The same client for another server."""
        return WireClient(port, self.registered)

    def post(self, path: str, **form: str) -> Answer:
        """Post a form, with the client's name and, if it has one, its secret."""
        shown = {"client_id": self.registered.client_id}
        shown |= {"client_secret": self.registered.secret} if self.registered.secret else {}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", path, urlencode(shown | form), {"Content-Type": FORM})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())
        finally:
            connection.close()

    def code_for(self, browser: WireBrowser, *, scope: str = "openid courses:read") -> Code:
        """What whoever is at the browser lets the client have."""
        verifier = token_urlsafe(48)
        parameters = {
            "response_type": "code",
            "client_id": self.registered.client_id,
            "redirect_uri": LANDING,
            "scope": scope,
            "state": token_urlsafe(16),
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        landed = browser.go_along(f"/oauth/authorize?{urlencode(parameters)}")
        assert landed.is_elsewhere, landed
        return Code(parse_qs(urlsplit(landed.address).query)["code"][0], verifier)

    def exchange(self, code: Code) -> Answer:
        return self.post(
            "/oauth/token",
            grant_type="authorization_code",
            code=code.secret,
            redirect_uri=LANDING,
            code_verifier=code.verifier,
        )

    def refresh(self, refresh_token: str) -> Answer:
        return self.post("/oauth/token", grant_type="refresh_token", refresh_token=refresh_token)

    def tokens_for(self, browser: WireBrowser, **wishes: str) -> dict[str, Any]:
        answer = self.exchange(self.code_for(browser, **wishes))
        assert answer.status == 200, answer.text
        tokens: dict[str, Any] = answer.json
        return tokens

    def says_active(self, token: str) -> bool:
        answer = self.post("/oauth/introspect", token=token)
        assert answer.status == 200, answer.text
        return bool(answer.json["active"])


@contextmanager
def open_provider(
    folder: Path, *, errors: IO[str] | None = None, **variables: Any
) -> Iterator[School]:
    """A school that names itself by the address at which it answers, so that its tokens and documents are true.

    With a file for *errors*, all that can be logged is logged there.
    """
    port = free_port()
    with open_school(
        folder,
        port=port,
        errors=errors,
        PUBLIC_URL=f"http://127.0.0.1:{port}",
        LOG_LEVEL="DEBUG" if errors else "ERROR",
        EMAIL_URL=f"file://{folder / 'mail'}",
        **variables,
    ) as school:
        yield school


def register(school: School, **terms: Any) -> Registered:
    """Register a confidential client that may do most things, unless the terms say otherwise."""
    wanted: dict[str, Any] = {
        "name": "Study Buddy",
        "is_public": False,
        "redirect_uris": [LANDING],
        "post_logout_redirect_uris": [LOGOUT_LANDING],
        "allowed_scopes": ["openid", "profile", "email", "offline_access", "courses:read"],
        "grant_types": ["authorization_code", "refresh_token"],
    } | terms
    client_terms = ClientTerms(
        name=wanted.pop("name"),
        is_public=wanted.pop("is_public"),
        allowed_scopes=frozenset(wanted.pop("allowed_scopes")),
        grant_types=frozenset(map(GrantType, wanted.pop("grant_types"))),
        redirect_uris=tuple(wanted.pop("redirect_uris")),
        post_logout_redirect_uris=tuple(wanted.pop("post_logout_redirect_uris")),
        **wanted,
    )
    with school.inside() as services:
        registration = services.clients.register(client_terms, by=OPERATOR)
    client = registration.client
    return Registered(str(client.id), client.client_id, registration.secret)


def at_a_browser(school: School, *, name: str = "Anna") -> WireBrowser:
    """Somebody new, with an account, who has not signed in."""
    email = f"{name.lower()}-{uuid4().hex[:8]}@school.example"
    body = {"email": email, "password": PASSWORD, "name": name}
    answer = WireCaller(school.server.port).post("/v1/auth/register", body)
    assert answer.status == 201, answer.text
    return WireBrowser(school.server.url, email=email)
