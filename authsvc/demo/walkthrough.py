"""The authorization code flow at a running server, from both sides: the client, and the user in a browser."""

import json
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from jwcrypto.common import JWException, base64url_encode
from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS

from authsvc.demo.browser import MOST_BYTES, Browser
from authsvc.demo.clients import REDIRECT_URI, SCOPES, DemoClient
from authsvc.demo.samples import Login
from authsvc.kernel.outbound import OutboundHttp, OutboundRequest

MOST_PAGES: Final = 5


class TrialFailed(Exception):
    """The flow failed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """The claims of the verified ID token, and those of the userinfo endpoint."""

    id_token: dict[str, Any]
    userinfo: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One authorization request: its state, nonce and PKCE verifier."""

    verifier: str
    state: str
    nonce: str

    def parameters(self, client_id: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": " ".join(SCOPES),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64url_encode(sha256(self.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }


def try_code_flow(client: DemoClient, login: Login, http: OutboundHttp) -> TrialResult:
    """Sign the user in to the demo client. Raises TrialFailed, and OutboundFailed if there is no response."""
    metadata = _fetch_json(http, f"{client.url}/.well-known/openid-configuration")
    attempt = Attempt(verifier=token_urlsafe(48), state=token_urlsafe(16), nonce=token_urlsafe(16))
    query = urlencode(attempt.parameters(client.client_id))
    browser = Browser(client.url, http)
    callback = _authorize(f"{metadata['authorization_endpoint']}?{query}", browser, login)
    form = _token_request(callback, attempt, client)
    tokens = _fetch_json(http, metadata["token_endpoint"], form=form)
    claims = _verified(tokens["id_token"], _fetch_json(http, metadata["jwks_uri"]))
    if (claims["iss"], claims["aud"], claims["nonce"]) != (
        client.url,
        client.client_id,
        attempt.nonce,
    ):
        raise TrialFailed("The ID token is for another client or from another issuer.")
    userinfo = _fetch_json(http, metadata["userinfo_endpoint"], token=tokens["access_token"])
    return TrialResult(id_token=claims, userinfo=userinfo)


def _authorize(url: str, browser: Browser, login: Login) -> str:
    """Sign in and consent in the browser, and return the URL it is redirected to."""
    page = browser.visit(url)
    for _ in range(MOST_PAGES):
        if page.text is None:
            return page.url
        if form := page.form_with("login"):
            values = {"login": login.email, "password": login.password}
        elif form := page.form_with("decision"):
            values = {"decision": "allow"}
        else:
            break
        page = browser.submit(form, on=page, **values)
    raise TrialFailed(f"{login.email} cannot continue from {page.url.partition('?')[0]}.")


def _token_request(callback: str, attempt: Attempt, client: DemoClient) -> dict[str, str]:
    """Check the authorization response (RFC 6749 §4.1.2, RFC 9207) and return the parameters of the token request."""
    response = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
    if "error" in response:
        reason = response.get("error_description", response["error"])
        raise TrialFailed(f"The provider returned an error: {reason}")
    if (response.get("state"), response.get("iss")) != (attempt.state, client.url):
        raise TrialFailed(f"The response is for another attempt or not from {client.url}.")
    return {
        "grant_type": "authorization_code",
        "client_id": client.client_id,
        "redirect_uri": REDIRECT_URI,
        "code": response["code"],
        "code_verifier": attempt.verifier,
    }


def _verified(id_token: str, keys: Any) -> dict[str, Any]:
    """Verify the signature with these keys and return the claims."""
    jws = JWS()
    try:
        jws.deserialize(id_token)
        jws.verify(JWKSet.from_json(json.dumps(keys)).get_key(jws.jose_header["kid"]))
    except JWException:
        raise TrialFailed("The ID token is not signed by the provider.") from None
    claims: dict[str, Any] = json.loads(jws.payload)
    return claims


def _fetch_json(
    http: OutboundHttp, url: str, *, form: dict[str, str] | None = None, token: str = ""
) -> Any:
    """Fetch JSON from the development server. Raises TrialFailed, OutboundFailed."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    response = http.send(
        OutboundRequest(
            method="GET" if form is None else "POST",
            url=url,
            headers=headers,
            content=urlencode(form or {}).encode(),
            most_bytes=MOST_BYTES,
        )
    )
    if response.status != HTTPStatus.OK:
        text = response.content.decode()
        raise TrialFailed(f"{url} returned {response.status}: {text}")
    return json.loads(response.content)
