"""Strict reading of JSON from strangers."""

import json
from collections.abc import Mapping
from typing import Any, Final, Never

LONGEST_JSON: Final = 1_048_576
"""Bytes."""

DEEPEST: Final = 64
_LARGEST_INTEGER: Final = 2**53


def json_object(content: bytes | str) -> dict[str, Any]:
    """The object that the text contains.

    Raises ValueError with the end of a sentence; also for members that occur twice, of which readers choose
    differently, for numbers that readers round or that JSON does not have, for halves of characters, which can neither
    be hashed nor signed, and for texts that are too long or nested too deeply.
    """
    if len(content) > LONGEST_JSON:
        raise ValueError("is too long")
    try:
        text = content if isinstance(content, str) else content.decode()
        value = json.loads(
            text, object_pairs_hook=_members, parse_constant=_refuse, parse_int=_integer
        )
    except _Doubled:
        raise ValueError("has a member twice") from None
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004  # the value, not the argument, is wrong
    if _is_deep(value):
        raise ValueError("is nested too deeply")
    _require_characters(text, value)
    return value


def json_text(value: Mapping[str, Any]) -> str:
    """The value as compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _require_characters(text: str, value: Mapping[str, Any]) -> None:
    """Raise ValueError for a lone surrogate. Only an escape can hide one in a text."""
    try:
        text.encode()
        if "\\u" in text:
            json_text(value).encode()
    except UnicodeEncodeError:
        raise ValueError("has half of a character") from None


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return bool(level)


class _Doubled(Exception):
    """A member occurs twice."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Doubled
    return members


def _refuse(constant: str) -> Never:
    raise ValueError(constant)


def _integer(digits: str) -> int:
    number = int(digits)
    if abs(number) > _LARGEST_INTEGER:
        raise ValueError(digits)
    return number
