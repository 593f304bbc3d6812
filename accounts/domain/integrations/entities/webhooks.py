"""Webhook entities: endpoints of other systems that receive events, their terms, secrets and pauses."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType
from urllib.parse import urlsplit
from uuid import UUID

from accounts.domain.access import OrganizationId, UserId
from accounts.domain.integrations.errors import UnsuitableWebhook
from authsvc.events.catalogue import OutgoingEventType
from authsvc.kernel.errors import FieldError
from authsvc.kernel.urls import LONGEST_URL, has_public_host, is_server_url

WebhookId = NewType("WebhookId", UUID)

MOST_WEBHOOKS: Final = 20
"""How many an organization can have, and the platform."""
LONGEST_OVERLAP: Final = timedelta(days=7)
"""How long a former secret can stay valid."""
LONGEST_DESCRIPTION: Final = 200


class WebhookStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


class PauseCause(StrEnum):
    """Why nothing is sent. `failing`: a delivery was given up. `gone`: the receiver answered 410."""

    REQUESTED = "requested"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    cause: PauseCause
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSigningSecret:
    """The encrypted secret before the current one. Deliveries are signed with it, too, until it expires."""

    encrypted: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTerms:
    """Where events are sent, and which: those of the types, or all if there are none."""

    url: str
    description: str = ""
    types: frozenset[OutgoingEventType] = frozenset()

    def checked(self, *, allows_private_hosts: bool) -> "WebhookTerms":
        """The terms, if events may be sent there. Raises UnsuitableWebhook."""
        field_errors = tuple(self._url_errors(allows_private_hosts=allows_private_hosts))
        if len(self.description) > LONGEST_DESCRIPTION:
            detail = f"A description has at most {LONGEST_DESCRIPTION} characters."
            field_errors += (FieldError(path="description", detail=detail),)
        if field_errors:
            raise UnsuitableWebhook(*field_errors)
        return self

    def amended(
        self,
        *,
        url: str | None,
        description: str | None,
        types: Collection[OutgoingEventType] | None,
    ) -> "WebhookTerms":
        """The terms with those that are given."""
        return WebhookTerms(
            url=self.url if url is None else url,
            description=self.description if description is None else description,
            types=self.types if types is None else frozenset(types),
        )

    def _url_errors(self, *, allows_private_hosts: bool) -> Iterator[FieldError]:
        """The rule for URLs of clients to which this service sends requests."""
        if len(self.url) > LONGEST_URL or not is_server_url(self.url):
            detail = f"{self.url[:100]} is not a valid URL here. See docs/webhooks.md."
            yield FieldError(path="url", detail=detail)
        elif not allows_private_hosts and not has_public_host(self.url):
            host = urlsplit(self.url).hostname or ""
            detail = (
                f"{host[:100]} is not a public host. Use a host name that is registered in the DNS."
            )
            yield FieldError(path="url", detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint of an organization, which receives its events, or of the platform, which receives all.

    Secrets are stored encrypted, because they sign every delivery.
    """

    id: WebhookId
    org_id: OrganizationId | None
    terms: WebhookTerms
    encrypted_secret: str = field(repr=False)
    former_secret: FormerSigningSecret | None = None
    pause: Pause | None = None
    created_by: UserId | None
    created_at: datetime

    @property
    def status(self) -> WebhookStatus:
        return WebhookStatus.ACTIVE if self.pause is None else WebhookStatus.PAUSED

    def receives(self, type_: OutgoingEventType) -> bool:
        return not self.terms.types or type_ in self.terms.types

    def encrypted_secrets(self, *, at: datetime) -> list[str]:
        """The secrets that sign a delivery, the current one first."""
        former = self.former_secret
        is_valid = former is not None and at < former.expires_at
        return [self.encrypted_secret, *([former.encrypted] if former and is_valid else [])]

    def amended(self, terms: WebhookTerms) -> "Webhook":
        return replace(self, terms=terms)

    def with_secret(self, encrypted: str, *, former_until: datetime | None) -> "Webhook":
        """With a new secret. The current one stays valid until *former_until*, or ends at once if that is None."""
        former = (
            None
            if former_until is None
            else FormerSigningSecret(encrypted=self.encrypted_secret, expires_at=former_until)
        )
        return replace(self, encrypted_secret=encrypted, former_secret=former)

    def paused(self, cause: PauseCause, *, at: datetime) -> "Webhook":
        """Paused; unchanged if it is paused already."""
        return self if self.pause else replace(self, pause=Pause(cause=cause, since=at))

    def resumed(self) -> "Webhook":
        return replace(self, pause=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """A webhook and its secret, which is shown once."""

    webhook: Webhook
    secret: str = field(repr=False)
