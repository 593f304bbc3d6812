"""Webhook lag: what operators watch of the deliveries."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.domain.integrations.repositories.protocols import WebhookCursorRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.metrics import WEBHOOK_LAG, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookLag:
    cursors: WebhookCursorRepository
    clock: Clock

    def readings(self) -> Iterator[Reading]:
        """Yield the lag of the webhooks of the platform, and of those of organizations; 0 if no event waits."""
        now = self.clock.now()
        for owner in ("platform", "organization"):
            since = self.cursors.waiting_since(of_platform=owner == "platform")
            seconds = 0.0 if since is None else max(0.0, (now - since).total_seconds())
            yield Reading(WEBHOOK_LAG, seconds, (owner,))
