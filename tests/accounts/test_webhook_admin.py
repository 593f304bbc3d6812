"""Admin pages of webhooks and deliveries: actions by services, and no secrets."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access import OPERATOR
from accounts.domain.integrations.entities.webhooks import NewSecret, WebhookStatus, WebhookTerms
from accounts.models import WebhookDelivery
from tests.support.application import Application
from tests.support.staff import StaffBrowser, log_of, root_browser
from tests.support.webhooks import a_delivery

pytestmark = pytest.mark.database


@pytest.fixture
def new(application: Application) -> NewSecret:
    terms = WebhookTerms(url="http://127.0.0.1:9/", description="Register")
    return application.services.webhooks.create(None, terms, by=OPERATOR)


@pytest.fixture
def root(application: Application) -> StaffBrowser:
    return root_browser(application)


def status_of(application: Application, new: NewSecret) -> WebhookStatus:
    return application.services.webhooks.get(None, new.webhook.id, by=OPERATOR).status


def test_a_webhook_is_paused_and_resumed(
    application: Application, root: StaffBrowser, new: NewSecret
) -> None:
    root.act("accounts/webhook/", "pause", new.webhook.id, reason="Moving")
    assert status_of(application, new) is WebhookStatus.PAUSED
    root.act("accounts/webhook/", "resume", new.webhook.id)
    assert status_of(application, new) is WebhookStatus.ACTIVE
    assert log_of(new.webhook.id) == ["Paused. Reason: Moving", "Resumed."]


def test_a_test_message_says_how_it_was_received(root: StaffBrowser, new: NewSecret) -> None:
    page = root.act("accounts/webhook/", "ping", new.webhook.id)

    assert "refused" in page.text
    assert log_of(new.webhook.id) == ["Sent a test message."]


def test_a_delivery_is_queued_again(
    application: Application, root: StaffBrowser, new: NewSecret
) -> None:
    delivery = a_delivery(new.webhook, due_at=None)
    application.services.repositories.deliveries.add([delivery])

    root.act("accounts/webhookdelivery/", "redeliver", delivery.id)

    stored = application.services.repositories.deliveries.get(new.webhook.id, delivery.id)
    assert stored.due_at is not None


def test_no_page_shows_a_secret(
    application: Application, root: StaffBrowser, new: NewSecret
) -> None:
    application.services.repositories.deliveries.add([a_delivery(new.webhook)])
    pages = [
        root.get(f"/admin/accounts/webhook/{new.webhook.id}/change/"),
        root.get("/admin/accounts/webhook/"),
        root.get("/admin/accounts/webhookdelivery/"),
    ]

    for page in pages:
        assert new.secret not in page.text
        assert new.webhook.encrypted_secret not in page.text
    assert "user.deactivated" in pages[0].text


def test_the_list_says_how_deliveries_of_the_last_day_ended(
    application: Application, root: StaffBrowser, new: NewSecret
) -> None:
    now = application.services.ports.clock.now()
    ends = [("delivered", ""), ("delivered", ""), ("failed", "the receiver answered 500")]
    for status, error in ends:
        delivery = a_delivery(new.webhook, due_at=None)
        application.services.repositories.deliveries.add([delivery])
        WebhookDelivery.objects.filter(pk=delivery.id).update(
            status=status, error=error, created_at=now, attempted_at=now, is_pending=False
        )

    page = root.get("accounts/webhook/")

    assert "66 % of 3" in page.text
    assert "the receiver answered 500" in page.text
    assert ">Active<" in page.text


def test_a_list_of_webhooks_takes_a_bounded_number_of_statements(
    root: StaffBrowser, new: NewSecret, application: Application
) -> None:
    for number in range(9):
        terms = WebhookTerms(url=f"http://127.0.0.1:{number + 10}/")
        application.services.webhooks.create(None, terms, by=OPERATOR)

    with CaptureQueriesContext(connection) as queries:
        root.get("accounts/webhook/")

    assert len(queries) <= 12
