"""Browser session entities: a sign-in on the account pages or the admin site, and the device it came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.domain.access import SessionId, UserId

# The first that matches names the browser: many browsers also claim to be those that follow them here.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("HeadlessChrome/|Chromium/|Chrome/|CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone|iPod", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "macOS"),
    ("Linux|X11", "Linux"),
)


def device_of(user_agent: str) -> str:
    """The device in words, such as "Firefox on Windows", from a User-Agent header (RFC 9110 §10.1.5)."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Unknown device"


def network_of(client_ip: str) -> str:
    """The network of a client IP address: the first 24 bits of IPv4; for IPv6, a network is all that is stored."""
    return client_ip.rpartition(".")[0] or client_ip


def _first(names: Sequence[tuple[str, str]], user_agent: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, user_agent)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSession:
    """A user's session in a browser. `id` is no secret; `seen_at` is accurate to half a minute."""

    id: SessionId
    user_id: UserId
    user_agent: str
    client_ip: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def device(self) -> str:
        return device_of(self.user_agent)

    @property
    def network(self) -> str:
        return network_of(self.client_ip)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSessions:
    """How many sessions ended: those in browsers and those of clients, and of how many people."""

    browsers: int = 0
    clients: int = 0
    people: int = 1

    @property
    def total(self) -> int:
        return self.browsers + self.clients
