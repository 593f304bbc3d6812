"""Client IP address of a request, and the address of a direct connection."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

CLIENT_IP_HEADERS: Final = ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR")
"""What the IP address of the client is read from."""
# Providers assign an IPv6 network of this size, of which a client can use any address.
IPV6_PREFIX: Final = 64
_OF_PROXIES: Final = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)
_WITH_PORT: Final = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+", re.ASCII)


def client_ip_of(request: HttpRequest | Request) -> str:
    """The IP address of the client; for IPv6, its network.

    X-Forwarded-For is read only behind a trusted proxy, and only its last entry, which the proxy has appended.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    if settings.ENVIRONMENT.is_behind_proxy:
        hop = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
        return _normalized(hop) or _normalized(peer)
    return _normalized(peer)


def direct_address_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The address at the other end of the connection; None if a proxy forwards the request of somebody else.

    It does not trust what proxies say, only that they say something: behind a proxy on this machine, strangers would
    seem to be on it, too.
    """
    if any(header in request.META for header in _OF_PROXIES):
        return None
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _normalized(text: str) -> str:
    """The canonical form of an IP address, without a port; empty if it is invalid."""
    match = _WITH_PORT.fullmatch(text.strip())
    try:
        address = ip_address(match[1] or match[2] if match else text.strip())
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
