"""The file in which the signing keys are kept: a private JSON Web Key Set (RFC 7517 §5)."""

import json
import os
import time
from pathlib import Path
from typing import Final

import structlog
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from accounts.adapters.keys import ALGORITHMS, ES256, RS256, KeyRing

log: Final = structlog.get_logger(__name__)

LOOKS_EVERY_SECONDS: Final = 5.0


class UnusableKeys(ValueError):
    """The key file cannot be used; says why, without the keys."""


class KeyFile:
    """Plays Keys from a file, so that every process soon has the ring that is there now."""

    def __init__(self, path: Path) -> None:
        """Raises UnusableKeys."""
        self._path = path
        self._ring = read_key_ring(path)
        if missing := set(ALGORITHMS) - {key["alg"] for key in self._ring.keys}:
            msg = f"{path} has no key for {missing.pop()}; `manage.py rotate_signing_key` adds one"
            raise UnusableKeys(msg)
        self._seen = self._state()
        self._looked_at = time.monotonic()

    def current(self) -> KeyRing:
        if time.monotonic() - self._looked_at >= LOOKS_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            self._read_again()
        return self._ring

    def _read_again(self) -> None:
        """Take the ring that is in the file, if it is another; keep the one at hand while the file makes no sense."""
        try:
            seen = self._state()
            if seen != self._seen:
                self._ring, self._seen = read_key_ring(self._path), seen
                log.info("signing keys read again", path=str(self._path))
        except (UnusableKeys, OSError) as error:
            log.warning("the signing keys cannot be read again", reason=str(error))

    def _state(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_mtime_ns, status.st_ino


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
        msg = f"{path} must hold private keys, P-256 or RSA, each with its alg and a kid"
        raise UnusableKeys(msg)
    return KeyRing(keys)


def write_key_ring(path: Path, ring: KeyRing) -> None:
    """Put the ring in the place of what is kept at *path*, at once and for the owner's eyes alone. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(ring.private_json())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _can_sign(key: JWK) -> bool:
    algorithm = {("EC", "P-256"): ES256, ("RSA", None): RS256}.get((key.get("kty"), key.get("crv")))
    return bool(algorithm and key.get("alg") == algorithm and key.has_private and key.get("kid"))
