"""Ids in text."""

from uuid import UUID


def parse_uuid(text: str) -> UUID | None:
    """The id in *text*, if it is one in the canonical form (RFC 9562 §4), the only form that is accepted."""
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text else None
