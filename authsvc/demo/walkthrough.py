"""The code flow at a running desk, as a client and a person at his browser go through it."""

import json
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from jwcrypto.common import JWException, base64url_encode
from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS

from authsvc.demo.browser import Browser
from authsvc.demo.clients import LANDING, SCOPES, Note
from authsvc.demo.samples import Login

MOST_PAGES: Final = 5


class CannotTry(Exception):
    """Says in one sentence what stands in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the client knows in the end: from the verified ID token, and from the provider."""

    id_token: dict[str, Any]
    userinfo: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to authorize, and what only the client knows of it."""

    verifier: str
    state: str
    nonce: str

    def parameters(self, client_id: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": LANDING,
            "scope": " ".join(SCOPES),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64url_encode(sha256(self.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }


def try_code_flow(note: Note, login: Login) -> Tried:
    """Sign the person in for the client of the note. Raises CannotTry, and OSError when nobody answers."""
    metadata = _answer(f"{note.url}/.well-known/openid-configuration")
    attempt = Attempt(verifier=token_urlsafe(48), state=token_urlsafe(16), nonce=token_urlsafe(16))
    query = urlencode(attempt.parameters(note.client_id))
    address = _gone_along(f"{metadata['authorization_endpoint']}?{query}", note.url, login)
    tokens = _answer(metadata["token_endpoint"], form=_exchange_of(address, attempt, note))
    claims = _verified(tokens["id_token"], _answer(metadata["jwks_uri"]))
    if (claims["iss"], claims["aud"], claims["nonce"]) != (note.url, note.client_id, attempt.nonce):
        raise CannotTry("The ID token is for another client, or from another issuer.")
    userinfo = _answer(metadata["userinfo_endpoint"], token=tokens["access_token"])
    return Tried(id_token=claims, userinfo=userinfo)


def _gone_along(address: str, site: str, login: Login) -> str:
    """Where the browser ends after its person has signed in and allowed what is asked."""
    browser = Browser(site)
    sight = browser.visit(address)
    for _ in range(MOST_PAGES):
        if sight.text is None:
            return sight.address
        if form := sight.form_with("login"):
            said = {"login": login.email, "password": login.password}
        elif form := sight.form_with("decision"):
            said = {"decision": "allow"}
        else:
            break
        sight = browser.send(form, seen_at=sight, **said)
    raise CannotTry(f"{login.email} does not get past {sight.address.partition('?')[0]}.")


def _exchange_of(address: str, attempt: Attempt, note: Note) -> dict[str, str]:
    """What the client posts for its tokens, once it knows that the answer is the provider's, and for this attempt."""
    answer = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if "error" in answer:
        raise CannotTry(f"The provider refuses: {answer.get('error_description', answer['error'])}")
    if (answer.get("state"), answer.get("iss")) != (attempt.state, note.url):
        raise CannotTry(f"The answer is another one's, or not of {note.url}.")
    return {
        "grant_type": "authorization_code",
        "client_id": note.client_id,
        "redirect_uri": LANDING,
        "code": answer["code"],
        "code_verifier": attempt.verifier,
    }


def _verified(id_token: str, keys: Any) -> dict[str, Any]:
    """What the token says, if one of the keys has signed it."""
    jws = JWS()
    try:
        jws.deserialize(id_token)
        jws.verify(JWKSet.from_json(json.dumps(keys)).get_key(jws.jose_header["kid"]))
    except JWException:
        raise CannotTry("The ID token is not signed by the provider.") from None
    claims: dict[str, Any] = json.loads(jws.payload)
    return claims


def _answer(address: str, *, form: dict[str, str] | None = None, token: str = "") -> Any:
    """The JSON at an address of the desk."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if form is None else urlencode(form).encode()
    request = Request(address, data, headers)  # noqa: S310  # the desk says where it is
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=30) as response:
            return json.load(response)
    except HTTPError as error:
        with error:
            raise CannotTry(f"{address} answers {error.code}: {error.read().decode()}") from None
