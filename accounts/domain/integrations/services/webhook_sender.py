"""Webhook sender: one attempt to send a message, signed with every valid secret."""

from dataclasses import dataclass
from time import monotonic

from accounts.domain.integrations.entities.deliveries import AttemptResult
from accounts.domain.integrations.entities.messages import WebhookMessage
from accounts.domain.integrations.entities.webhooks import Webhook
from accounts.domain.integrations.errors import UnreadableSecret
from accounts.domain.integrations.ports import SigningSecrets
from authsvc.kernel.clock import Clock
from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest
from authsvc.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSender:
    """Reads no body: the status alone says whether the receiver accepted the message."""

    http: OutboundHttp
    secrets: SigningSecrets
    unit_of_work: UnitOfWork
    clock: Clock

    def send(self, webhook: Webhook, message: WebhookMessage) -> AttemptResult:
        """Send the message once. Raises InsideUnitOfWork: a slow receiver would hold its locks."""
        self.unit_of_work.require_outside()
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


def _milliseconds_since(begin: float) -> int:
    return round((monotonic() - begin) * 1000)
