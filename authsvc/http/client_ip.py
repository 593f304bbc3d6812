"""Where on the net somebody asks from."""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

# One customer has a network of IPv6 to himself, and takes any address in it when he likes.
IPV6_PREFIX: Final = 64
_WITH_PORT: Final = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+", re.ASCII)


def address_of(request: HttpRequest | Request) -> str:
    """The address that a request came from; of IPv6 the network.

    A request may claim anything of the way it has come. Behind a proxy of ours, what that has put at the end is true.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    if settings.ENVIRONMENT.is_behind_proxy:
        hop = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]
        return _spelled(hop) or _spelled(peer)
    return _spelled(peer)


def _spelled(text: str) -> str:
    """The address in its one spelling, without a port; empty if it is none."""
    found = _WITH_PORT.fullmatch(text.strip())
    try:
        address = ip_address(found[1] or found[2] if found else text.strip())
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
