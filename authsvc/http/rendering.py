"""JSON rendering: entities to bytes with orjson, by a plan that is built once from each serializer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final, cast

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from authsvc.kernel.paging import Page

Show = Callable[[Any], Any]

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Download:
    """A file, in the negotiated media type unless it has one of its own."""

    content: bytes
    filename: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """An answer that is stored as it is sent, in the negotiated media type."""

    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StreamedFile:
    """A file of `size` bytes that is read piece by piece while it is sent."""

    pieces: Iterable[bytes]
    size: int
    filename: str
    media_type: str

    @property
    def response(self) -> HttpResponse:
        """The answer with the file. Its length is stated, so that clients notice if the sending breaks off."""
        headers = {
            "Content-Disposition": f'attachment; filename="{self.filename}"',
            "Content-Length": str(self.size),
        }
        response = StreamingHttpResponse(self.pieces, content_type=self.media_type, headers=headers)
        return cast("HttpResponse", response)  # what is used of it, both classes have


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an answer with status 202 shows: the work goes on elsewhere, and can be followed at `location` if given."""

    thing: object
    location: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """An answer that differs from the thing whose state its ETag names."""

    shown: object
    state: object


def response_of(
    content: bytes | str, *, status: int, media_type: str = JSON, charset: str | None = None
) -> HttpResponse:
    """A response with *content*, which has no media type when it is empty."""
    content_type = f"{media_type}; charset={charset}" if charset else media_type
    response = HttpResponse(content, status=status, content_type=content_type)
    if not content:
        del response["Content-Type"]
    return response


def media_type_of(request: Request) -> str:
    """The media type that was negotiated for the answer."""
    return str(request.accepted_renderer.media_type)


def json_of(thing: object, shape: type[serializers.Serializer[Any]] | Mapping[str, Any]) -> bytes:
    """The thing as JSON, in the shape of a serializer; with a JSON Schema, it already is JSON data."""
    return _dumped(thing if isinstance(shape, Mapping) else shown(thing, shape))


def page_as_json(page: Page[Any], serializer: type[serializers.Serializer[Any]]) -> bytes:
    show = _plan(serializer)
    return _dumped({"items": [show(item) for item in page.items], "next": page.next_cursor})


def shown(thing: object, serializer: type[serializers.Serializer[Any]]) -> Any:
    """The thing in the shape of *serializer*, ready to be written as JSON."""
    return _plan(serializer)(thing)


def _dumped(data: Any) -> bytes:
    return orjson.dumps(data, default=_ENCODER.default, option=orjson.OPT_UTC_Z)


@cache
def _plan(serializer: type[serializers.Serializer[Any]]) -> Show:
    """Cached: reading the fields of a serializer costs more than using them."""
    return _show_of(serializer())


def _show_of(field: Any) -> Show:
    """How *field* shows a value other than None: like its `to_representation`, which is used where it is special."""
    if isinstance(field, serializers.ListSerializer):
        return _show_all(_show_of(field.child))
    if _is_plain(field, serializers.Serializer):
        return _show_members(field)
    if _is_plain(field, serializers.ListField):
        return _show_all(_show_of(field.child))
    plain: Show = _SHOW.get(type(field), field.to_representation)
    return plain


def _is_plain(field: Any, kind: type) -> bool:
    """Whether *field* is of this kind without a `to_representation` of its own."""
    return isinstance(field, kind) and type(field).to_representation is kind.to_representation  # type: ignore[attr-defined]  # of every field


def _show_members(serializer: serializers.Serializer[Any]) -> Show:
    members = [
        (name, _getter_of(field), _show_of(field))
        for name, field in serializer.fields.items()
        if not field.write_only
    ]

    def show(thing: Any) -> Any:
        if isinstance(thing, Mapping):  # its members are not attributes
            return serializer.to_representation(thing)
        return {
            name: None if (value := get(thing)) is None else show_member(value)
            for name, get, show_member in members
        }

    return show


def _show_all(show: Show) -> Show:
    return lambda things: [None if thing is None else show(thing) for thing in things]


def _getter_of(field: serializers.Field[Any, Any, Any, Any]) -> Show:
    source = str(field.source)
    if source == "*":
        return lambda thing: thing
    get = attrgetter(source)
    if field.default is empty and not field.allow_null:
        return get

    def get_or_default(thing: Any) -> Any:
        try:
            return get(thing)
        except AttributeError:
            return field.get_attribute(thing)

    return get_or_default


def _as_is(value: Any) -> Any:
    return value


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


_ENCODER: Final = JSONEncoder()
# Values that orjson writes as DRF would.
_SHOW: Final[Mapping[type, Show]] = {
    serializers.BooleanField: _as_is,
    serializers.CharField: str,
    serializers.ChoiceField: str,
    serializers.DateField: _as_is,
    serializers.DateTimeField: _in_utc,
    serializers.IntegerField: _as_is,
    serializers.UUIDField: _as_is,
}
