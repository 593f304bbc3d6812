"""Client IP address of a request."""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

# Providers assign an IPv6 network of this size, of which a client can use any address.
IPV6_PREFIX: Final = 64
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
