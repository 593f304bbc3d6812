"""Log-out notices over HTTP (OpenID Connect Back-Channel Logout §2.5)."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import structlog

from authsvc.kernel.outbound import OutboundFailed, OutboundHttp, OutboundRequest

log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLogoutSender:
    """Reads no body: the status alone says whether the client accepted the notice."""

    http: OutboundHttp

    def send(self, uri: str, *, logout_token: str) -> bool:
        request = OutboundRequest(
            method="POST",
            url=uri,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode({"logout_token": logout_token}).encode(),
        )
        try:
            status = self.http.send(request).status
        except OutboundFailed as error:
            log.warning("a log-out notice was not sent", uri=uri, error=str(error))
            return False
        is_accepted = status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}
        if not is_accepted:
            log.warning("a log-out notice was rejected", uri=uri, status=status)
        return is_accepted
