"""Idempotency keys: a POST that is sent again gets the answer to the first one (draft-ietf-httpapi-idempotency-key)."""

import hmac
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.public import Answer, entry_id_of
from authsvc.actors import principal_of
from authsvc.api.rendering import JSON, response_of
from authsvc.container import services
from authsvc.kernel.errors import DomainError
from authsvc.problems import MEDIA_TYPE, json_of, problem_of

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
KEY: Final = "[!-~]{1,255}"


def answered_once(request: Request, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """The response to a request, stored under its key in the unit of work of what its service writes.

    Without a key, it is simply the response. A domain error is stored as an answer too.
    """
    entry_id = ledger_entry_of(request)
    if not entry_id:
        return respond()
    answer = services().ledger.answer_once(
        entry_id=entry_id,
        fingerprint=_fingerprint_of(request),
        act=lambda: _answer_of(respond()),
        refuse=_refusal,
    )
    response = response_of(
        answer.body, status=answer.status, media_type=answer.content_type or JSON
    )
    if answer.is_replayed:
        response[REPLAYED] = "true"
    return response


def ledger_entry_of(request: Request) -> str:
    """The id under which answers to the request's key are stored; empty without a key. Raises ValidationError."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return ""
    if not re.fullmatch(KEY, key):
        raise ValidationError({HEADER: ["Must be 1 to 255 visible ASCII characters."]})
    return entry_id_of(principal_of(request), key)


def _fingerprint_of(request: Request) -> str:
    """Identifies the request; keyed, because a body can contain a guessable secret."""
    content = b"\n".join(
        [str(request.method).encode(), request.get_full_path().encode(), request.body]
    )
    return hmac.new(settings.SECRET_KEY.encode(), content, sha256).hexdigest()


def _answer_of(response: HttpResponse) -> Answer:
    content_type = response.get("Content-Type", "")
    return Answer(
        status=response.status_code,
        body=response.content.decode(),
        # An empty one has always meant JSON.
        content_type="" if content_type == JSON else content_type,
    )


def _refusal(error: DomainError) -> Answer:
    status, members = problem_of(error)
    return Answer(status=int(status), body=json_of(members), content_type=MEDIA_TYPE)
