"""Admin actions on clients, and their permissions."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission

from accounts.domain.access import OPERATOR, GrantType
from accounts.models import AuditEntry
from accounts.models import OAuthClient as ClientRow
from accounts.models import User as UserRow
from tests.accounts.client_pages import (
    CLIENTS,
    NEW,
    a_keeper,
    now,
    page_of,
    pkce_page_of,
    registered,
    secret_page_of,
    settings_of,
    shown_on,
)
from tests.support.application import Application
from tests.support.builders import some_client_terms
from tests.support.staff import a_user_of, log_of, root_browser, staff_browser

pytestmark = pytest.mark.database

CODE = frozenset({GrantType.AUTHORIZATION_CODE})


def test_renewing_a_secret_requires_a_reason(application: Application) -> None:
    client = registered(application)

    page = root_browser(application).get(secret_page_of(client))

    assert "Rotate the secret of Notebook" in page.text
    assert "Tokens that it got for itself end" in page.text
    assert "Reason" in page.text
    assert now(application, client) == client


def test_a_renewed_secret_is_shown_once_and_replaces_the_old_one(application: Application) -> None:
    first = application.services.clients.register(some_client_terms(), by=OPERATOR)
    client, root = first.client, root_browser(application)

    page = root.post(secret_page_of(client), overlap="now", reason="It was in a mail.")

    client_id, secret = shown_on(page)
    authenticated = application.services.clients.authenticated
    assert client_id == client.client_id
    assert authenticated(client_id, secret) is not None
    assert authenticated(client_id, first.secret) is None
    assert page.messages == (
        "Rotated the secret of Notebook. The former one ends now. Reason: “It was in a mail.”",
    )
    assert log_of(client.id) == ["Rotate the secret of Notebook. Reason: It was in a mail."]


def test_a_reload_shows_the_secret_no_more_and_rotates_nothing(application: Application) -> None:
    client, root = registered(application), root_browser(application)
    page = root.post(secret_page_of(client), overlap="now", reason="Lost.")
    _, secret = shown_on(page)
    rotated = now(application, client)

    again = root.get(page.path)
    elsewhere = root_browser(application).get(page.path)

    assert secret not in again.text + elsewhere.text
    assert "It was shown once, at" in again.text
    assert "Lost it? Rotate again." in again.text
    assert "There is nothing to show here" in elsewhere.text
    assert now(application, client) == rotated


def test_the_secrets_of_a_client_are_listed_with_their_ends(application: Application) -> None:
    client, root = registered(application), root_browser(application)
    page = root.post(secret_page_of(client), reason="Yearly.", overlap="day")
    _, secret = shown_on(page)

    text = root.get(f"{page_of(client)}?tab=secrets").text

    assert f'ends in <span class="mono">{secret[-4:]}</span>' in text
    assert "Former" in text
    assert ">Root</a>" in text
    assert secret not in text
    assert re.search(
        "rotated the secret of the client <a [^>]*>Notebook</a>", root.get(page_of(client)).text
    )


def test_a_client_is_invited_by_a_token_that_is_shown_once(application: Application) -> None:
    root = root_browser(application)

    assert "Not saved" in root.post(f"{CLIENTS}invitation/", reason="").text
    page = root.post(f"{CLIENTS}invitation/", reason="For the library.")
    (token,) = shown_on(page)
    again = root.get(page.path)

    assert token.count(".") == 2
    assert token not in again.text + "".join(page.messages) + page.path
    assert "Lost it? Make another one." in again.text
    entry = AuditEntry.objects.get(action="client-invited")
    assert (entry.actor_id, entry.reason) == (root.id, "For the library.")
    assert token not in str(vars(entry))


def test_a_secret_that_nobody_reads_in_time_is_gone(application: Application) -> None:
    client, root = registered(application), root_browser(application)
    answer = root.client.post(
        f"/admin/{secret_page_of(client)}", {"reason": "Lost.", "overlap": "now"}
    )

    with time_machine.travel(timedelta(minutes=11)):
        page = root.get(answer.headers["Location"])

    assert len(shown_on(page)) == 1
    assert "has waited for too long" in page.text


@pytest.mark.parametrize(
    ("overlap", "time"),
    [("hour", timedelta(hours=1)), ("day", timedelta(days=1)), ("week", timedelta(days=7))],
)
def test_the_old_secret_can_stay_valid_for_a_while(
    application: Application, overlap: str, time: timedelta
) -> None:
    first = application.services.clients.register(some_client_terms(), by=OPERATOR)
    root = root_browser(application)

    page = root.post(secret_page_of(first.client), reason="Yearly.", overlap=overlap)

    client_id, secret = shown_on(page)
    authenticated = application.services.clients.authenticated
    assert authenticated(client_id, secret) is not None
    assert authenticated(client_id, first.secret) is not None
    with time_machine.travel(time + timedelta(seconds=1)):
        assert authenticated(client_id, first.secret) is None


@pytest.mark.parametrize("overlap", ["0", "24", "soon"])
def test_an_invalid_overlap_rotates_no_secret(application: Application, overlap: str) -> None:
    client = registered(application)

    page = root_browser(application).post(secret_page_of(client), reason="Yearly.", overlap=overlap)

    assert "Not saved: 1 field needs attention." in page.text
    assert now(application, client) == client


def test_pkce_is_waived_and_required_again(application: Application) -> None:
    client, root = registered(application), root_browser(application)

    root.post(pkce_page_of(client), reason="Old library.")
    waived = now(application, client)
    page = root.get(page_of(client))
    root.post(pkce_page_of(client), reason="Updated.")

    assert waived.pkce_waived_because == "Old library."
    assert "Old library." in page.text
    assert "Require PKCE" in page.text
    assert now(application, client).needs_pkce
    assert log_of(client.id) == [
        "Waive PKCE for Notebook. Reason: Old library.",
        "Require PKCE of Notebook. Reason: Updated.",
    ]


def test_waiving_pkce_requires_a_reason(application: Application) -> None:
    client, root = registered(application), root_browser(application)

    pages = [root.get(pkce_page_of(client)), root.post(pkce_page_of(client), reason=" ")]

    assert ["Waive PKCE" in page.text for page in pages] == [True, True]
    assert now(application, client).needs_pkce


def test_a_public_client_cannot_do_without_pkce(application: Application) -> None:
    client, root = (
        registered(application, is_public=True, grant_types=CODE),
        root_browser(application),
    )

    root.post(pkce_page_of(client), reason="Old library.")

    assert "Waive PKCE" not in root.get(page_of(client)).text
    assert now(application, client).needs_pkce


@pytest.mark.parametrize("reason", ["", " ", "x" * 1001])
def test_without_a_reason_no_secret_is_renewed(application: Application, reason: str) -> None:
    client = registered(application)

    page = root_browser(application).post(secret_page_of(client), overlap="now", reason=reason)

    assert "Not saved: 1 field needs attention." in page.text
    assert now(application, client) == client


def test_a_public_client_has_no_secret_to_renew(application: Application) -> None:
    client = registered(
        application, is_public=True, grant_types=frozenset({GrantType.AUTHORIZATION_CODE})
    )
    root = root_browser(application)

    page = root.post(secret_page_of(client), overlap="now", reason="Because I can.")

    assert page.messages[0].startswith("A public client has no secret.")
    assert log_of(client.id) == []
    assert "/secret/" not in root.get(page_of(client)).text


def test_the_secret_page_of_an_unknown_client_is_not_found(application: Application) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert root_browser(application).get(f"{CLIENTS}{nobody}/secret/").status == 404


def test_removing_a_client_requires_a_reason(application: Application) -> None:
    client = registered(application)

    page = root_browser(application).act(CLIENTS, "remove", client.id)

    assert "Remove Notebook" in page.text
    assert now(application, client).is_active


def test_a_removed_client_is_inactive_and_stays_visible(application: Application) -> None:
    client, root = registered(application), root_browser(application)

    page = root.act(CLIENTS, "remove", client.id, reason="The school has left it.")

    assert page.messages == ("Removed Notebook and ended its tokens.",)
    assert application.services.clients.find(client.client_id) is None
    assert log_of(client.id) == ["Removed. Reason: The school has left it."]
    response = root.get(settings_of(client))
    assert response.status == 200
    assert not response.may_be_saved
    assert "/secret/" not in root.get(page_of(client)).text


def test_a_removed_client_cannot_be_amended_or_get_a_secret(application: Application) -> None:
    client, root = registered(application), root_browser(application)
    application.services.clients.remove(client.id, by=OPERATOR)
    before = now(application, client)

    answers = [
        root.post(page_of(client), **NEW),
        root.post(secret_page_of(client), overlap="now", reason="Because I can."),
    ]

    assert [answer.status for answer in answers] == [403, 403]
    assert now(application, client) == before


def test_a_group_may_manage_clients(application: Application) -> None:
    keeper = a_keeper(application)

    client_id, _ = shown_on(keeper.post(f"{CLIENTS}add/", **NEW))

    client = application.services.clients.find(client_id)
    assert client is not None
    keeper.post(page_of(client), **NEW | {"name": "Planner"})
    assert now(application, client).terms.name == "Planner"
    assert len(shown_on(keeper.post(secret_page_of(client), overlap="now", reason="Lost."))) == 2
    keeper.act(CLIENTS, "remove", client.id, reason="Left.")
    assert not now(application, client).is_active


@pytest.mark.parametrize("group", ["User managers", "Course editors", "Credential officers"])
def test_other_staff_cannot_manage_clients(application: Application, group: str) -> None:
    client, bo = registered(application), staff_browser(application, group)

    answers = [
        bo.get(CLIENTS),
        bo.post(f"{CLIENTS}add/", **NEW),
        bo.post(page_of(client), **NEW),
        bo.post(secret_page_of(client), overlap="now", reason="Because I can."),
        bo.post(pkce_page_of(client), reason="Because I can."),
    ]

    assert [answer.status for answer in answers] == [403] * 5
    assert now(application, client) == client


def test_the_add_permission_alone_does_not_allow_registration(application: Application) -> None:
    bo = staff_browser(application)
    permission = Permission.objects.get(codename="add_oauthclient")
    UserRow.objects.get(pk=bo.id).user_permissions.add(permission)

    page = bo.post(f"{CLIENTS}add/", **NEW)

    assert page.messages[0].startswith("You may not do this.")
    assert not ClientRow.objects.exists()


def test_the_list_finds_a_client_by_its_name_and_its_ids(application: Application) -> None:
    client, root = registered(application, name="Notebook"), root_browser(application)
    registered(application, name="Planner")

    for term in ("noteb", client.client_id, str(client.id)):
        page = root.get(f"{CLIENTS}?q={term}")

        assert page.text.count('class="field-client_id"') == 1
        assert client.client_id in page.text


def test_the_parameters_of_a_pushed_request_are_not_shown(application: Application) -> None:
    client, root = registered(application), root_browser(application)
    application.services.pushed_requests.push(client, {"state": "of-nobodys-business"})

    page = root.get("accounts/pushedrequest/")

    assert client.terms.name in page.text
    assert "of-nobodys-business" not in page.text


def test_a_consent_is_shown(application: Application) -> None:
    anna, client = a_user_of(application), registered(application)
    application.services.authorizations.consent(client, user_id=anna.id, scopes=["openid"])

    page = root_browser(application).get("accounts/consent/")

    assert anna.email in page.text
    assert client.terms.name in page.text
