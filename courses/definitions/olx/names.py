"""Keys, slugs and titles from the names in Open edX."""

import re
import unicodedata
from hashlib import sha256
from typing import Final

LONGEST_KEY: Final = 80
LONGEST_TITLE: Final = 200
_DIGEST: Final = 8
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Keys:
    """Unique keys."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        """By stem, the last number that was tried, so that equal names do not try them all again."""

    def key_for(self, name: str, *, otherwise: str) -> str:
        """A key made from the name, with a number if it is taken; *otherwise* for an empty name."""
        key = stem = slug_of(name, otherwise=otherwise)
        number = self._numbers.get(stem, 1)
        while key in self._taken:
            number += 1
            key = f"{stem[: LONGEST_KEY - 1 - len(str(number))].rstrip('-')}-{number}"
        self._taken.add(key)
        self._numbers[stem] = number
        return key


def slug_of(name: str, *, otherwise: str) -> str:
    """The name in letters, digits and single hyphens; *otherwise* for an empty name.

    A name that is lost or cut in the process gets a digest, so that it is unique and the same in each import.
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
    """The first name that is not blank, in one line."""
    for name in names:
        title = " ".join((name or "").replace("\0", "").split())
        if title:
            return cut(title, LONGEST_TITLE)
    return "Untitled"


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
