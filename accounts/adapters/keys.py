"""Signing keys of tokens: private JSON Web Keys (RFC 7517)."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto.jwk import JWK

from accounts.domain.identity.entities.signing_keys import KeyState, SigningKey

ES256: Final = "ES256"
RS256: Final = "RS256"
ALGORITHMS: Final = (ES256, RS256)
_RSA_BITS: Final = 2048
_P256_BYTES: Final = 32


class Keys(Protocol):
    def current(self) -> "KeyRing":
        """The current ring."""


@dataclass(frozen=True, slots=True)
class CurrentKeys:
    """Implements SigningKeys with the current ring."""

    keys: Keys

    def described(self, *, at: datetime) -> list[SigningKey]:
        return self.keys.current().described(at=at)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Verifies with any of its keys, and signs with the newest key of an algorithm whose `nbf` has passed.

    Beyond the members of RFC 7517 a key may have `nbf`, when it starts to sign, and `exp`, when it stops to verify:
    both in seconds since 1970. Of keys with the same `nbf`, the first signs.
    """

    keys: tuple[JWK, ...] = field(repr=False)

    def current(self) -> "KeyRing":
        return self

    def signing_key(self, algorithm: str, *, at: datetime) -> JWK:
        """The key that signs with this algorithm. Raises LookupError if there is none yet."""
        ready = [
            key
            for key in self._valid(at)
            if key["alg"] == algorithm and _begins(key) <= at.timestamp()
        ]
        if not ready:
            raise LookupError(f"no key signs with {algorithm} now")
        return max(ready, key=_begins)

    def find(self, key_id: object) -> JWK | None:
        return next((key for key in self.keys if key["kid"] == key_id), None)

    def accepts(self, key_id: str, *, at: datetime) -> bool:
        """Whether signatures of the key are valid at that time."""
        return any(key["kid"] == key_id for key in self._valid(at))

    def public_keys(self, *, at: datetime) -> Mapping[str, Any]:
        return {"keys": [key.export_public(as_dict=True) for key in self._valid(at)]}

    def private_json(self) -> str:
        return json.dumps({"keys": [key.export_private(as_dict=True) for key in self.keys]})

    def signed(
        self, payload: Mapping[str, Any], *, type_: str, algorithm: str, at: datetime
    ) -> str:
        """The payload as a compact JWS (RFC 7515 §7.1). The same payload has the same signature (RFC 6979)."""
        key = self.signing_key(algorithm, at=at)
        header = {"alg": algorithm, "typ": type_, "kid": key["kid"]}
        parts = (json.dumps(header).encode(), json.dumps(payload).encode())
        signing_input = ".".join(_encoded(part) for part in parts)
        return f"{signing_input}.{_encoded(_signature(key, signing_input.encode()))}"

    def described(self, *, at: datetime) -> list[SigningKey]:
        keys = [self._described(key, at) for key in self._valid(at)]
        return sorted(keys, key=lambda key: (list(KeyState).index(key.state), key.algorithm))

    def _described(self, key: JWK, at: datetime) -> SigningKey:
        begins, ends = _begins(key), key.get("exp")
        return SigningKey(
            id=key["kid"],
            algorithm=key["alg"],
            state=self._state_of(key, at),
            signs_from=datetime.fromtimestamp(begins, UTC) if begins else None,
            ends_at=datetime.fromtimestamp(ends, UTC) if ends else None,
        )

    def _state_of(self, key: JWK, at: datetime) -> KeyState:
        if _begins(key) > at.timestamp():
            return KeyState.NEXT
        is_signing = self.signing_key(key["alg"], at=at)["kid"] == key["kid"]
        return KeyState.ACTIVE if is_signing else KeyState.RETIRED

    def rotated(self, *, at: datetime, signs_from: datetime, ends: datetime) -> "KeyRing":
        """The ring with a new key for each algorithm, which signs from *signs_from*; older keys verify until *ends*."""
        ending = [_ending(key, ends) for key in self._valid(at)]
        return KeyRing(
            (*ending, *(_new_key(algorithm, nbf=signs_from) for algorithm in ALGORITHMS))
        )

    def _valid(self, at: datetime) -> Iterable[JWK]:
        return (key for key in self.keys if at.timestamp() < (key.get("exp") or float("inf")))


def new_key_ring() -> KeyRing:
    """A ring of one new key for each algorithm; each `kid` is the key's thumbprint (RFC 7638)."""
    return KeyRing(tuple(_new_key(algorithm) for algorithm in ALGORITHMS))


def _new_key(algorithm: str, *, nbf: datetime | None = None) -> JWK:
    kind = (
        {"kty": "EC", "crv": "P-256"} if algorithm == ES256 else {"kty": "RSA", "size": _RSA_BITS}
    )
    key = JWK.generate(**kind, alg=algorithm, use="sig")
    key["kid"] = key.thumbprint()
    return key if nbf is None else _with(key, nbf=nbf)


def _ending(key: JWK, ends: datetime) -> JWK:
    return key if key.get("exp") else _with(key, exp=ends)


def _with(key: JWK, **moments: datetime) -> JWK:
    seconds = {name: int(moment.timestamp()) for name, moment in moments.items()}
    return JWK(**key.export_private(as_dict=True) | seconds)


def _begins(key: JWK) -> float:
    return float(key.get("nbf") or 0)


def _signature(key: JWK, signing_input: bytes) -> bytes:
    private = key.get_op_key("sign")
    if key["alg"] == RS256:
        return bytes(private.sign(signing_input, PKCS1v15(), SHA256()))
    der = private.sign(signing_input, ECDSA(SHA256(), deterministic_signing=True))
    # RFC 7518 §3.4: both numbers, each in full length.
    return b"".join(number.to_bytes(_P256_BYTES, "big") for number in decode_dss_signature(der))


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")
