"""UUID parsing."""

from uuid import UUID


def parse_uuid(text: str) -> UUID | None:
    """The UUID in *text*; None unless it is in the canonical form, in lower or upper case (RFC 9562 §4)."""
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text.lower() else None
