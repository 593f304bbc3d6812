"""An OAuth client (relying party), and the browser that it redirects."""

import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS

from accounts.domain.access import OPERATOR, GrantType
from accounts.domain.oauth.entities.clients import KNOWN_SCOPES, ClientTerms, RegisteredClient
from tests.support.application import Answer, Application, a_client
from tests.support.browsing import Response, Visitor

CALLBACK: Final = "https://app.example/callback"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Attempt:
    """One request to authorize: what only the client knows of it, and where it ended."""

    verifier: str
    parameters: dict[str, str]
    response: Response

    @property
    def answer(self) -> dict[str, str]:
        """The parameters with which the browser came back."""
        address = self.response.leads_to
        assert address.startswith(self.parameters["redirect_uri"]), self.response
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    @property
    def code(self) -> str:
        return self.answer["code"]


@dataclass(frozen=True)
class RelyingParty:
    """Speaks the protocol like any client would, and keeps its secret; a public one has none."""

    client_id: str
    secret: str
    redirect_uri: str = CALLBACK
    browser: Visitor = field(default_factory=Visitor)

    def authorize(self, *, drop: tuple[str, ...] = (), **more: str) -> Attempt:
        """Send the browser to the provider, and see where it is led at once."""
        verifier = token_urlsafe(48)
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": token_urlsafe(16),
            "nonce": token_urlsafe(16),
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        } | more
        for name in drop:
            del parameters[name]
        response = self.browser.get(f"/oauth/authorize?{urlencode(parameters)}")
        return Attempt(verifier, parameters, response)

    def allowed(self, *, drop: tuple[str, ...] = (), **more: str) -> Attempt:
        """Like authorize; the user who is signed in at the browser consents if asked."""
        attempt = self.authorize(drop=drop, **more)
        if attempt.response.status != 200:
            return attempt
        address = f"/oauth/authorize?{urlencode(attempt.parameters)}"
        return Attempt(
            attempt.verifier, attempt.parameters, self.browser.post(address, decision="allow")
        )

    def exchange(self, attempt: Attempt, **more: str) -> Answer:
        return self.tokens(
            grant_type="authorization_code",
            code=attempt.code,
            redirect_uri=attempt.parameters["redirect_uri"],
            code_verifier=attempt.verifier,
            **more,
        )

    def refresh(self, refresh_token: str, **more: str) -> Answer:
        return self.tokens(grant_type="refresh_token", refresh_token=refresh_token, **more)

    def tokens(self, **form: str) -> Answer:
        return self.post("/oauth/token", **form)

    def post(self, path: str, **form: str) -> Answer:
        """Post a form, and show who one is: by HTTP Basic, or by name alone."""
        headers = {} if not self.secret else {"Authorization": self.basic()}
        fields = form if self.secret else {"client_id": self.client_id} | form
        return post_form(path, urlencode(fields), **headers)

    def basic(self) -> str:
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
        return f"Basic {b64encode(pair.encode()).decode()}"


def a_relying_party(application: Application, **terms: Any) -> RelyingParty:
    """A confidential client that may do all that people let it, unless the terms say otherwise."""
    registration = registered(application, **terms)
    redirect_uri = (*registration.client.terms.redirect_uris, CALLBACK)[0]
    return RelyingParty(registration.client.client_id, registration.secret, redirect_uri)


def registered(application: Application, **terms: Any) -> RegisteredClient:
    wanted: dict[str, Any] = {
        "name": "Study Buddy",
        "is_public": False,
        "redirect_uris": (CALLBACK,),
        "allowed_scopes": KNOWN_SCOPES,
        "grant_types": frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN}),
    } | terms
    return application.services.clients.register(ClientTerms(**wanted), by=OPERATOR)


def post_form(path: str, body: str | bytes, **headers: str) -> Answer:
    content_type = headers.pop("Content-Type", FORM)
    response = a_client(raise_request_exception=False).generic(
        "POST", path, body, content_type=content_type, headers=headers
    )
    return Answer(response.status_code, response.headers, response.content.decode())


def challenge_of(verifier: str) -> str:
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def claims_in(token: str, application: Application) -> dict[str, Any]:
    """The claims of a token of ours, once its signature is verified."""
    keys = JWKSet.from_json(application.stranger.get("/.well-known/jwks.json").text)
    jws = JWS()
    jws.deserialize(token)
    jws.verify(keys.get_key(jws.jose_header["kid"]))
    claims: dict[str, Any] = json.loads(jws.payload)
    return claims
