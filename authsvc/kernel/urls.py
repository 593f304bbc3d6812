"""URLs of servers: which of them this service stores, to send requests or browsers there."""

import re
from typing import Final
from urllib.parse import urlsplit

from authsvc.kernel.outbound import is_public_host

LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?(?=[/?]|$)")
LOCALHOST: Final = re.compile(r"http://localhost(?=[:/?]|$)")
LONGEST_URL: Final = 2000
PAGE_URL_RULE: Final = "Enter a public https address, such as https://school.example/about."
_PAGE: Final = re.compile(
    r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?](?:[A-Za-z0-9._~:/?@!$&'()+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
_VISIBLE: Final = re.compile(r"[!-~]+")


def is_safe_url(url: str) -> bool:
    """Whether the URL is absolute, has no fragment, password or wildcard, and uses HTTPS or a loopback address."""
    if not _VISIBLE.fullmatch(url) or any(character in url for character in "#\\*"):
        return False
    try:
        parts = urlsplit(url)
        is_plain = parts.username is None and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_plain and (parts.scheme == "https" or bool(LOOPBACK.match(url)))


def is_server_url(url: str) -> bool:
    """Whether requests can be sent to the URL. A loopback address, for development, is one of the machine itself."""
    return is_safe_url(url) and not LOCALHOST.match(url)


def page_url_error(url: str) -> str | None:
    """Why the URL cannot be published as that of a page or an image; None if it can.

    It must be a URI (RFC 3986), which signed documents require, use HTTPS and name a public host.
    """
    is_page = len(url) <= LONGEST_URL and bool(_PAGE.fullmatch(url))
    return None if is_page and is_safe_url(url) and has_public_host(url) else PAGE_URL_RULE


def has_public_host(url: str) -> bool:
    """Whether the host of a safe URL can be on the internet, before it is resolved."""
    return is_public_host(urlsplit(url).hostname or "")
