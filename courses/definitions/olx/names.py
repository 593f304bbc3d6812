"""Keys, slugs and titles, made of the names that things have in Open edX."""

import re
import unicodedata
from hashlib import sha256
from typing import Final

LONGEST_KEY: Final = 80
LONGEST_TITLE: Final = 200
_DIGEST: Final = 8
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Keys:
    """The keys of one kind of things: no two of them are the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def key_for(self, name: str, *, otherwise: str) -> str:
        """A key that follows from the name; a number tells it from an equal one that was there before."""
        key = stem = slug_of(name, otherwise=otherwise)
        number = 1
        while key in self._taken:
            number += 1
            key = f"{stem[: LONGEST_KEY - 1 - len(str(number))].rstrip('-')}-{number}"
        self._taken.add(key)
        return key


def slug_of(name: str, *, otherwise: str) -> str:
    """Letters, digits and single hyphens.

    What cannot be spelled so, or only in part, is told from its like by a digest, so that it has the same slug each
    time.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if slug and len(slug) <= LONGEST_KEY and not _ID.fullmatch(slug):
        return slug
    if not slug and not name.strip():
        return otherwise
    digest = sha256(name.encode(errors="backslashreplace")).hexdigest()[:_DIGEST]
    stem = (slug if len(slug) > LONGEST_KEY else otherwise)[: LONGEST_KEY - _DIGEST - 1]
    return f"{stem.rstrip('-')}-{digest}"


def title_of(*names: str | None) -> str:
    """The first of the names that says anything, in one line."""
    for name in names:
        title = " ".join((name or "").replace("\0", "").split())
        if title:
            return cut(title, LONGEST_TITLE)
    return "Untitled"


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
