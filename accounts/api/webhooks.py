"""Webhooks of organizations, and the same operations on those of the platform.

Operations that answer with a secret are not idempotent, because a stored answer would contain it.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from accounts.api.webhook_serializers import (
    ChangeWebhookRequestSerializer,
    CreateWebhookRequestSerializer,
    NewWebhookSecretSerializer,
    PingResultSerializer,
    ReplaySerializer,
    ReplayWebhookRequestSerializer,
    RotateWebhookSecretRequestSerializer,
    WebhookDeliverySerializer,
    WebhookSerializer,
)
from accounts.domain.access import OrganizationId, Principal, Right, Scope
from accounts.domain.identity.errors import VerifiedEmailNeeded
from accounts.domain.integrations.entities.deliveries import AttemptResult, Delivery, DeliveryId
from accounts.domain.integrations.entities.webhooks import (
    NewSecret,
    Webhook,
    WebhookId,
    WebhookTerms,
)
from accounts.domain.integrations.errors import (
    DeliveryNotFound,
    UnsuitableOverlap,
    UnsuitableReplay,
    UnsuitableWebhook,
    WebhookBudgetSpent,
    WebhookLimit,
    WebhookNotFound,
    WebhookPaused,
)
from accounts.domain.organizations.errors import OrganizationNotFound, OrganizationSuspended
from authsvc.composition.container import services
from authsvc.events.catalogue import OutgoingEventType
from authsvc.events.errors import EventsBusy
from authsvc.http.operations import Access, Operation, Whose, operation, operations_of
from authsvc.http.reading import Members
from authsvc.http.views import ApiView
from authsvc.kernel.paging import Page, PageRequest
from authsvc.kernel.preconditions import Precondition

Owner = OrganizationId | None
"""None for the platform, whose URLs name no organization."""
ADMINS: Final = Access(Whose.HELD, Right.MANAGE_WEBHOOKS)
OF_ORGANIZATION: Final = (OrganizationNotFound, OrganizationSuspended)


def _types_in(names: list[str] | None) -> frozenset[OutgoingEventType] | None:
    return None if names is None else frozenset(OutgoingEventType(name) for name in names)


class WebhookListView(ApiView):
    @operation(
        name="listWebhooks",
        summary="List the webhooks of an organization, oldest first",
        access=ADMINS,
        scope=Scope.ORGS_READ,
        page_of=WebhookSerializer,
        errors=(OrganizationNotFound,),
    )
    def get(self, org_id: Owner = None, *, page: PageRequest, by: Principal) -> Page[Webhook]:
        return services().webhooks.page_of(org_id, page, by=by)

    @operation(
        name="createWebhook",
        summary="Create a webhook of an organization; its secret is shown only once",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        body=CreateWebhookRequestSerializer,
        status=HTTPStatus.CREATED,
        answer=NewWebhookSecretSerializer,
        errors=(*OF_ORGANIZATION, VerifiedEmailNeeded, UnsuitableWebhook, WebhookLimit, EventsBusy),
        needs_recent_sign_in=True,
    )
    def post(self, org_id: Owner = None, *, body: Members, by: Principal) -> NewSecret:
        terms = WebhookTerms(
            url=body["url"],
            description=body["description"],
            types=_types_in(body["types"]) or frozenset(),
        )
        return services().webhooks.create(org_id, terms, by=by)


class WebhookView(ApiView):
    @operation(
        name="getWebhook",
        summary="Get a webhook of an organization",
        access=ADMINS,
        scope=Scope.ORGS_READ,
        answer=WebhookSerializer,
        errors=(OrganizationNotFound, WebhookNotFound),
        has_etag=True,
    )
    def get(self, webhook_id: WebhookId, org_id: Owner = None, *, by: Principal) -> Webhook:
        return services().webhooks.get(org_id, webhook_id, by=by)

    @operation(
        name="changeWebhook",
        summary="Change URL, description or event types of a webhook of an organization",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        body=ChangeWebhookRequestSerializer,
        answer=WebhookSerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound, UnsuitableWebhook),
        is_idempotent=True,
        has_etag=True,
        needs_recent_sign_in=True,
    )
    def patch(
        self,
        webhook_id: WebhookId,
        org_id: Owner = None,
        *,
        body: Members,
        if_match: Precondition,
        by: Principal,
    ) -> Webhook:
        return services().webhooks.amend(
            org_id,
            webhook_id,
            url=body["url"],
            description=body["description"],
            types=_types_in(body["types"]),
            if_match=if_match,
            by=by,
        )

    @operation(
        name="removeWebhook",
        summary="Remove a webhook of an organization, with deliveries that are waiting",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        status=HTTPStatus.NO_CONTENT,
        errors=(*OF_ORGANIZATION, WebhookNotFound),
        is_idempotent=True,
        needs_recent_sign_in=True,
    )
    def delete(self, webhook_id: WebhookId, org_id: Owner = None, *, by: Principal) -> None:
        services().webhooks.remove(org_id, webhook_id, by=by)


class RotateWebhookSecretView(ApiView):
    @operation(
        name="rotateWebhookSecret",
        summary="Replace the secret of a webhook of an organization; the new one is shown only once",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        body=RotateWebhookSecretRequestSerializer,
        answer=NewWebhookSecretSerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound, UnsuitableOverlap),
        needs_recent_sign_in=True,
    )
    def post(
        self, webhook_id: WebhookId, org_id: Owner = None, *, body: Members, by: Principal
    ) -> NewSecret:
        return services().webhooks.renew_secret(
            org_id, webhook_id, former_until=body["former_secret_expires_at"], by=by
        )


class PingWebhookView(ApiView):
    @operation(
        name="pingWebhook",
        summary="Send a signed test message to a webhook of an organization, and wait for the answer",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        answer=PingResultSerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound, WebhookBudgetSpent),
        is_expensive=True,
    )
    def post(self, webhook_id: WebhookId, org_id: Owner = None, *, by: Principal) -> AttemptResult:
        return services().webhook_deliveries.ping(org_id, webhook_id, by=by)


class PauseWebhookView(ApiView):
    @operation(
        name="pauseWebhook",
        summary="Send nothing to a webhook of an organization until it is resumed",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        answer=WebhookSerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound),
        is_idempotent=True,
    )
    def post(self, webhook_id: WebhookId, org_id: Owner = None, *, by: Principal) -> Webhook:
        return services().webhooks.pause(org_id, webhook_id, by=by)


class ResumeWebhookView(ApiView):
    @operation(
        name="resumeWebhook",
        summary="Resume a webhook of an organization where it stopped",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        answer=WebhookSerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound),
        is_idempotent=True,
    )
    def post(self, webhook_id: WebhookId, org_id: Owner = None, *, by: Principal) -> Webhook:
        return services().webhooks.resume(org_id, webhook_id, by=by)


class WebhookDeliveryListView(ApiView):
    @operation(
        name="listWebhookDeliveries",
        summary="List the deliveries to a webhook of an organization, newest first",
        access=ADMINS,
        scope=Scope.ORGS_READ,
        page_of=WebhookDeliverySerializer,
        errors=(OrganizationNotFound, WebhookNotFound),
    )
    def get(
        self, webhook_id: WebhookId, org_id: Owner = None, *, page: PageRequest, by: Principal
    ) -> Page[Delivery]:
        return services().webhook_deliveries.page_of(org_id, webhook_id, page, by=by)


class RedeliverView(ApiView):
    @operation(
        name="redeliverWebhookDelivery",
        summary="Deliver an event again to a webhook of an organization, with the same id",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        answer=WebhookDeliverySerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound, DeliveryNotFound, WebhookPaused),
        is_idempotent=True,
    )
    def post(
        self,
        webhook_id: WebhookId,
        delivery_id: DeliveryId,
        org_id: Owner = None,
        *,
        by: Principal,
    ) -> Delivery:
        return services().webhook_deliveries.redeliver(org_id, webhook_id, delivery_id, by=by)


class ReplayWebhookView(ApiView):
    @operation(
        name="replayWebhook",
        summary="Deliver past events again to a webhook of an organization, from a position or a time",
        access=ADMINS,
        scope=Scope.ORGS_WRITE,
        body=ReplayWebhookRequestSerializer,
        answer=ReplaySerializer,
        errors=(*OF_ORGANIZATION, WebhookNotFound, UnsuitableReplay),
        is_idempotent=True,
        is_expensive=True,
    )
    def post(
        self, webhook_id: WebhookId, org_id: Owner = None, *, body: Members, by: Principal
    ) -> Mapping[str, int]:
        moved_to = services().webhook_deliveries.replay(
            org_id, webhook_id, after=body["after"], since=body["since"], by=by
        )
        return {"after": moved_to}


def _of_platform(view: type[ApiView]) -> type[ApiView]:
    """The same operations on the webhooks of the platform, at URLs that name no organization."""
    methods = {
        method.lower(): _stated_for_platform(stated)(getattr(view, method.lower()).__wrapped__)
        for method, stated in operations_of(view).items()
    }
    return type(f"Platform{view.__name__}", (ApiView,), methods)


def _stated_for_platform(stated: Operation[Any, Any]) -> Operation[Any, Any]:
    return replace(
        stated,
        name=stated.name.replace("Webhook", "PlatformWebhook", 1),
        summary=stated.summary.replace("an organization", "the platform"),
        access=Access(Whose.PLATFORM, Right.MANAGE_WEBHOOKS),
        errors=tuple(error for error in stated.errors if error not in OF_ORGANIZATION),
    )


PlatformWebhookListView: Final = _of_platform(WebhookListView)
PlatformWebhookView: Final = _of_platform(WebhookView)
PlatformRotateWebhookSecretView: Final = _of_platform(RotateWebhookSecretView)
PlatformPingWebhookView: Final = _of_platform(PingWebhookView)
PlatformPauseWebhookView: Final = _of_platform(PauseWebhookView)
PlatformResumeWebhookView: Final = _of_platform(ResumeWebhookView)
PlatformWebhookDeliveryListView: Final = _of_platform(WebhookDeliveryListView)
PlatformRedeliverView: Final = _of_platform(RedeliverView)
PlatformReplayWebhookView: Final = _of_platform(ReplayWebhookView)
