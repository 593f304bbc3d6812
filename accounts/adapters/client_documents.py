"""Client ID metadata documents over HTTP: with an allow-list, a bounded cache, and few requests at once."""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import BoundedSemaphore, Lock
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from accounts.domain.oauth.errors import DocumentUnavailable
from authsvc.kernel.clock import Clock
from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest
from authsvc.kernel.proportion import Disproportionate, require_proportionate

log: Final = structlog.get_logger(__name__)

ANY_HOST: Final = "*"
LARGEST_DOCUMENT: Final = 16 * 1024
FRESH_FOR: Final = timedelta(hours=1)
FAILED_FOR: Final = timedelta(minutes=1)
MOST_CACHED: Final = 256
AT_ONCE: Final = 4
"""Requests at once, so that slow hosts hold few threads of the server."""
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class _Cached:
    """A document, or the reason why there is none, until it is to be fetched again."""

    document: Any
    failure: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class HttpClientDocuments:
    """Fetches documents from the allowed hosts. Without any, there are no such clients."""

    http: OutboundHttp
    hosts: frozenset[str]
    clock: Clock
    _cache: OrderedDict[str, _Cached] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)
    _slots: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    @property
    def are_enabled(self) -> bool:
        return bool(self.hosts)

    def accepts(self, url: str) -> bool:
        return ANY_HOST in self.hosts or urlsplit(url).netloc.lower() in self.hosts

    def known(self, url: str) -> Any:
        cached = self._fresh(url)
        return None if cached is None else cached.document

    def fetch(self, url: str) -> Any:
        cached = self._fresh(url)
        if cached is None:
            cached = self._fetched(url)
        if cached.failure:
            raise DocumentUnavailable(reason=cached.failure)
        return cached.document

    def _fresh(self, url: str) -> _Cached | None:
        with self._lock:
            cached = self._cache.get(url)
        return cached if cached is not None and self.clock.now() < cached.until else None

    def _fetched(self, url: str) -> _Cached:
        if not self.accepts(url):
            raise DocumentUnavailable(reason="clients of this host are not accepted")
        if not self._slots.acquire(blocking=False):
            raise DocumentUnavailable(reason="the server is busy; try again")
        try:
            document, failure = self._download(url), ""
        except (OutboundFailed, ValueError, RecursionError, Disproportionate) as error:
            log.info("a client metadata document was not accepted", url=url, error=str(error))
            # What exactly failed would tell strangers about our network.
            document, failure = None, "it cannot be fetched, or is not a JSON document of 16 kB"
        finally:
            self._slots.release()
        until = self.clock.now() + (FAILED_FOR if failure else FRESH_FOR)
        return self._remember(url, _Cached(document, failure, until))

    def _download(self, url: str) -> Any:
        """Raises OutboundFailed, ValueError, RecursionError, Disproportionate."""
        response = self.http.send(
            OutboundRequest(
                method="GET", url=url, headers={"Accept": _JSON}, most_bytes=LARGEST_DOCUMENT
            )
        )
        if response.status != HTTPStatus.OK:
            raise OutboundFailed(f"the status is {response.status}")
        media_type = (response.header("content-type") or "").partition(";")[0].strip().lower()
        if media_type != _JSON and not media_type.endswith("+json"):
            raise OutboundFailed("the media type is not JSON")
        document = json.loads(response.content.decode())
        require_proportionate(document)
        return document

    def _remember(self, url: str, cached: _Cached) -> _Cached:
        with self._lock:
            self._cache[url] = cached
            self._cache.move_to_end(url)
            while len(self._cache) > MOST_CACHED:
                self._cache.popitem(last=False)
        return cached
