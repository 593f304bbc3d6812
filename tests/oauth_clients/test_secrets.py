"""Secrets: no flow of the provider leaves any in the log or in the database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from accounts.domain.access import PRE_AUTHORIZED_CODE
from tests.support.application import PASSWORD
from tests.support.forms import WireBrowser
from tests.support.provider import (
    LANDING,
    LOG,
    LOGOUT_LANDING,
    Code,
    Registered,
    WireClient,
    at_a_browser,
    register,
)
from tests.support.relying import challenge_of
from tests.support.school import School
from tests.support.wallets import offered_to
from tests.support.wire import WireCaller

pytestmark = pytest.mark.any_database

WRONG: Final = "a wrong turn somewhere"
GRANTS: Final = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
]


class Flows:
    """Runs every flow once, and records each secret that was sent or received."""

    def __init__(self, school: School, anna: WireBrowser) -> None:
        self.school, self.anna = school, anna
        self.secrets: dict[str, str] = {"password": PASSWORD, "wrong password": WRONG}
        self.client = WireClient(school.server.port, register(school, grant_types=GRANTS))
        self.secrets["client secret"] = self.client.registered.secret

    def run_all(self) -> None:
        self.sign_in_wrongly()
        tokens = self.tokens("code", self.exchange_wrongly_then_rightly())
        renewed = self.tokens("refresh", self.client.refresh(tokens["refresh_token"]).json)
        self.ask_about(renewed["access_token"])
        self.client.refresh(self.client.refresh(renewed["refresh_token"]).json["refresh_token"])
        self.client.refresh(renewed["refresh_token"])
        self.request_client_credentials()
        self.connect_a_device()
        self.collect_a_credential()
        self.push()
        self.register_with_initial_access_token()
        self.record("cookie", *self.anna.cookies())
        self.sign_out(tokens["id_token"])

    def record(self, what: str, *secrets: str) -> None:
        self.secrets |= {f"{what} {number}": secret for number, secret in enumerate(secrets)}

    def tokens(self, what: str, answer: dict[str, Any]) -> dict[str, Any]:
        names = [name for name in ("access_token", "refresh_token", "id_token") if name in answer]
        assert "access_token" in names, answer
        self.record(f"tokens by {what}", *(answer[name] for name in names))
        return answer

    def sign_in_wrongly(self) -> None:
        sight = self.anna.visit("/signin")
        assert self.anna.fill_in(sight, "login", login=self.anna.email, password=WRONG).text

    def exchange_wrongly_then_rightly(self) -> dict[str, Any]:
        code = self.client.code_for(self.anna, scope="openid email offline_access")
        self.record("code", code.secret, code.verifier)
        url, wrong = f"{self.school.server.url}/oauth/token", token_urlsafe(48)
        form = {"grant_type": "authorization_code", "code": code.secret, "code_verifier": wrong}
        pair = (self.client.registered.client_id, self.client.registered.secret)
        for auth in ((pair[0], wrong), pair):
            assert httpx.post(url, data=form, auth=auth, trust_env=False).status_code in {400, 401}
        answer: dict[str, Any] = self.client.exchange(code).json
        spent = self.client.code_for(self.anna)
        self.record("wrong", wrong, spent.secret, spent.verifier)
        self.tokens("a code that comes again", self.client.exchange(spent).json)
        assert self.client.exchange(spent).status == 400
        return answer

    def ask_about(self, token: str) -> None:
        assert self.client.says_active(token)
        url, header = (
            f"{self.school.server.url}/oauth/userinfo",
            {"Authorization": f"Bearer {token}"},
        )
        assert httpx.get(url, headers=header, trust_env=False).status_code == 200
        assert httpx.post(url, data={"access_token": token}, trust_env=False).status_code == 200
        assert httpx.get(url, params={"access_token": token}, trust_env=False).status_code == 401

    def request_client_credentials(self) -> None:
        answer = self.client.post(
            "/oauth/token", grant_type="client_credentials", scope="courses:read"
        )
        tokens = self.tokens("itself", answer.json)
        assert self.client.post("/oauth/revoke", token=tokens["access_token"]).status == 200

    def connect_a_device(self) -> None:
        started = self.client.post("/oauth/device", scope="openid").json
        self.record("device", started["device_code"], started["user_code"])
        form = {"grant_type": GRANTS[-1], "device_code": started["device_code"]}
        assert self.client.post("/oauth/token", **form).json["error"] == "authorization_pending"
        page = self.anna.visit(started["verification_uri_complete"])
        page = self.anna.fill_in(page, "user_code")
        assert "Device connected" in self.anna.fill_in(page, "decision", decision="allow").text
        self.tokens("device", self.client.post("/oauth/token", **form).json)

    def collect_a_credential(self) -> None:
        offer, stranger = offered_to(self.anna, self.school), self.school.stranger()
        grants = stranger.get(offer.path).json["grants"]
        code = grants[PRE_AUTHORIZED_CODE]["pre-authorized_code"]
        self.record("wallet", code)
        assert stranger.post(offer.path).status == 405
        form = {"grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": code}
        url = f"{self.school.server.url}/oauth/token"
        for pin in ("", "wrong"):
            error = httpx.post(url, data=form | {"tx_code": pin}, trust_env=False)
            assert error.status_code == 400
        answer = httpx.post(url, data=form | {"tx_code": offer.pin}, trust_env=False)
        token = self.tokens("wallet", answer.json())["access_token"]
        wallet = WireCaller(self.school.server.port, token)
        (details,) = answer.json()["authorization_details"]
        (identifier,) = details["credential_identifiers"]
        body = {"credential_identifier": identifier}
        assert wallet.post("/wallets/credential", body).status == 200
        assert stranger.get(offer.path).status == 404

    def push(self) -> None:
        verifier = token_urlsafe(48)
        pushed = self.client.post(
            "/oauth/par",
            response_type="code",
            redirect_uri=LANDING,
            scope="openid",
            code_challenge=challenge_of(verifier),
            code_challenge_method="S256",
        ).json
        reference = {"client_id": self.client.registered.client_id}
        reference |= {"request_uri": pushed["request_uri"]}
        landed = self.anna.go_along(f"/oauth/authorize?{urlencode(reference)}")
        code = Code(parse_qs(urlsplit(landed.address).query)["code"][0], verifier)
        self.record("pushed", pushed["request_uri"].rpartition(":")[2], code.secret, verifier)
        self.tokens("pushed", self.client.exchange(code).json)

    def register_with_initial_access_token(self) -> None:
        invitation = self.school.output_of("invite_client").strip()
        registration = httpx.post(
            f"{self.school.server.url}/oauth/register",
            headers={"Authorization": f"Bearer {invitation}"},
            json={"client_name": "Diary", "redirect_uris": [LANDING]},
            trust_env=False,
        ).json()
        self.record("registration", invitation, registration["client_secret"])
        diary = WireClient(
            self.school.server.port,
            Registered("", registration["client_id"], registration["client_secret"]),
        )
        self.tokens("registered", diary.tokens_for(self.anna, scope="openid"))

    def sign_out(self, id_token: str) -> None:
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": LOGOUT_LANDING}
        assert self.anna.visit(f"/oauth/logout?{urlencode(query)}").address == LOGOUT_LANDING


def test_no_secret_is_in_the_log_or_in_the_database(provider: School) -> None:
    log = Path(provider.environment["DATA_DIR"]) / LOG
    before = log.stat().st_size
    with closing(at_a_browser(provider)) as anna:
        flows = Flows(provider, anna)
        flows.run_all()
    stored = "\n".join(rows_of(provider.environment["DATABASE_URL"]))
    logged = log.read_bytes()[before:].decode()

    for event in ("tokens-issued", "tokens-refreshed", "code-reused", "refresh-token-reused"):
        assert event in logged
    assert anna.email in stored
    assert flows.client.registered.client_id in stored
    assert len(flows.secrets) > 25
    assert [what for what, secret in flows.secrets.items() if secret in logged] == []
    leaked = {what for what, secret in flows.secrets.items() if secret in stored}
    # Django stores a session under the value of its cookie.
    assert {what for what in leaked if not what.startswith("cookie")} == set()


def rows_of(url: str) -> Iterator[str]:
    """All rows of all tables."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            yield from file.iterdump()
        return
    with psycopg.connect(url) as server:
        names = server.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (name,) in names:
            yield from map(repr, server.execute(SQL("SELECT * FROM {}").format(Identifier(name))))
