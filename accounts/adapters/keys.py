"""The keys that sign our tokens: a private JSON Web Key Set (RFC 7517 §5) in a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

ALGORITHM: Final = "ES256"


class UnusableKeys(ValueError):
    """The key file cannot be used; says why, without the keys."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Signs with its first key and verifies with any of them."""

    keys: tuple[JWK, ...] = field(repr=False)

    @property
    def signing_key(self) -> JWK:
        return self.keys[0]

    def find(self, key_id: object) -> JWK | None:
        return next((key for key in self.keys if key["kid"] == key_id), None)

    def public_keys(self) -> Mapping[str, Any]:
        return {"keys": [key.export_public(as_dict=True) for key in self.keys]}

    def private_json(self) -> str:
        return json.dumps({"keys": [key.export_private(as_dict=True) for key in self.keys]})


def new_key_ring() -> KeyRing:
    """A ring of one fresh P-256 key, named by its thumbprint (RFC 7638)."""
    key = JWK.generate(kty="EC", crv="P-256", alg=ALGORITHM, use="sig")
    key["kid"] = key.thumbprint()
    return KeyRing((key,))


def read_key_ring(path: Path) -> KeyRing:
    """The ring kept at *path*, in the order of the file. Raises UnusableKeys."""
    try:
        keys = tuple(JWK(**key) for key in json.loads(path.read_bytes())["keys"])
    except OSError as error:
        msg = f"the signing keys at {path} cannot be read: {error.strerror}"
        raise UnusableKeys(msg) from None
    except (ValueError, TypeError, KeyError, JWException):
        msg = f"{path} does not hold a JSON Web Key Set"
        raise UnusableKeys(msg) from None
    if not keys or not all(_can_sign(key) for key in keys):
        msg = f"{path} must hold private P-256 keys, each with a kid"
        raise UnusableKeys(msg)
    return KeyRing(keys)


def _can_sign(key: JWK) -> bool:
    return bool(key.get("crv") == "P-256" and key.has_private and key.get("kid"))
