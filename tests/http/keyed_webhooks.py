"""One valid request for every operation on webhooks that takes an Idempotency-Key."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from accounts.domain.access import OPERATOR, OrganizationId
from accounts.domain.integrations.entities.webhooks import Webhook, WebhookTerms
from tests.http.keyed import Operation, Sent, an_organization, root_of
from tests.support.application import Application, Person
from tests.support.webhooks import a_delivery

HOOK: Final = "https://hooks.example/"


def owned_by_school(application: Application) -> tuple[Person, str, Webhook]:
    """Its owner, the path of a webhook, and the webhook."""
    owner, place = an_organization(application)
    org_id = OrganizationId(UUID(place.rpartition("/")[2]))
    new = application.services.webhooks.create(org_id, WebhookTerms(url=HOOK), by=OPERATOR)
    return owner, f"{place}/webhooks/{new.webhook.id}", new.webhook


def owned_by_platform(application: Application) -> tuple[Person, str, Webhook]:
    new = application.services.webhooks.create(None, WebhookTerms(url=HOOK), by=OPERATOR)
    return root_of(application), f"/v1/webhooks/{new.webhook.id}", new.webhook


OWNERS: Final = {"": owned_by_school, "Platform": owned_by_platform}


def on_a_webhook(owner: str, action: str = "", method: str = "POST", body: Any = None) -> Operation:
    def operation(application: Application) -> Sent:
        by, place, _ = OWNERS[owner](application)
        return Sent(by=by, path=f"{place}{action}", method=method, body=body)

    return operation


def redelivering(owner: str) -> Operation:
    def operation(application: Application) -> Sent:
        by, place, webhook = OWNERS[owner](application)
        delivery = a_delivery(webhook)
        application.services.repositories.deliveries.add([delivery])
        return Sent(by=by, path=f"{place}/deliveries/{delivery.id}/redeliver")

    return operation


WEBHOOKS: Final[Mapping[str, Operation]] = {
    name: operation
    for owner in OWNERS
    for name, operation in {
        f"change{owner}Webhook": on_a_webhook(owner, method="PATCH", body={"description": "New"}),
        f"remove{owner}Webhook": on_a_webhook(owner, method="DELETE"),
        f"pause{owner}Webhook": on_a_webhook(owner, "/pause"),
        f"resume{owner}Webhook": on_a_webhook(owner, "/resume"),
        f"replay{owner}Webhook": on_a_webhook(owner, "/replay", body={"after": 0}),
        f"redeliver{owner}WebhookDelivery": redelivering(owner),
    }.items()
}
