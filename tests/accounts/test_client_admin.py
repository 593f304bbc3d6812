"""Admin forms of clients."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from accounts.domain.access import OPERATOR, GrantType
from accounts.models import BrowserSession
from accounts.models import OAuthClient as ClientRow
from tests.accounts.client_pages import (
    CLIENTS,
    NEW,
    TERMS,
    now,
    page_of,
    registered,
    secret_page_of,
    settings_of,
    shown_on,
)
from tests.support.application import Application
from tests.support.staff import log_of, root_browser, staff_browser

pytestmark = pytest.mark.database


def test_a_client_is_registered_with_the_submitted_terms(application: Application) -> None:
    page = root_browser(application).post(f"{CLIENTS}add/", **NEW)

    client_id, secret = shown_on(page)
    client = application.services.clients.authenticated(client_id, secret)
    assert client is not None
    assert (page.status, page.path) == (200, f"{secret_page_of(client)}new/")
    assert client.terms == TERMS
    assert log_of(client.id) == ["Added."]


def test_the_secret_is_in_the_response_and_nowhere_else(application: Application) -> None:
    root = root_browser(application)
    page = root.post(f"{CLIENTS}add/", **NEW)
    _, secret = shown_on(page)

    row = ClientRow.objects.get()

    assert secret not in " ".join(str(value) for value in vars(row).values())
    assert secret not in "".join(page.messages)
    assert secret not in str(root.client.cookies)
    assert all(secret not in str(session.get_decoded()) for session in BrowserSession.objects.all())
    assert secret not in root.get(f"{CLIENTS}{row.pk}/change/").text
    assert log_of(row.pk) == ["Added."]


def test_until_its_page_is_read_the_secret_is_encrypted_in_the_session(
    application: Application,
) -> None:
    root = root_browser(application)

    answer = root.client.post(f"/admin/{CLIENTS}add/", NEW)
    stored = [session.get_decoded() for session in BrowserSession.objects.all()]
    _, secret = shown_on(root.get(answer.headers["Location"]))

    assert answer.status_code == 303
    assert any("shown_secrets" in session for session in stored)
    assert secret not in str(stored)
    assert secret not in answer.headers["Location"]


def test_the_response_with_the_secret_is_not_cached(application: Application) -> None:
    client = root_browser(application).client
    response = client.post(f"/admin/{CLIENTS}add/", NEW, follow=True)

    assert len(re.findall("<code", response.getvalue().decode())) == 2
    assert "no-store" in response.headers["Cache-Control"]


def test_a_public_client_has_no_secret(application: Application) -> None:
    page = root_browser(application).post(f"{CLIENTS}add/", **NEW, is_public="on")

    (client_id,) = shown_on(page)
    client = application.services.clients.find(client_id)
    assert client is not None
    assert client.terms.is_public
    assert client.secret_hash == ""


def test_by_default_a_client_is_neither_trusted_nor_public(application: Application) -> None:
    flags = {"is_trusted", "must_push"}

    root_browser(application).post(
        f"{CLIENTS}add/", **{k: v for k, v in NEW.items() if k not in flags}
    )

    row = ClientRow.objects.get()
    assert (row.is_trusted, row.must_push, row.is_public) == (False, False, False)


@pytest.mark.parametrize(
    ("wish", "field", "field_error"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": " "}, "name", "A name must have visible characters."),
        ({"name": "N" * 201}, "name", "at most 200 characters"),
        (
            {"redirect_uris": ""},
            "redirect_uris",
            "The authorization code grant needs a redirect URI.",
        ),
        (
            {"redirect_uris": "http://app.example/cb"},
            "redirect_uris",
            "http://app.example/cb is not a valid URI here",
        ),
        (
            {"post_logout_redirect_uris": "javascript:alert(1)"},
            "post_logout_redirect_uris",
            "is not a valid URI here",
        ),
        (
            {"backchannel_logout_uri": "http://app.example/x"},
            "backchannel_logout_uri",
            "is not a valid URI here",
        ),
        ({"allowed_origins": "https://app.example/"}, "allowed_origins", "is not a valid origin."),
        ({"resources": "notes"}, "resources", "notes is not a valid URI here"),
        (
            {"allowed_scopes": ["everything"]},
            "allowed_scopes",
            "not one of the available choices",
        ),
        ({"grant_types": []}, "grant_types", "This field is required."),
        ({"grant_types": ["implicit"]}, "grant_types", "not one of the available choices"),
        ({"id_token_algorithm": "none"}, "id_token_algorithm", "is not one of the available"),
        (
            {"is_public": "on", "grant_types": ["client_credentials"]},
            "grant_types",
            "A public client cannot use client credentials.",
        ),
    ],
)
def test_errors_are_shown_at_their_fields(
    application: Application, wish: dict[str, Any], field: str, field_error: str
) -> None:
    page = root_browser(application).post(f"{CLIENTS}add/", **NEW | wish)

    (row,) = re.findall(
        rf'<div class="form-row errors field-{field}">.*?(?=<div class="form-row|</fieldset>)',
        page.text,
        re.DOTALL,
    )
    assert field_error in row
    assert not ClientRow.objects.exists()


def test_the_form_preselects_common_terms(application: Application) -> None:
    page = root_browser(application).get(f"{CLIENTS}add/")

    ticked = re.findall(r'value="([^"]+)"[^>]* checked', page.text)
    assert ticked == ["openid", "profile", "email", "authorization_code", "refresh_token"]
    assert '<option value="RS256" selected>' in page.text


def test_an_invalid_form_keeps_its_input(application: Application) -> None:
    page = root_browser(application).post(f"{CLIENTS}add/", **NEW | {"resources": "notes"})

    assert "http://127.0.0.1/callback" in page.text
    assert re.search(r'value="courses:read"[^>]* checked', page.text)


def test_the_form_shows_the_current_terms(application: Application) -> None:
    client = application.services.clients.register(TERMS, by=OPERATOR).client

    root = root_browser(application)

    text = root.get(settings_of(client)).text

    assert "https://app.example/callback\nhttp://127.0.0.1/callback</textarea>" in text
    assert re.search(r'value="openid"[^>]* checked', text)
    assert not re.search(r'value="profile"[^>]* checked', text)
    assert client.client_id in root.get(page_of(client)).text


def test_terms_are_amended(application: Application) -> None:
    client = registered(application)
    secret_hash = client.secret_hash

    page = root_browser(application).post(page_of(client), **NEW)

    assert page.path == CLIENTS
    assert now(application, client).terms == TERMS
    assert now(application, client).secret_hash == secret_hash


def test_the_log_names_the_amended_terms(application: Application) -> None:
    client = application.services.clients.register(TERMS, by=OPERATOR).client

    root_browser(application).post(page_of(client), **NEW | {"name": "Planner"})

    assert log_of(client.id) == ["Changed Name."]


@pytest.mark.parametrize("is_public", [True, False])
def test_whether_a_client_is_public_cannot_be_changed(
    application: Application,
    is_public: bool,  # noqa: FBT001  # pytest's
) -> None:
    grants = frozenset({GrantType.AUTHORIZATION_CODE})
    client = registered(application, is_public=is_public, grant_types=grants)
    wish = {} if is_public else {"is_public": "on"}

    root_browser(application).post(page_of(client), **NEW | wish)

    assert now(application, client).terms.name == "Notebook"
    assert now(application, client).terms.is_public is is_public


def test_a_public_client_cannot_get_client_credentials_later(application: Application) -> None:
    client = registered(
        application, is_public=True, grant_types=frozenset({GrantType.AUTHORIZATION_CODE})
    )
    wish = {"grant_types": ["authorization_code", "client_credentials"]}

    page = root_browser(application).post(page_of(client), **NEW | wish)

    assert "A public client cannot use client credentials." in page.text
    assert now(application, client) == client


def test_a_private_host_is_rejected_in_production(application: Application) -> None:
    application.services.clients = replace(application.services.clients, allows_private_hosts=False)

    page = root_browser(application).post(
        f"{CLIENTS}add/", **NEW | {"backchannel_logout_uri": "https://10.0.0.1/out"}
    )

    assert "10.0.0.1 is not a public host." in page.text
    assert not ClientRow.objects.exists()


def test_the_signing_keys_are_shown_without_private_members(application: Application) -> None:
    root = root_browser(application)

    text = root.get(f"{CLIENTS}keys/").text

    keys = application.services.ports.signing_keys.described(at=timezone.now())
    assert {key.algorithm for key in keys} == {"ES256", "RS256"}
    assert all(f"<code>{key.id}</code>" in text for key in keys)
    assert "No key waits." in text
    assert '"d"' not in text
    assert f'href="/admin/{CLIENTS}keys/"' in root.get("").text


@pytest.mark.parametrize(("group", "status"), [("Auditors", 200), ("User managers", 403)])
def test_groups_that_may_view_clients_see_the_signing_keys(
    application: Application, group: str, status: int
) -> None:
    assert staff_browser(application, group).get(f"{CLIENTS}keys/").status == status
