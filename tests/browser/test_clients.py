"""Consent and device pages, and the redirect back to the client."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_looks import look
from tests.browser.test_second_factors import set_up_app, somebody_verified
from tests.support.application import Answer
from tests.support.chromium import Town, fill, follow, heading, in_a_browser, press, sign_in
from tests.support.relying import FORM, challenge_of
from tests.support.wire import WireCaller

pytestmark = in_a_browser

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = "v" * 43


@pytest.fixture(scope="session")
def study_buddy(town: Town) -> dict[str, str]:
    """A dynamically registered client on another origin, without a secret."""
    return registered(town, "none")


def registered(town: Town, method: str) -> dict[str, str]:
    """A client that authenticates at the token endpoint by this method."""
    # In a thread of its own: Django refuses to run beside Playwright's event loop.
    with ThreadPoolExecutor(1) as pool:
        invitation = pool.submit(town.school.output_of, "invite_client").result().strip()
    body = {
        "client_name": "Study Buddy",
        "redirect_uris": [f"http://127.0.0.1:{town.school.server.port}/signout/done"],
        "grant_types": ["authorization_code", "refresh_token", DEVICE],
        "scope": "openid profile email courses:read progress:read offline_access",
        "token_endpoint_auth_method": method,
    }
    answer = WireCaller(town.school.server.port, invitation).post("/oauth/register", body)
    assert answer.status == 201, answer.text
    return {"id": answer.json["client_id"], "redirect_uri": body["redirect_uris"][0]}


def authorize(client: dict[str, str], **more: str) -> str:
    parameters = {
        "response_type": "code",
        "client_id": client["id"],
        "redirect_uri": client["redirect_uri"],
        "scope": "openid profile email courses:read progress:read",
        "state": "a&b=c",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    } | more
    return f"/oauth/authorize?{urlencode(parameters)}"


def post(port: int, path: str, form: dict[str, str]) -> Answer:
    return WireCaller(port).post(path, urlencode(form).encode(), Content_Type=FORM)


def is_back(page: Page, client: dict[str, str]) -> None:
    expect(page).to_have_url(re.compile(re.escape(client["redirect_uri"]) + r"\?code="))
    assert "state=a%26b%3Dc" in page.url


def test_signing_in_and_consenting_returns_to_the_client(
    page: Page, town: Town, study_buddy: dict[str, str]
) -> None:
    email = town.resident()

    sign_in(page, email, at=authorize(study_buddy))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Allow Study Buddy to access your account?"
    )
    look(page, "consent")
    press(page, "Allow")

    is_back(page, study_buddy)


@pytest.mark.nightly
def test_with_an_earlier_consent_signing_in_returns_to_a_client_with_a_secret(
    page: Page, town: Town
) -> None:
    email, client = town.resident(), registered(town, "client_secret_basic")
    sign_in(page, email, at=authorize(client))
    press(page, "Allow")
    page.context.clear_cookies()

    sign_in(page, email, at=authorize(client))

    is_back(page, client)


@pytest.mark.nightly
def test_a_second_factor_is_set_up_on_the_way_to_a_client(
    page: Page, town: Town, study_buddy: dict[str, str]
) -> None:
    somebody_verified(page, town)
    page.goto(authorize(study_buddy, acr_values="mfa pwd"))
    look(page, "second-factor-offered")

    follow(page, "Set up a second factor")
    set_up_app(page)
    follow(page, "I have saved them")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Allow Study Buddy to access your account?"
    )


@pytest.mark.nightly
def test_going_on_without_a_second_factor_leads_to_consent(
    page: Page, town: Town, study_buddy: dict[str, str]
) -> None:
    sign_in(page, town.resident(), at=authorize(study_buddy, acr_values="mfa pwd"))

    press(page, "Continue without")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Allow Study Buddy to access your account?"
    )


@pytest.mark.nightly
def test_denying_consent_returns_to_the_client(
    page: Page, town: Town, study_buddy: dict[str, str]
) -> None:
    sign_in(page, town.resident(), at=authorize(study_buddy))

    press(page, "Deny")

    expect(page).to_have_url(re.compile(r"error=access_denied"))


def test_a_device_is_connected(page: Page, town: Town, study_buddy: dict[str, str]) -> None:
    port = town.school.server.port
    form = {"client_id": study_buddy["id"], "scope": "openid profile"}
    started = post(port, "/oauth/device", form).json

    sign_in(page, town.resident(), at="/device")
    look(page, "device")
    fill(page, code=started["user_code"].lower().replace("-", " "))
    press(page, "Continue")
    look(page, "device-consent")
    assert started["user_code"] in page.get_by_role("main").inner_text()
    press(page, "Allow")
    look(page, "device-let-in")

    taken = {"grant_type": DEVICE, "client_id": study_buddy["id"]}
    answer = post(port, "/oauth/token", taken | {"device_code": started["device_code"]})
    assert answer.status == 200, answer.text


@pytest.mark.nightly
def test_a_logout_request_asks_the_user(page: Page, town: Town) -> None:
    sign_in(page, town.resident())

    page.goto("/oauth/logout")
    look(page, "client-sign-out")
    press(page, "Sign out")

    assert heading(page) == "You are signed out"


@pytest.mark.nightly
def test_an_invalid_request_shows_an_error_page(
    town: Town, chromium: Browser, study_buddy: dict[str, str]
) -> None:
    page = chromium.new_page(base_url=town.url)

    page.goto(authorize(study_buddy, redirect_uri="http://127.0.0.1/elsewhere"))

    look(page, "client-mistake")
    assert heading(page) == "Invalid request"
    page.context.close()
