"""Log-out notices over HTTP (OpenID Connect Back-Channel Logout §2.5)."""

import socket
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import requests
import structlog

CONNECT_SECONDS: Final = 3
RESPONSE_SECONDS: Final = 5

log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLogoutSender:
    """Follows no redirects and reads no body; in production it sends nothing to private addresses."""

    allows_private_addresses: bool

    def send(self, uri: str, *, logout_token: str) -> bool:
        if not (self.allows_private_addresses or _is_public(uri)):
            log.warning("a log-out notice was not sent: the address is private", uri=uri)
            return False
        try:
            status = _status_of_post(uri, {"logout_token": logout_token})
        except (requests.RequestException, ValueError) as error:  # ValueError: an invalid host name
            log.warning("a log-out notice was not sent", uri=uri, error=type(error).__name__)
            return False
        is_accepted = status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}
        if not is_accepted:
            log.warning("a log-out notice was rejected", uri=uri, status=status)
        return is_accepted


def _status_of_post(uri: str, form: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor .netrc credentials
        with session.post(
            uri,
            data=form,
            timeout=(CONNECT_SECONDS, RESPONSE_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            return response.status_code


def _is_public(uri: str) -> bool:
    """Whether all addresses of the host are public."""
    parts = urlsplit(uri)
    try:
        hosts = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return all(ip_address(address[0]).is_global for *_, address in hosts)
