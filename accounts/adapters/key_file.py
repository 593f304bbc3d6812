"""Key file: the signing keys as a private JSON Web Key Set (RFC 7517 §5)."""

import json
import time
from pathlib import Path
from typing import Final

import structlog
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from accounts.adapters.keys import ALGORITHMS, ES256, RS256, KeyRing

log: Final = structlog.get_logger(__name__)

CHECK_INTERVAL_SECONDS: Final = 5.0


class UnusableKeys(ValueError):
    """The key file can't be used. The message says why and contains no key."""


class KeyFile:
    """Implements Keys with a file. Each process checks it for changes every CHECK_INTERVAL_SECONDS."""

    def __init__(self, path: Path) -> None:
        """Raises UnusableKeys."""
        self._path = path
        self._ring = read_key_ring(path)
        if missing := set(ALGORITHMS) - {key["alg"] for key in self._ring.keys}:
            msg = f"{path} has no key for {missing.pop()}; `manage.py rotate_signing_key` adds one"
            raise UnusableKeys(msg)
        self._version = self._file_version()
        self._checked_at = time.monotonic()

    def current(self) -> KeyRing:
        if time.monotonic() - self._checked_at >= CHECK_INTERVAL_SECONDS:
            self._checked_at = time.monotonic()
            self._reload()
        return self._ring

    def _reload(self) -> None:
        """Read the file if it has changed; keep the current ring while the file is invalid."""
        try:
            version = self._file_version()
            if version != self._version:
                self._ring, self._version = read_key_ring(self._path), version
                log.info("signing keys read again", path=str(self._path))
        except (UnusableKeys, OSError) as error:
            log.warning("the signing keys cannot be read again", reason=str(error))

    def _file_version(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_mtime_ns, status.st_ino


def read_key_ring(path: Path) -> KeyRing:
    """The ring stored at *path*, in the order of the file. Raises UnusableKeys."""
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


def _can_sign(key: JWK) -> bool:
    algorithm = {("EC", "P-256"): ES256, ("RSA", None): RS256}.get((key.get("kty"), key.get("crv")))
    return bool(algorithm and key.get("alg") == algorithm and key.has_private and key.get("kid"))
