"""Admin pages of service clients."""

import pytest

from tests.accounts.client_pages import (
    CLIENTS,
    NEW,
    a_keeper,
    now,
    page_of,
    secret_page_of,
    settings_of,
    shown_on,
)
from tests.accounts.org_pages import has_organization, recorded, recorded_access, suspend
from tests.accounts.service_clients import a_service_client
from tests.support.application import Application
from tests.support.staff import log_of, root_browser

pytestmark = pytest.mark.database


def test_the_page_shows_organization_and_expiry(application: Application) -> None:
    client = a_service_client(application, has_organization(application))

    page = root_browser(application).get(page_of(client))

    assert "School of Knots" in page.text
    assert "<dt>Expires</dt><dd><time" in page.text
    assert "<dt>Last used</dt>" in page.text


def test_the_list_shows_the_organization_of_each_client(application: Application) -> None:
    a_service_client(application, has_organization(application))

    page = root_browser(application).get(CLIENTS)

    assert "School of Knots" in page.text


def test_the_terms_of_a_service_client_cannot_be_amended(application: Application) -> None:
    client, root = (
        a_service_client(application, has_organization(application)),
        root_browser(application),
    )

    response = root.get(settings_of(client))
    answer = root.post(page_of(client), **NEW)

    assert (response.status, response.may_be_saved) == (200, False)
    assert answer.status == 403
    assert now(application, client) == client


def test_the_secret_of_a_service_client_is_renewed(application: Application) -> None:
    organization = has_organization(application)
    client, root = a_service_client(application, organization), root_browser(application)

    leads = root.get(page_of(client)).text
    page = root.post(secret_page_of(client), overlap="now", reason="It was in a mail.")

    client_id, secret = shown_on(page)
    assert f"/admin/{secret_page_of(client)}" in leads
    assert application.services.clients.authenticated(client_id, secret) is not None
    assert log_of(client.id) == ["Rotate the secret of Timetable. Reason: It was in a mail."]
    assert recorded(organization.id)[-1][:2] == ("client-secret-renewed", str(client.id))


def test_a_service_client_is_removed_and_the_reason_logged(application: Application) -> None:
    organization = has_organization(application)
    client = a_service_client(application, organization)

    page = root_browser(application).act(CLIENTS, "remove", client.id, reason="They have left it.")

    assert page.messages == ("Removed Timetable and ended its tokens.",)
    assert not now(application, client).is_active
    entry = ("client-removed", str(client.id), "They have left it.")
    assert recorded(organization.id)[-1] == entry


def test_clients_of_a_suspended_organization_cannot_be_changed(application: Application) -> None:
    organization = has_organization(application)
    client, root = a_service_client(application, organization), root_browser(application)
    suspend(application, organization)

    answers = [
        root.act(CLIENTS, "remove", client.id, reason="Because I can."),
        root.post(secret_page_of(client), overlap="now", reason="Because I can."),
    ]

    assert ["The organization is suspended." in answer.messages[0] for answer in answers] == [
        True
    ] * 2
    assert now(application, client) == client


def test_managers_of_platform_clients_cannot_change_service_clients(
    application: Application,
) -> None:
    client, keeper = (
        a_service_client(application, has_organization(application)),
        a_keeper(application),
    )

    answers = [
        keeper.act(CLIENTS, "remove", client.id, reason="Because I can."),
        keeper.post(secret_page_of(client), overlap="now", reason="Because I can."),
    ]

    assert ["There is no such" in answer.messages[0] for answer in answers] == [True] * 2
    assert now(application, client) == client


def test_viewing_a_service_client_is_recorded_as_access_to_its_organization(
    application: Application,
) -> None:
    organization = has_organization(application)
    client, root = a_service_client(application, organization), root_browser(application)

    root.get(page_of(client))

    assert recorded_access(organization) == [("client", str(client.id), root.id)]
