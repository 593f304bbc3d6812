"""Telling clients of log-outs over HTTP (OpenID Connect Back-Channel Logout §2.5)."""

import socket
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import requests
import structlog

CONNECT_SECONDS: Final = 3
ANSWER_SECONDS: Final = 5

log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLogoutSender:
    """Follows no redirect and reads no body; in production it reaches no address inside our own network."""

    may_reach_private: bool

    def send(self, uri: str, *, logout_token: str) -> bool:
        if not (self.may_reach_private or _is_public(uri)):
            log.warning("a log-out cannot be told: the address is inside our network", uri=uri)
            return False
        try:
            status = _status_of_post(uri, {"logout_token": logout_token})
        except (requests.RequestException, ValueError) as error:  # some names are no hosts at all
            log.warning("a log-out could not be told", uri=uri, error=type(error).__name__)
            return False
        is_told = status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}
        if not is_told:
            log.warning("a log-out was refused", uri=uri, status=status)
        return is_told


def _status_of_post(uri: str, form: dict[str, str]) -> int:
    with requests.Session() as session:
        session.trust_env = False  # no proxy, and no password of ours, comes between
        with session.post(
            uri,
            data=form,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return answer.status_code


def _is_public(uri: str) -> bool:
    """Whether all addresses that the name stands for are in the open net."""
    parts = urlsplit(uri)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return all(ip_address(address[0]).is_global for *_, address in found)
