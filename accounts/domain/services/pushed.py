"""Authorization requests that clients leave with us ahead of the browser (RFC 9126)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from accounts.domain.entities import OAuthClient, PushedRequest
from accounts.domain.ports import OpaqueTokens
from accounts.domain.repositories.protocols import PushedRequestRepository
from authsvc.kernel.clock import Clock
from authsvc.kernel.unit_of_work import UnitOfWork

PUSHED_REQUEST_LIVES: Final = timedelta(seconds=90)
PERSON_TAKES: Final = timedelta(minutes=10)
"""How long somebody may take to sign in and to consent, once his browser has come with the reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRequestService:
    requests: PushedRequestRepository
    opaque_tokens: OpaqueTokens
    unit_of_work: UnitOfWork
    clock: Clock

    def push(self, client: OAuthClient, parameters: Mapping[str, str]) -> str:
        """Keep the request, and answer the secret by which it is found."""
        secret = self.opaque_tokens.new()
        request = PushedRequest(
            hash=self.opaque_tokens.hash(secret),
            client_pk=client.id,
            parameters=parameters,
            expires_at=self.clock.now() + PUSHED_REQUEST_LIVES,
        )
        with self.unit_of_work.atomic():
            self.requests.add(request)
        return secret

    def open(self, secret: str, client: OAuthClient) -> Mapping[str, str] | None:
        """What this client has pushed, if it is not too old."""
        now = self.clock.now()
        with self.unit_of_work.atomic():
            request = self.requests.find(self.opaque_tokens.hash(secret), client.id)
            if request is None or now >= request.expires_at:
                return None
            if not request.is_opened:
                self.requests.save(request.opened(until=now + PERSON_TAKES))
        return request.parameters

    def take(self, secret: str) -> bool:
        """Use the request up; answer whether nobody had (RFC 9126 §4)."""
        with self.unit_of_work.atomic():
            return self.requests.remove(self.opaque_tokens.hash(secret))

    def remove_expired(self) -> int:
        """Forget what no browser can refer to any more; answer how many."""
        with self.unit_of_work.atomic():
            return self.requests.remove_expired(before=self.clock.now())
