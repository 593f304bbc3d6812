"""Telling ids from names."""

from uuid import UUID


def id_spelled(text: str) -> UUID | None:
    """The id that *text* spells in the canonical form, the only one we write (RFC 9562 §4)."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
