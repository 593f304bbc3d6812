"""Idempotency keys: a change that is sent again gets its first answer (draft-ietf-httpapi-idempotency-key)."""

import hmac
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from authsvc.http.actors import principal_of
from authsvc.http.idempotency.records import StoredResponse
from authsvc.http.idempotency.service import request_key_for
from authsvc.http.idempotency.store import idempotency
from authsvc.http.positions import POSITION
from authsvc.http.problems import MEDIA_TYPE, json_of, problem_of
from authsvc.http.rendering import JSON, response_of
from authsvc.kernel.errors import DomainError

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
KEY: Final = "[!-~]{1,255}"


def answered_once(request: Request, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """The response to a request, stored under its key in the unit of work of what its service writes.

    Without a key, it is simply the response. A domain error is stored as a response, too.
    """
    request_key = request_key_of(request)
    if not request_key:
        return respond()
    stored = idempotency().respond_once(
        by=principal_of(request),
        request_key=request_key,
        fingerprint=_fingerprint_of(request),
        act=lambda: _stored(respond()),
        render_error=_rendered,
    )
    response = response_of(
        stored.body, status=stored.status, media_type=stored.content_type or JSON
    )
    if stored.etag:
        response["ETag"] = stored.etag
    if stored.position:
        response[POSITION] = stored.position
    if stored.is_replayed:
        response[REPLAYED] = "true"
    return response


def request_key_of(request: Request) -> str:
    """The id under which answers to the request's key are stored; empty without a key. Raises ValidationError."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return ""
    if not re.fullmatch(KEY, key):
        raise ValidationError({HEADER: ["Must be 1 to 255 visible ASCII characters."]})
    return request_key_for(principal_of(request), key)


def _fingerprint_of(request: Request) -> str:
    """Identifies the request; keyed, because a body can contain a guessable secret."""
    content = b"\n".join(
        [str(request.method).encode(), request.get_full_path().encode(), request.body]
    )
    return hmac.new(settings.SECRET_KEY.encode(), content, sha256).hexdigest()


def _stored(response: HttpResponse) -> StoredResponse:
    content_type = response.get("Content-Type", "")
    return StoredResponse(
        status=response.status_code,
        body=response.content.decode(),
        # An empty one has always meant JSON.
        content_type="" if content_type == JSON else content_type,
        etag=response.get("ETag", ""),
        position=response.get(POSITION, ""),
    )


def _rendered(error: DomainError) -> StoredResponse:
    status, members = problem_of(error)
    return StoredResponse(status=int(status), body=json_of(members), content_type=MEDIA_TYPE)
