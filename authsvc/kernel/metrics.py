"""Metrics: what the service counts and measures, and the port that records it.

Labels have few values, all known beforehand: never an id, a path or a text of a caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

# Metrics are compared by identity, which is faster: they are looked up several times in each request.


@dataclass(frozen=True, slots=True, eq=False)
class Counter:
    """A number of occurrences, which only grows."""

    name: str
    description: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """A distribution of values over buckets, each with its upper bound."""

    name: str
    description: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """A value that is read when the metrics are: the same whichever process answers."""

    name: str
    description: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a gauge, with a value for each of its labels."""

    gauge: Gauge
    value: float
    labels: tuple[str, ...] = ()


class Metrics(Protocol):
    """Records metrics, for all processes of this machine together."""

    @property
    def is_recording(self) -> bool:
        """Whether anything is recorded. If not, the other methods do nothing."""

    def count(self, counter: Counter, *labels: str, number: int = 1) -> None:
        """Add the number, with a value for each label. Call it once what is counted cannot be rolled back."""

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        """Add a value to the distribution, with a value for each label."""

    def exposition(self, readings: Iterable[Reading]) -> bytes:
        """All metrics and these gauges, in the text format of Prometheus 0.0.4, UTF-8."""


class NoMetrics:
    """Records nothing."""

    is_recording: Final = False

    def count(self, counter: Counter, *labels: str, number: int = 1) -> None:
        """Nothing to do."""

    def observe(self, histogram: Histogram, value: float, *labels: str) -> None:
        """Nothing to do."""

    def exposition(self, readings: Iterable[Reading]) -> bytes:
        return b""


class GaugeSource(Protocol):
    """A service that knows the values of gauges."""

    def readings(self) -> Iterable[Reading]:
        """The current values, by few statements whose cost does not depend on how much is stored."""


_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUEST_SECONDS: Final = Histogram(
    "authsvc_request_duration_seconds",
    "Duration of requests, by operation id (or method and view) and class of the status.",
    ("operation", "status"),
    _SECONDS,
)
REQUEST_STATEMENTS: Final = Counter(
    "authsvc_request_statements_total",
    "SQL statements of requests, without BEGIN and COMMIT.",
    ("operation",),
)
PASSWORD_HASH_SECONDS: Final = Histogram(
    "authsvc_password_hash_duration_seconds",
    "Duration of hashing or verifying a password, without waiting for a turn.",
    ("work",),
    (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0),
)
PASSWORDS_BUSY: Final = Counter(
    "authsvc_password_hashes_refused_total",
    "Passwords that were not hashed because too many others were (503 busy).",
)
SIGN_INS: Final = Counter(
    "authsvc_sign_ins_total",
    "Sign-ins by outcome: success, or the reason of the failure.",
    ("outcome",),
)
REPLAYS: Final = Counter(
    "authsvc_idempotent_replays_total",
    "Requests that were answered with the stored response to their idempotency key.",
)
OUTBOUND_SECONDS: Final = Histogram(
    "authsvc_outbound_request_duration_seconds",
    "Duration of requests to other servers, by class of the status; failed if there was no acceptable response.",
    ("outcome",),
    _SECONDS,
)
ATTEMPTS_STARTED: Final = Counter(
    "authsvc_attempts_started_total", "Assessment attempts that were started."
)
ATTEMPTS_SUBMITTED: Final = Counter(
    "authsvc_attempts_submitted_total",
    "Assessment attempts that were submitted, by the learner or at the deadline.",
)
MAILS: Final = Counter(
    "authsvc_mails_total",
    "Attempts to send a message, by outcome: sent or failed. Failed ones are retried.",
    ("outcome",),
)
CONNECTIONS_OPENED: Final = Counter(
    "authsvc_database_connections_opened_total", "Connections to the database that were opened."
)
DATABASE_CONNECTIONS: Final = Gauge(
    "authsvc_database_connections",
    "Connections of this user to the PostgreSQL database, by state, of all processes and machines.",
    ("state",),
)
DATABASE_MAX_CONNECTIONS: Final = Gauge(
    "authsvc_database_max_connections", "Connections that PostgreSQL allows (max_connections)."
)
LOG_POSITION: Final = Gauge(
    "authsvc_log_position", "Position of the last entry of a log: learning or audit.", ("log",)
)
LOG_UNSETTLED_SECONDS: Final = Gauge(
    "authsvc_log_unsettled_seconds",
    "Age of the oldest transaction that is writing to the event log, for which readers of the log wait.",
)
PROJECTION_LAG: Final = Gauge(
    "authsvc_projection_lag_events",
    "Events among the last 100 of the log that the progress of their learner does not include.",
)
JOBS_DUE: Final = Gauge(
    "authsvc_jobs_due", "Background jobs that are due and wait for a worker.", ("queue",)
)
JOBS_RUNNING: Final = Gauge("authsvc_jobs_running", "Background jobs that are running.", ("queue",))
JOBS_FAILED: Final = Gauge(
    "authsvc_jobs_failed", "Background jobs that have failed for good (dead letters).", ("queue",)
)
JOBS_OLDEST_SECONDS: Final = Gauge(
    "authsvc_jobs_oldest_seconds",
    "How long the job that has been due for longest has been waiting.",
    ("queue",),
)
WEBHOOK_LAG: Final = Gauge(
    "authsvc_webhook_lag_seconds",
    "How long the oldest event that was not delivered has been waiting, over the active webhooks of one kind of owner.",
    ("owner",),
)
SOURCE_UP: Final = Gauge(
    "authsvc_gauges_up", "1 if the gauges of this source were read, 0 if that failed.", ("source",)
)

CATALOGUE: Final[tuple[Counter | Histogram | Gauge, ...]] = (
    REQUEST_SECONDS,
    REQUEST_STATEMENTS,
    PASSWORD_HASH_SECONDS,
    PASSWORDS_BUSY,
    SIGN_INS,
    REPLAYS,
    OUTBOUND_SECONDS,
    ATTEMPTS_STARTED,
    ATTEMPTS_SUBMITTED,
    MAILS,
    CONNECTIONS_OPENED,
    DATABASE_CONNECTIONS,
    DATABASE_MAX_CONNECTIONS,
    LOG_POSITION,
    LOG_UNSETTLED_SECONDS,
    PROJECTION_LAG,
    JOBS_DUE,
    JOBS_RUNNING,
    JOBS_FAILED,
    JOBS_OLDEST_SECONDS,
    WEBHOOK_LAG,
    SOURCE_UP,
)
"""All metrics. Add new ones here; the dashboard, the alerts and docs/metrics.md are compared with it."""
