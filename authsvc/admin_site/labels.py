"""Words for statuses in the admin site, and the colour of their badges."""

from collections.abc import Mapping
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

GOOD: Final = "good"
BAD: Final = "bad"
WAITING: Final = "warn"
NEUTRAL: Final = "off"

# Only values whose words or colours do not follow from the value itself.
_WORDS: Final[Mapping[str, str]] = {
    "submitted": "To grade",
    "void": "Voided",
    "voided": "Voided",
    "issued": "Valid",
    "succeeded": "Done",
}
_COLOURS: Final[Mapping[str, str]] = {
    "active": GOOD,
    "published": GOOD,
    "completed": GOOD,
    "passed": GOOD,
    "issued": GOOD,
    "valid": GOOD,
    "succeeded": GOOD,
    "sent": GOOD,
    "delivered": GOOD,
    "failed": BAD,
    "revoked": BAD,
    "suspended": BAD,
    "submitted": WAITING,
    "in_progress": WAITING,
    "queued": WAITING,
    "running": WAITING,
    "pending": WAITING,
    "invited": WAITING,
    "trial": WAITING,
}


def status_word(value: str) -> str:
    """The word for a stored status: "Not started" for `not_started`."""
    return _WORDS.get(value, value.replace("_", " ").replace("-", " ").capitalize())


def status_badge(value: str) -> SafeString:
    """The word for a stored status, as a badge."""
    colour = _COLOURS.get(value, NEUTRAL)
    return format_html('<span class="badge {}">{}</span>', colour, status_word(value))
