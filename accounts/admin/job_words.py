"""Words for background jobs: what they do, how far they are, and how long they took."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from authsvc.jobs.entities import JobStatus

KINDS: Final[Mapping[str, str]] = {
    "anchor": "Anchor the logs",
    "award-credential": "Award of a credential to a list",
    "export-audit": "Export of the audit log",
    "export-learners": "Export of the learners of a course",
    "export-people": "Export of people",
    "export-statements": "Export of xAPI statements",
    "give-up-late-mail": "Give up late mail",
    "import-archive": "Import of an Open edX archive",
    "import-members": "Import of members",
    "import-people": "Import of people",
    "logout_notice": "Log-out notice to a client",
    "mail": "Mail",
    "propose-scores": "Proposal of scores",
    "rebuild-progress": "Rebuild of progress",
    "redeem-claims": "Issue of claimed credentials",
    "remove-ai-texts": "Removal of texts of AI sessions",
    "remove-expired": "Removal of what has expired",
    "submit-overdue-attempts": "Submission of overdue attempts",
    "update-last-seen": "Update of when people were last seen",
    "verify": "Verification of all records",
    "verify-weekly": "Weekly verification of all records",
    "webhook_dispatch": "Deliveries to webhooks",
    "webhook_sweep": "Search for waiting deliveries",
}
"""What jobs do, by their kind."""

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def kind_words(kind: str) -> str:
    """What a job of this kind does; the kind itself if this version does not know it."""
    return KINDS.get(kind, kind)


def span_words(span: timedelta) -> str:
    """A span of time in its two largest units, such as "2 min 5 s"."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return "under 1 s"
    units = (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", 1))
    parts = []
    for name, size in units:
        number, seconds = divmod(seconds, size)
        parts.append(f"{number} {name}" if number else "")
    first = next(index for index, part in enumerate(parts) if part)
    return " ".join(part for part in parts[first : first + 2] if part)


def duration_words(job: Any, *, now: datetime) -> str:
    """How long the last attempt of a job took, or has taken; empty while it waits for the first."""
    if job.started_at is None or job.status == JobStatus.QUEUED:
        return ""
    return span_words((job.ended_at or now) - job.started_at)


def progress_words(job: Any) -> str:
    """How far a job is, such as "1,240 of 5,000: verifying"; empty before it has reported anything."""
    total = "" if job.total is None else f" of {job.total:,}"
    number = f"{job.done:,}{total}" if job.done or total else ""
    return ": ".join(part for part in (number, job.message) if part)


def remaining_words(job: Any, *, now: datetime) -> str:
    """About how long a running job still takes, at the pace of its attempt so far; empty if that is unknown."""
    if job.status != JobStatus.RUNNING or not job.total or not job.done or job.started_at is None:
        return ""
    left = (now - job.started_at) * ((job.total - job.done) / job.done)
    return f"about {span_words(left)} left" if left > timedelta(0) else ""


def state_words(job: Any, *, now: datetime) -> str:
    """How far a job is and how long it still takes, in one line that is never empty."""
    words = [progress_words(job), remaining_words(job, now=now)]
    shown = ", ".join(part for part in words if part)
    if shown:
        return shown
    return "Waiting for a worker" if job.status == JobStatus.QUEUED else "Working"
