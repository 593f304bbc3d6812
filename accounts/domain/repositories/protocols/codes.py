"""Where codes and pushed requests are kept, each under the keyed hash of its secret."""

from datetime import datetime
from typing import Protocol

from accounts.domain.entities import AuthorizationCode, ClientPk, DeviceCode, PushedRequest


class AuthorizationCodeRepository(Protocol):
    def add(self, code: AuthorizationCode) -> None:
        """Keep the trace of a new code."""

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        """The code with this hash, which nobody else may change until the unit of work ends."""

    def save(self, code: AuthorizationCode) -> None:
        """Keep whether the code was used; the rest was settled when it was made."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget codes that expired before then; answer how many."""


class DeviceCodeRepository(Protocol):
    def add(self, code: DeviceCode) -> None:
        """Keep a device that waits."""

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        """The device with this code, which nobody else may change until the unit of work ends."""

    def find_by_user_code(self, user_code_hash: str) -> DeviceCode | None:
        """The device for which a person types this code."""

    def save(self, code: DeviceCode) -> None:
        """Replace the kept device."""

    def remove(self, code_hash: str) -> None:
        """Forget the device."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget devices whose codes expired before then; answer how many."""


class PushedRequestRepository(Protocol):
    def add(self, request: PushedRequest) -> None:
        """Keep what a client has pushed."""

    def find(self, request_hash: str, client_pk: ClientPk) -> PushedRequest | None:
        """What this client has pushed under this hash."""

    def save(self, request: PushedRequest) -> None:
        """Keep that its browser has come, and until when its person has time."""

    def remove(self, request_hash: str) -> bool:
        """Forget it; answer whether it was still there: of several who ask at once, one is told so."""

    def remove_expired(self, *, before: datetime) -> int:
        """Forget requests that expired before then; answer how many."""
