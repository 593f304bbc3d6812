"""Breached passwords, by the range search of Pwned Passwords: the other server sees five digits of a hash."""

from dataclasses import dataclass
from hashlib import sha1
from typing import Final

import structlog

from accounts.adapters.passwords import normalized
from accounts.domain.identity.ports import PasswordOwner, PasswordPolicy
from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest

log: Final = structlog.get_logger(__name__)

BREACHED: Final = "This password is in a list of breached passwords."
_PREFIX_DIGITS: Final = 5
_MOST_BYTES: Final = 256 * 1024
_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachedPasswordPolicy:
    """Another policy, and after it a comparison with breached passwords (ASVS 6.2.12).

    `url` is the address of the search without the digits. If that server does not answer, the password is accepted,
    and the log says so: nobody is locked out by the failure of another service.
    """

    policy: PasswordPolicy
    http: OutboundHttp
    url: str

    def field_errors(self, password: str, *, owner: PasswordOwner) -> list[str]:
        if errors := self.policy.field_errors(password, owner=owner):
            return errors
        return [BREACHED] if self._is_breached(password) else []

    def _is_breached(self, password: str) -> bool:
        digest = sha1(normalized(password).encode(), usedforsecurity=False).hexdigest().upper()
        prefix, rest = digest[:_PREFIX_DIGITS], digest[_PREFIX_DIGITS:]
        try:
            listed = self._range(prefix)
        except OutboundFailed as error:
            log.warning("breached passwords could not be compared", reason=str(error))
            return False
        return any(_is_match(line, rest) for line in listed.splitlines())

    def _range(self, prefix: str) -> str:
        """The hashes that begin so, a line for each. Raises OutboundFailed."""
        request = OutboundRequest(
            method="GET",
            url=f"{self.url}{prefix}",
            headers={"add-padding": "true"},
            most_bytes=_MOST_BYTES,
        )
        response = self.http.send(request)
        if response.status != _OK:
            msg = f"the answer was {response.status}"
            raise OutboundFailed(msg)
        return response.content.decode(errors="replace")


def _is_match(line: str, rest: str) -> bool:
    """Whether the line, the rest of a hash and how often it was seen, is of this hash; padding was seen 0 times."""
    suffix, _, count = line.strip().partition(":")
    return suffix.upper() == rest and count != "0"
