"""Outbound HTTP: the port that sends requests, and the hosts that it may reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import inet_aton
from typing import Final, Protocol

Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")  # RFC 4291 §2.4: nothing else is assigned
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
# Teredo (RFC 4380) and 6to4 (RFC 3056) lead to an IPv4 address within the IPv6 address. Both are out of use.
_TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
_DOCUMENTATION: Final = IPv6Network(
    "3fff::/20"
)  # RFC 9637, which the standard library does not know everywhere
_RELAYS_OF_6TO4: Final = IPv4Network("192.88.99.0/24")  # RFC 7526


class OutboundFailed(Exception):
    """The request was refused, or there was no acceptable response. The message says why and has no secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRequest:
    """A request to another server. Of the response body at most `most_bytes` are read; 0 reads none of it.

    `most_seconds` can shorten the deadline of the implementation, not extend it.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = field(default=b"", repr=False)
    most_bytes: int = 0
    most_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundResponse:
    """A response, redirects included. Header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for header, value in self.headers if header == name), None)


class OutboundHttp(Protocol):
    """The one way by which this service sends HTTP requests."""

    def send(self, request: OutboundRequest) -> OutboundResponse:
        """Resolve the host once, and connect to an address that was checked.

        Unless private addresses are allowed, the URL must use HTTPS and all addresses of the host must be public. No
        redirect is followed; the environment, proxies and .netrc are ignored. Time and size of the response are
        bounded. Raises OutboundFailed.
        """


def is_public(address: Address) -> bool:
    """Whether the address is reachable on the internet, through no tunnel to one that is not."""
    if isinstance(address, IPv4Address):
        is_special = address.is_multicast or address in _RELAYS_OF_6TO4
        return address.is_global and not is_special
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    is_special = any(address in network for network in (*_TUNNELS, _DOCUMENTATION))
    return address in _GLOBAL_UNICAST and address.is_global and not is_special


def is_public_host(host: str) -> bool:
    """Whether a host name can belong to a server on the internet, before it is resolved.

    IP addresses must be public, in any spelling that resolvers accept. `localhost` and names without a dot belong to
    the machine or its network.
    """
    name = host.rstrip(".").lower()
    address = _address_in(name)
    if address is not None:
        return is_public(address)
    return "." in name and not name.endswith(".localhost")


def _address_in(host: str) -> Address | None:
    """The IP address that the text spells, if it does; IPv4 also with fewer parts, in octal and in hexadecimal."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(inet_aton(host))
    except (OSError, ValueError):
        return None
