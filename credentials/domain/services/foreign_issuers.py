"""What issuers elsewhere publish, fetched while a badge is verified, if the operator allows it.

Whoever sends a badge chooses the addresses. So they are requested through the port for outbound requests alone, which
reaches public hosts and follows no redirect, and answers say no more than that something could not be fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import BoundedSemaphore
from time import monotonic
from typing import Final, Protocol
from urllib.parse import urlsplit

import structlog

from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest
from authsvc.kernel.urls import LONGEST_URL
from credentials.domain.entities.badges import MOST_BYTES
from credentials.openbadges.json_texts import json_object
from credentials.openbadges.key_documents import document_url, is_below, published_key
from credentials.openbadges.keys import IssuerKey
from credentials.openbadges.verification import Resolver, Unresolved

log: Final = structlog.get_logger(__name__)

MOST_REQUESTS: Final = 5
"""For one verification, those for all credentials of a transcript together."""
MOST_SECONDS: Final = 10.0
"""For all requests of one verification."""
AT_ONCE: Final = 4
"""Requests of a process at once, so that slow hosts hold few threads of the server."""
LARGEST_DOCUMENT: Final = 262_144
"""Bytes of a document of an issuer, or of a list. The longest status list that is read has less than 180,000."""

KEYS_ELSEWHERE: Final = (
    "The issuer publishes its key on another host, and this service makes no outbound requests. Use the verifier of the"
    " issuer."
)
LIST_ELSEWHERE: Final = (
    "The status list is on another host, and this service makes no outbound requests. Ask the issuer whether the"
    " credential still stands."
)
CREDENTIAL_ELSEWHERE: Final = (
    "This address is on another host, and this service makes no outbound requests."
    " Download the file and send it."
)
_JSON: Final = "application/json, application/ld+json;q=0.9"
_CREDENTIAL: Final = (
    "application/vc+ld+json, application/vc, application/json;q=0.9, text/plain;q=0.8"
)


class ForeignResolver(Resolver, Protocol):
    """What issuers elsewhere publish, for one verification."""

    def credential(self, url: str) -> bytes:
        """What the host answers at the address of a credential. Raises Unresolved."""


class NoRequests:
    """Implements ForeignResolver without outbound requests."""

    def credential(self, url: str) -> bytes:
        raise Unresolved(CREDENTIAL_ELSEWHERE)

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        raise Unresolved(KEYS_ELSEWHERE)

    def status_list(self, url: str) -> str:
        raise Unresolved(LIST_ELSEWHERE)

    def revocation_list(self, url: str) -> bytes:
        raise Unresolved(LIST_ELSEWHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignIssuers:
    """Other hosts, as far as verification may ask them. Without `http` nothing is fetched."""

    http: OutboundHttp | None
    timer: Callable[[], float] = monotonic
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    @property
    def are_fetched(self) -> bool:
        return self.http is not None

    def resolver(self) -> ForeignResolver:
        """Return what resolves all that one verification needs."""
        if self.http is None:
            return NoRequests()
        deadline = self.timer() + MOST_SECONDS
        return Fetches(http=self.http, timer=self.timer, places=self.places, deadline=deadline)


@dataclass(slots=True, kw_only=True)
class Fetches:
    """Implements ForeignResolver with the requests of one verification. No address is requested twice."""

    http: OutboundHttp
    timer: Callable[[], float]
    places: BoundedSemaphore
    deadline: float
    answers: dict[str, bytes | None] = field(default_factory=dict)

    def key(self, url: str, issuer_id: str) -> IssuerKey:
        """The key that the issuer's own document lists, or a JSON Web Key below the address of an issuer without any.

        The credential alone names no key: whoever forges one would name theirs. Raises InvalidKey, Unresolved.
        """
        try:
            address = document_url(issuer_id)
        except ValueError:
            raise Unresolved("The identifier of the issuer leads to no keys.") from None
        document = self._object_at(address)
        key = published_key(document, issuer_id=issuer_id, url=url)
        if key is not None:
            return key
        if not is_below(url, issuer_id):
            raise Unresolved("The issuer publishes no keys in its document.")
        return IssuerKey.of_jwk(self._object_at(url), url=url, controller=issuer_id)

    def credential(self, url: str) -> bytes:
        return self._content(url, accept=_CREDENTIAL, most_bytes=MOST_BYTES)

    def status_list(self, url: str) -> str:
        content = self._content(url, accept=_CREDENTIAL, most_bytes=LARGEST_DOCUMENT)
        return content.decode(errors="replace")

    def revocation_list(self, url: str) -> bytes:
        return self._content(url, accept="application/json", most_bytes=LARGEST_DOCUMENT)

    def _content(self, url: str, *, accept: str, most_bytes: int) -> bytes:
        """What the address answers. Raises Unresolved."""
        if url not in self.answers:
            self.answers[url] = self._answer(url, accept, most_bytes)
        content = self.answers[url]
        if content is None:
            raise Unresolved(f"What is needed could not be fetched from {_host_of(url)}.")
        return content

    def _object_at(self, url: str) -> dict[str, object]:
        """Raises Unresolved."""
        content = self._content(url, accept=_JSON, most_bytes=LARGEST_DOCUMENT)
        try:
            return json_object(content)
        except ValueError as error:
            raise Unresolved(f"The document of the issuer {error}.") from None

    def _answer(self, url: str, accept: str, most_bytes: int) -> bytes | None:
        """None if nothing acceptable was answered. Raises Unresolved if nothing more may be requested."""
        if len(url) > LONGEST_URL:
            return None
        seconds = self.deadline - self.timer()
        if len(self.answers) >= MOST_REQUESTS or seconds <= 0:
            raise Unresolved(
                f"To check this takes more than {MOST_REQUESTS} requests or {MOST_SECONDS:.0f} seconds."
            )
        if not self.places.acquire(blocking=False):
            raise Unresolved("The server is busy. Try again.")
        request = OutboundRequest(
            method="GET",
            url=url,
            headers={"Accept": accept},
            most_bytes=most_bytes,
            most_seconds=seconds,
        )
        try:
            response = self.http.send(request)
        except OutboundFailed as error:
            log.info("a part of a badge was not fetched", url=ascii(url), error=str(error))
            return None
        finally:
            self.places.release()
        return response.content if response.status == HTTPStatus.OK else None


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or "its address"
    except ValueError:
        return "its address"
