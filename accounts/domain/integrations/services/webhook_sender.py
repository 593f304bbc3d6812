"""Webhook sender: one attempt to send a message, signed with every valid secret."""

from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from accounts.domain.identity.ports import OpaqueTokens
from accounts.domain.identity.repositories.protocols import RateLimitRepository
from accounts.domain.identity.services.login_attempts import LimitName, LimitPolicy
from accounts.domain.integrations.entities.deliveries import AttemptResult
from accounts.domain.integrations.entities.messages import WebhookMessage
from accounts.domain.integrations.entities.webhooks import Webhook
from accounts.domain.integrations.errors import UnreadableSecret, WebhookBudgetSpent
from accounts.domain.integrations.ports import SigningSecrets
from authsvc.kernel.canonical import canonical_json
from authsvc.kernel.clock import Clock
from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSender:
    """Reads no body: the status alone says whether the receiver accepted the message.

    All webhooks at a host share a budget, so that this service does not flood a server that they were pointed at.
    """

    http: OutboundHttp
    secrets: SigningSecrets
    limits: RateLimitRepository
    opaque_tokens: OpaqueTokens
    policy: LimitPolicy
    unit_of_work: UnitOfWork
    clock: Clock

    def send(self, webhook: Webhook, message: WebhookMessage) -> AttemptResult:
        """Send the message once. Raises WebhookBudgetSpent.

        Raises InsideUnitOfWork: a slow receiver would hold its locks.
        """
        self.unit_of_work.require_outside()
        self._spend(urlsplit(webhook.terms.url).hostname or "")
        now = self.clock.now()
        begin = monotonic()
        try:
            secrets = [self.secrets.decrypt(text) for text in webhook.encrypted_secrets(at=now)]
            request = OutboundRequest(
                method="POST",
                url=webhook.terms.url,
                headers=message.headers(secrets, at=now),
                content=message.body,
            )
            status = self.http.send(request).status
        except UnreadableSecret:
            error = "the secret cannot be decrypted; renew it"
            return AttemptResult(duration_ms=0, error=error)
        except OutboundFailed as failure:
            return AttemptResult(duration_ms=_milliseconds_since(begin), error=str(failure))
        return AttemptResult.answered(status, duration_ms=_milliseconds_since(begin))

    def _spend(self, host: str) -> None:
        """Count a message to the host. Raises WebhookBudgetSpent."""
        limit = self.policy.limit(LimitName.WEBHOOK_TO_HOST)
        key = self.opaque_tokens.hash(canonical_json([limit.name, host]).decode())
        with self.unit_of_work.atomic():
            state = self.limits.count(key, limit, at=self.clock.now())
        if not state.is_allowed:
            raise WebhookBudgetSpent(
                limit=limit.name, most=limit.most, retry_after=state.forgotten_in_seconds
            )


def _milliseconds_since(begin: float) -> int:
    return round((monotonic() - begin) * 1000)
