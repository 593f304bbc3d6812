"""Times in words, and how pages show them. Template library `times`."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.template import Library
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

register = Library()

LATELY: Final = timedelta(days=1)


def ago(time: datetime | None) -> str:
    """How long ago that was, roughly."""
    passed = timesince(time, depth=1) if time else ""
    return "just now" if passed.startswith("0") else f"{passed} ago"


@register.filter
def when(time: datetime) -> SafeString:
    """The time within a sentence: how long ago it was if that is less than a day, else its day and minute in UTC."""
    utc = time.astimezone(UTC)
    is_recent = timedelta() <= timezone.now() - utc < LATELY
    words = ago(utc) if is_recent else f"{formatted(utc, 'j F Y, H:i')} UTC"
    preposition = "" if is_recent else "on "
    machine = f"{utc:%Y-%m-%dT%H:%M:%SZ}"
    return format_html(
        '{}<time datetime="{}" title="{}">{}</time>', preposition, machine, machine, words
    )
