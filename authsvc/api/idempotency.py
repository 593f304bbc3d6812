"""Idempotency-Key: a POST that is sent again is answered as it was the first time."""

import hmac
import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.public import Answer, entry_id_of
from authsvc.actors import principal_of
from authsvc.container import services
from authsvc.kernel.errors import DomainError
from authsvc.problems import MEDIA_TYPE, problem_of

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
KEY: Final = "[!-~]{1,255}"

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Keep the answer in the request ledger, in the unit of work of what the handler's service writes."""

    @wraps(handler)
    def answering_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        entry_id = ledger_entry_of(request)
        if not entry_id:
            return handler(view, request, *args, **kwargs)
        answer = services().ledger.answer_once(
            entry_id=entry_id,
            fingerprint=_fingerprint_of(request),
            act=lambda: _answer_of(handler(view, request, *args, **kwargs)),
            refuse=_refusal,
        )
        return _response_of(answer)

    answering_once.is_idempotent = True  # type: ignore[attr-defined]  # read by the OpenAPI schema
    return answering_once


def ledger_entry_of(request: Request) -> str:
    """The id of the entry that the request's key has in the ledger; empty without a key."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return ""
    if not re.fullmatch(KEY, key):
        raise ValidationError({HEADER: ["Must be 1 to 255 visible ASCII characters."]})
    return entry_id_of(principal_of(request), key)


def _fingerprint_of(request: Request) -> str:
    """What tells this request from another; keyed, because a body may hold a guessable secret."""
    said = b"\n".join(
        [str(request.method).encode(), request.get_full_path().encode(), request.body]
    )
    return hmac.new(settings.SECRET_KEY.encode(), said, sha256).hexdigest()


def _answer_of(response: Response) -> Answer:
    return _answer(response.status_code, response.data, response.content_type or "")


def _refusal(error: DomainError) -> Answer:
    status, members = problem_of(error)
    return _answer(status, members, MEDIA_TYPE)


def _answer(status: int, data: Any, content_type: str) -> Answer:
    body = JSONRenderer().render(data).decode()
    return Answer(status=int(status), body=body, content_type=content_type)


def _response_of(answer: Answer) -> Response:
    return Response(
        json.loads(answer.body) if answer.body else None,
        status=answer.status,
        headers={REPLAYED: "true"} if answer.is_replayed else None,
        content_type=answer.content_type or None,
    )
