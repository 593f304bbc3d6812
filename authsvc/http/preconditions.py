"""Conditional requests (RFC 9110 §13): entity tags, If-Match and If-None-Match."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from authsvc.kernel.preconditions import ANY, Precondition

IF_MATCH: Final = "If-Match"
IF_NONE_MATCH: Final = "If-None-Match"
_TAG: Final = r'(?:W/)?"[!#-~\x80-\xff]*"'
_TAGS: Final = re.compile(rf"[ \t]*{_TAG}(?:[ \t]*,[ \t]*{_TAG})*[ \t]*")


def etag_of(content: bytes) -> str:
    """The strong validator of a representation: equal for equal bytes alone."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def if_match_of(request: Request, *, tag_of: Callable[[Any], str]) -> Precondition:
    """The precondition of a change; weak tags never match (RFC 9110 §13.1.1). Raises ParseError."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is None:
        return Precondition(tags=frozenset({ANY}), tag_of=tag_of, is_stated=False)
    return Precondition(tags=_tags_in(header, IF_MATCH), tag_of=tag_of)


def is_known(etag: str, request: Request) -> bool:
    """Whether the caller has the representation with this tag, by weak comparison (§13.1.2). Raises ParseError."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    if header is None:
        return False
    tags = {tag.removeprefix("W/") for tag in _tags_in(header, IF_NONE_MATCH)}
    return ANY in tags or etag in tags


def _tags_in(header: str, name: str) -> frozenset[str]:
    if header.strip() == ANY:
        return frozenset({ANY})
    if not _TAGS.fullmatch(header):
        raise ParseError(f"{name} must be * or a list of entity tags in quotation marks.")
    return frozenset(re.findall(_TAG, header))
