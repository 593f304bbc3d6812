"""Codes and pushed requests in dicts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from accounts.domain.entities import AuthorizationCode, ClientPk, DeviceCode, PushedRequest


@dataclass(frozen=True, slots=True)
class InMemoryAuthorizationCodeRepository:
    store: MutableMapping[str, AuthorizationCode] = field(default_factory=dict)

    def add(self, code: AuthorizationCode) -> None:
        self.store[code.hash] = code

    def find_for_update(self, code_hash: str) -> AuthorizationCode | None:
        return self.store.get(code_hash)

    def save(self, code: AuthorizationCode) -> None:
        self.store[code.hash] = replace(self.store[code.hash], used_at=code.used_at)

    def remove_expired(self, *, before: datetime) -> int:
        return _remove_expired(self.store, before)


@dataclass(frozen=True, slots=True)
class InMemoryDeviceCodeRepository:
    store: MutableMapping[str, DeviceCode] = field(default_factory=dict)

    def add(self, code: DeviceCode) -> None:
        self.store[code.hash] = code

    def find_for_update(self, code_hash: str) -> DeviceCode | None:
        return self.store.get(code_hash)

    def find_by_user_code(self, user_code_hash: str) -> DeviceCode | None:
        return next(
            (code for code in self.store.values() if code.user_code_hash == user_code_hash), None
        )

    def save(self, code: DeviceCode) -> None:
        self.store[code.hash] = code

    def remove(self, code_hash: str) -> None:
        del self.store[code_hash]

    def remove_expired(self, *, before: datetime) -> int:
        return _remove_expired(self.store, before)


@dataclass(frozen=True, slots=True)
class InMemoryPushedRequestRepository:
    store: MutableMapping[str, PushedRequest] = field(default_factory=dict)

    def add(self, request: PushedRequest) -> None:
        self.store[request.hash] = request

    def find(self, request_hash: str, client_pk: ClientPk) -> PushedRequest | None:
        found = self.store.get(request_hash)
        return found if found is not None and found.client_pk == client_pk else None

    def save(self, request: PushedRequest) -> None:
        self.store[request.hash] = request

    def remove(self, request_hash: str) -> bool:
        return self.store.pop(request_hash, None) is not None

    def remove_expired(self, *, before: datetime) -> int:
        return _remove_expired(self.store, before)


def _remove_expired(store: MutableMapping[str, Any], before: datetime) -> int:
    gone = [key for key, kept in store.items() if kept.expires_at < before]
    for key in gone:
        del store[key]
    return len(gone)
